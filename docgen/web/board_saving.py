"""Writing what people say on the board: answers, what holds for all, ballots, grades; only where the board asks.

A place that somebody else changed meanwhile is not written over: the whole form is refused and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docgen.model import GRADES
from docgen.paths import Json, JsonDict, Step, get, get_list, get_text
from docgen.regulations.rule_facts import Fact
from docgen.values.cell import folded
from docgen.values.date import read_date
from docgen.web.board_view import BALLOTS, Asked, Common, Line, code_of, common_of, ids_of
from docgen.web.dossier_edit import set_at
from docgen.web.form_drawing import mark_of
from docgen.web.page_asking import Post
from docgen.web.problems import Problem

#: An answer that is put off.
LATER = "sau"
#: More ballots than this no body has.
_MOST_BALLOTS = 100_000


def changed() -> Problem:
    """Somebody else was faster."""
    return Problem(409, "page.problem.changed_since")


def write_answers(data: JsonDict, post: Post, asked: Iterable[Asked]) -> JsonDict:
    """The answers of the form in `data`; a question that is not put any more was answered by somebody else."""
    known = {one.name: one for one in asked}
    for name in post.form:
        if not name.startswith("a:"):
            continue
        value = post.text(name).strip()
        if not value or value == LATER:
            continue
        question = known.get(name[2:])
        if question is None:
            if _answered(data, name[2:], value):
                continue  # the same form, sent twice
            raise changed()
        for fact, path in zip(question.facts, question.paths, strict=True):
            if get(data, path) is None or not question.facts[0].kind.answers:
                set_at(data, path, read_answer(fact, value))
    return data


def _answered(data: JsonDict, name: str, value: str) -> bool:
    place, _, facts = name.partition(":")
    path: list[Step] = [int(step) if step.isdecimal() else step for step in place.split(".")]
    found = [get(data, (*path, fact)) for fact in facts.split(",")]
    return bool(found) and all(one is not None and folded(code_of(one)) == folded(value) for one in found)


def read_answer(fact: Fact, text: str) -> Json:
    """The value that was sent. 422 for what the fact cannot be."""
    for value in fact.kind.answers:
        if code_of(value) == text:
            return value  # type: ignore[no-any-return]
    found = fact.kind.of_text(text, ())
    if found is None or fact.kind.answers or not fact.kind.is_written(found, fact.values):
        raise Problem(422, "page.problem.no_answer", label=fact.label("vi"), given=text[:40])
    return found


def write_common(data: JsonDict, post: Post, offered: Sequence[Common], language: str) -> JsonDict:
    """What is said of everybody, and of whom it is not true.

    What somebody's own record says is never overruled by saying something of all: only who was an exception to what
    stands, and is not one any more, says nothing of his own afterwards.
    """
    for one in offered:
        sent = post.text(f"c:{one.fact.name}")
        if not sent:
            continue
        now = common_of(data, one.fact, language)
        value = {"co": True, "khong": False}.get(sent)
        but = {str(key) for key in post.form.getlist(f"tru:{one.fact.name}")}
        told = list(_told(now, value, but))
        if not told:
            continue
        if post.text(f"m:{one.fact.name}") != now.mark:
            raise changed()
        for path, said in told:
            set_at(data, path, said)
    return data


def _told(now: Common, value: bool | None, but: set[str]) -> Iterator[tuple[tuple[Step, ...], Json]]:
    """What changes: each place and its new value."""
    name, same = now.fact.name, now.value is value
    if not same:
        yield ("everyone", "facts", name), value
    if value is None:
        return
    for index, (key, _, said) in enumerate(now.own):
        path = ("members", index, "facts", name)
        if key in but and (said is None or (same and said is value)):
            yield path, not value
        elif key not in but and same and said is (not value):
            yield path, None


def write_ballots(data: JsonDict, post: Post) -> JsonDict:
    """The numbers of ballots: of the body, and for each member. 422 for what is no number of ballots."""
    for name in BALLOTS:
        _count(data, post, f"b:{name}", ("ballots", name), "")
    ids = ids_of(data)
    for index, key in enumerate(ids):
        for grade in GRADES:
            if f"p:{index}:{grade}" in post.form:
                if post.text(f"id:{index}") != key:
                    raise changed()
                _count(data, post, f"p:{index}:{grade}", ("members", index, "votes", grade), key)
        if get(data, ("members", index, "votes")) == {}:
            set_at(data, ("members", index, "votes"), None)
    return data


def _count(data: JsonDict, post: Post, name: str, path: tuple[Step, ...], key: str) -> None:
    if name not in post.form:
        return
    text, now = post.text(name).strip(), get(data, path)
    if text and not (text.isascii() and text.isdecimal() and int(text) <= _MOST_BALLOTS):
        raise Problem(422, "page.problem.no_count", given=text[:30])
    value = int(text) if text else None
    if value == now:
        return
    if post.text(f"m:{name}") != mark_of([key, now]):
        raise changed()
    set_at(data, path, value)


def write_grades(data: JsonDict, post: Post, board: Sequence[Line]) -> tuple[JsonDict, list[JsonDict]]:
    """The grades that people gave, in `data`; and for the log why, for each member of whom a reason was sent anew."""
    why: list[JsonDict] = []
    ids = ids_of(data)
    by, on = " ".join(post.text("ai").split())[:200], read_date(post.text("ngay-qd").strip())
    for line in board:
        for given in line.given:
            name = f"{line.index}:{given.holder}"
            if f"q:{name}" not in post.form:
                continue
            sent, path = post.text(f"q:{name}"), ("members", line.index, given.holder, "grade")
            if sent and sent not in GRADES:
                raise Problem(422, "page.problem.no_grade")
            now = get(data, path)
            if (sent or None) != (now or None):
                key = ids[line.index] if line.index < len(ids) else ""
                if post.text(f"m:{name}") != mark_of([key, now]):
                    raise changed()
                set_at(data, path, sent or None)
                if given.holder == "committee" and (by or on):
                    set_at(data, ("members", line.index, "committee", "decided_by"), by or None)
                    set_at(data, ("members", line.index, "committee", "decided_on"), on or None)
            reason = " ".join(post.text(f"vi:{name}").split())[:500]
            if reason and reason != given.reason:
                why.append({"member": line.row.id, "holder": given.holder, "grade": sent, "reason": reason})
    return data, why


def grades_of(data: JsonDict) -> JsonDict:
    """By member the grades that people gave: what was closed."""
    return {
        get_text(member, "id"): [get_text(member, "cell", "grade"), get_text(member, "committee", "grade")]
        for member in get_list(data, "members")
    }
