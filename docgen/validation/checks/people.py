"""Members and ballots: nobody twice, ids that can name a file, votes that add up."""

from __future__ import annotations

from docgen.dossier.cleaning import bare
from docgen.dossier.posts import leading_post
from docgen.i18n import worded
from docgen.model import GRADES
from docgen.paths import at
from docgen.validation.context import Check, Holder, as_mapping
from docgen.validation.kind import CheckKind
from docgen.values.life_date import span_of

#: Names that Windows keeps for devices: a file of that name cannot be written there, whatever its ending.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "clock$", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)


class People(CheckKind):
    """Nobody twice, ids that can name a file."""

    name = "people"
    turn = 40
    codes = (
        "validation.members.none",
        "validation.members.same_id",
        "validation.member.leads",
        "validation.members.same_person",
        "validation.members.several_heads",
        "validation.id.reserved",
    )

    def run(self, check: Check) -> None:
        check_people(check)


def check_people(check: Check) -> None:
    """Report members that are there twice, ids that cannot name a file, and a list without anybody."""
    members = check.members
    if isinstance(check.data.get("members"), list) and not members:
        check.add("validation.members.none", "error", "/members")
    ids: dict[str, str] = {}
    people: dict[str, list[tuple[str, Holder]]] = {}
    heads = []
    for member in members:
        given = member.record.get("id")
        if isinstance(given, str):
            check_id(check, member, given)
            # Windows and macOS do not tell "DV-01" from "dv-01" when they write files.
            if given.casefold() in ids:
                check.add("validation.members.same_id", "error", at(member.pointer, "id"), member.who,
                          id=given[:64], other=worded(check.dossier.place(ids[given.casefold()]).inner))  # fmt: skip
            ids.setdefault(given.casefold(), at(member.pointer, "id"))
        person = as_mapping(member.record.get("member"))
        if person.get("leader") is False and member.reviewed and (post := leading_post(person)):
            check.add("validation.member.leads", "warning", at(member.pointer, "member", "leader"), member.who,
                      post=post[:80])  # fmt: skip
        if person.get("head") is True:
            heads.append(member)
        name, born = person.get("full_name"), person.get("birth_date", "")
        if isinstance(name, str) and isinstance(born, str):
            namesakes = people.setdefault(bare(name), [])
            other = next((known for day, known in namesakes if _same_day(day, born)), None)
            if other is not None:
                check.add("validation.members.same_person", "warning", at(member.pointer, "member", "full_name"),
                          member.who, other=other.who)  # fmt: skip
            namesakes.append((born, member))
    for extra in heads[1:]:
        check.add("validation.members.several_heads", "warning", at(extra.pointer, "member", "head"), extra.who,
                  first=heads[0].who)  # fmt: skip


def check_id(check: Check, member: Holder, given: str) -> None:
    """An id names files: no device name of Windows, no dot at the end (the pattern itself is in the schema)."""
    if given.split(".")[0].casefold() in RESERVED or given.endswith("."):
        check.add("validation.id.reserved", "error", at(member.pointer, "id"), member.who, given=given[:40])


def _same_day(one: str, other: str) -> bool:
    """True where two dates of birth may be one: 1975 and 19/08/1975."""
    first, second = span_of(one), span_of(other)
    if first is None or second is None:
        return one == other
    return first[0] <= second[1] and second[0] <= first[1]


def whole(value: object) -> int | None:
    """`value` as a count, or None: what is no count has its own finding."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


class Ballots(CheckKind):
    """Ballots and votes that add up."""

    name = "ballots"
    turn = 60
    codes = (
        "validation.ballots.more_collected",
        "validation.ballots.more_invalid",
        "validation.ballots.more_than_members",
        "validation.ballots.other_count",
        "validation.votes.no_ballots",
        "validation.votes.too_many",
        "validation.votes.too_few",
    )

    def run(self, check: Check) -> None:
        check_ballots(check)


def check_ballots(check: Check) -> None:
    """Ballots issued, collected, invalid; votes for each member within the valid ones."""
    ballots = check.mapping("ballots")
    issued, collected = whole(ballots.get("issued")), whole(ballots.get("collected"))
    invalid, official = whole(ballots.get("invalid")), whole(ballots.get("official_members"))
    if issued is not None and collected is not None and collected > issued:
        check.add(
            "validation.ballots.more_collected", "error", "/ballots/collected", issued=issued, collected=collected
        )
    if collected is not None and invalid is not None and invalid > collected:
        check.add("validation.ballots.more_invalid", "error", "/ballots/invalid", invalid=invalid, collected=collected)
    if issued is not None and official is not None and issued > official:
        check.add("validation.ballots.more_than_members", "error", "/ballots/issued", issued=issued, official=official)
    listed = [as_mapping(m.record.get("member")).get("official") for m in check.members]
    count = sum(1 for value in listed if value is True)
    if official is not None and all(isinstance(v, bool) for v in listed) and official != count:
        check.add("validation.ballots.other_count", "warning", "/ballots/official_members",
                  official=official, listed=count)  # fmt: skip
    valid = collected - (invalid or 0) if collected is not None else issued
    wrong = any(f.severity == "error" and f.place.pointer.startswith("/ballots/") for f in check.findings)
    if wrong:  # What is taken from wrong numbers would be held against everybody's votes.
        valid = max((n for n in (issued, collected) if n is not None), default=None)
    for member in check.members:
        check_votes(check, member, valid, wrong)


def check_votes(check: Check, member: Holder, valid: int | None, wrong: bool) -> None:
    """The votes for one member: never more than the valid ballots; fewer means some left the line empty.

    Where the numbers of ballots are themselves `wrong`, "fewer" would only repeat that for everybody.
    """
    votes = as_mapping(member.record.get("votes"))
    counts = [n for n in (whole(votes.get(grade)) for grade in GRADES) if n is not None]
    if not counts:
        return
    pointer = at(member.pointer, "votes")
    if valid is None:
        check.add("validation.votes.no_ballots", "warning", pointer, member.who)
    elif sum(counts) > valid:
        check.add("validation.votes.too_many", "error", pointer, member.who, votes=sum(counts), valid=max(valid, 0))
    elif sum(counts) < valid and not wrong:
        check.add("validation.votes.too_few", "warning", pointer, member.who, votes=sum(counts), valid=valid)
