"""What the papers around the packet print besides the dossier: everything that is counted, and nothing that is typed.

Numbers come from the grades that people wrote (`cell.grade` the body's proposal, `committee.grade` the decision) and
from the ballots; a grade that docgen proposes is never among them. A decision counts only with who took it and when,
where the regulation asks that (QĐ 379 Điều 4 khoản 7).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from docgen.dossier.cleaning import paragraphs
from docgen.forms.definition import load_form
from docgen.grading import rules_of
from docgen.grading.dossier_board import share_decided
from docgen.grading.group_quota import decided_share, most_of, quota_for
from docgen.model import GRADE_TEXT, GRADES
from docgen.packet.issuer import with_issuer
from docgen.packet.page_words import spoken
from docgen.packet.plan import plan_documents
from docgen.paths import JsonDict, JsonMap, get, get_mapping, get_text, iso_day
from docgen.records import DossierData
from docgen.regulations.decisions import taken
from docgen.regulations.loader import RegulationData, load_regulation
from docgen.regulations.office import office
from docgen.regulations.outside_review import is_graded

Member = Mapping[str, Any]
#: The grade of a member, or an empty text.
GradeOf = Callable[[Member], str]


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def percent(part: int, whole: int) -> str:
    """`part` of `whole` as it is printed: one decimal unless it is 0, rounded half up in integers (3 of 16: 18,8%)."""
    units, tenths = divmod((2000 * part + whole) // (2 * whole), 10)
    return f"{units},{tenths}%" if tenths else f"{units}%"


def _with_share(part: int, whole: int) -> str:
    return f"{part} ({percent(part, whole)})" if part else "0"


def office_data(regulation: RegulationData, data: DossierData, papers: Collection[str] = ()) -> JsonDict:
    """The dossier `data` as the papers around the packet read it: with all that is worked out from it.

    `papers` are those made in the same packet: of these, what goes up is among what the letters list. `data` stays as
    it is. Values of `computed` that stand in it are not read.
    """
    return _Counted(regulation, data, papers).all()


class _Counted:
    def __init__(self, regulation: RegulationData, data: DossierData, papers: Collection[str]) -> None:
        self.regulation = regulation
        self.data = cast(DossierData, {key: value for key, value in data.items() if key not in regulation.computed})
        self.papers = papers
        self.words = office().words
        self.members = data.get("members", [])
        self.graded = [m for m in self.members if is_graded(regulation.apart, data, m)]
        self.decisions = self._decisions()

    def all(self) -> JsonDict:
        """Every value that is worked out, at its place."""
        out = with_issuer(self.data)
        counts = out["counts"] = self.counts()
        cited = self.cited(get(out, ("issuer", "called")))
        out["cited"] = {"open": cited, "lines": [*cited[:-1], *(line.removesuffix(";") + "," for line in cited[-1:])]}
        out["proposed"] = self.proposed()
        out["groups"] = self.groups(self.proposal)
        out["decided_groups"] = self.groups(self.decision) if self.decisions else []
        sent = out["sent"] = self.sent()
        counts["documents"] = sum(number for row in sent if isinstance(number := row["count"], int))
        out["results"] = [self.result(m) for m in self.graded]
        out["announced"] = [self.result(m) for m in self.graded if self.decision(m)]
        valid = counts.get("valid")
        whole = valid if isinstance(valid, int) else None
        out["members"] = [{**cast(JsonMap, m), "shares": self.shares(m, whole)} for m in self.members]
        if not get(out, ("invitation", "agenda")):
            out["invitation"] = {**get_mapping(out, "invitation"), "agenda": self.words["agenda"].split("|")}
        return out

    # -- grades that people wrote ------------------------------------------------------------------------------------

    @staticmethod
    def proposal(member: Member) -> str:
        """What the body proposes for a member."""
        grade = get(member, ("cell", "grade"))
        return grade if grade in GRADES else ""

    def decision(self, member: Member) -> str:
        """The grade that was decided for a member, where all that makes it a decision is written."""
        return self.decisions.get(id(member), "")

    def _decisions(self) -> dict[int, str]:
        places = [d for d in self.regulation.decisions.grades if d.binding == "committee.grade"]
        if not places:
            found = {id(m): get(m, ("committee", "grade")) for m in self.members}
            return {key: grade for key, grade in found.items() if grade in GRADES}
        data = {"members": self.members}
        return {
            id(one.record): one.grade
            for one in taken(self.regulation.decisions, data)
            if one.of in places and one.grade in GRADES and one.by and iso_day(one.on)
        }

    # -- counts ------------------------------------------------------------------------------------------------------

    def counts(self) -> JsonDict:
        """The single numbers; what cannot be told is left out."""
        summoned, present = (_count(get(self.data, ("meeting", name))) for name in ("summoned", "present"))
        collected = _count(get(self.data, ("ballots", "collected")))
        invalid = _count(get(self.data, ("ballots", "invalid"))) or 0
        out = {
            "members": len(self.members),
            "graded": len(self.graded),
            "decided": sum(bool(self.decision(m)) for m in self.graded) or None,
            "any_decided": any(map(self.decision, self.graded)) or None,
            "absent": summoned - present if summoned is not None and present is not None else None,
            "valid": collected - invalid if collected is not None else None,
            "quota": self.quota(),
        }
        return {key: value for key, value in out.items() if value is not None and value != "" and not _less(value)}

    def quota(self) -> str:
        """The quota of HTXSNV over what the body proposes, its base and its clause; empty where nobody has a grade."""
        found = quota_for(rules_of(self.regulation.id, self.regulation.folders), "dang_vien")
        tally = Counter(self.proposal(m) for m in self.graded)
        good = tally[GRADES[0]] + tally[GRADES[1]]
        if found is None or not good:
            return ""
        quota = decided_share(found[1], share_decided(self.data))
        most, wide = most_of(quota, good)
        small = quota.below and good - (0 if quota.reading == "pool" else most) < quota.below
        key = "quota.small" if small else "quota" if most == wide else "quota.two"
        return self.words[key].format(
            percent=quota.percent, clause=found[0].clause, good=good, most=most, wide=wide, chosen=tally[GRADES[0]],
            below=quota.below,
        )  # fmt: skip

    def proposed(self) -> list[JsonDict]:
        """How many have each proposed grade, of all that are to be graded."""
        whole = len(self.graded)
        tally = Counter(self.proposal(m) for m in self.graded)
        named = [*((GRADE_TEXT[grade], tally[grade]) for grade in GRADES), (self.words["unrated"], tally[""])]
        return [{"grade": name, "count": n, "share": percent(n, whole)} for name, n in named] if whole else []

    def groups(self, grade: GradeOf) -> list[JsonDict]:
        """One row a kind of member, then all of them: how many have each grade, how many none."""
        kinds: dict[str, list[Member]] = {}
        for member in self.graded:
            kinds.setdefault(self.kind(member), []).append(member)
        rows = [self.group(name, kinds[name], grade) for name in self.kind_names() if name in kinds]
        return [*rows, self.group(self.words["total"], self.graded, grade)] if rows else []

    def group(self, name: str, members: Sequence[Member], grade: GradeOf) -> JsonDict:
        """One row: numbers, and shares of the row's own total."""
        tally, whole = Counter(grade(m) for m in members), len(members)
        shares = {code: _with_share(tally[code], whole) for code in GRADES}
        return {"kind": name, "total": whole, **shares, "unrated": _with_share(tally[""], whole)}

    def _chooser(self) -> str:
        """The binding by whose code members are told apart; empty where only leaders are."""
        chosen = self.regulation.chosen.get("dang_vien", "")
        return chosen if "." in chosen else ""

    def kind(self, member: Member) -> str:
        """What a member counts as."""
        if chooser := self._chooser():
            choices = self.regulation.choices[self.regulation.fields[chooser].choices]
            return _plain(choices.get(get_text(member, *chooser.split(".")), self.words["other"]))
        return self.words["leader" if get(member, ("member", "leader")) is True else "other"]

    def kind_names(self) -> Iterable[str]:
        """All kinds, in order, each once."""
        chooser = self._chooser()
        codes = self.regulation.choices[self.regulation.fields[chooser].choices].values() if chooser else ()
        return dict.fromkeys([*map(_plain, codes), self.words["leader"], self.words["other"]])

    def shares(self, member: Member, valid: int | None) -> dict[str, str]:
        """A member's votes by grade as shares of the valid ballots; none where nothing was counted."""
        votes = get(member, ("votes",))
        if not isinstance(votes, Mapping) or not valid:
            return {}
        counted = {grade: _count(votes.get(grade)) for grade in GRADES}
        return {grade: f"({percent(n, valid)})" for grade, n in counted.items() if n and n <= valid}

    # -- what is listed ----------------------------------------------------------------------------------------------

    def result(self, member: Member) -> dict[str, str]:
        """A member with the grade decided, which is left out where none was."""
        person = get(member, ("member",))
        post = get(person, ("position", "government")) or get(person, ("workplace",))
        places = [get(person, ("position", "party")), post]
        out = {
            "name": get(person, ("full_name",)),
            "post": "; ".join(place for place in places if isinstance(place, str) and place),
            "grade": self.decision(member),
        }
        return {key: value for key, value in out.items() if isinstance(value, str) and value}

    def sent(self) -> list[JsonDict]:
        """What goes up: the packet's documents by form, the papers that go with it, the enclosures of the dossier."""
        rows: dict[str, dict[str, Any]] = {}
        for document in plan_documents(self.regulation, self.data):
            form = document.definition
            row = rows.setdefault(form.form, {"name": form.name, "count": 0, "note": spoken(form.code)})
            row["count"] += 1
        made = [paper for paper in office().papers if paper.sent and paper.form in self.papers]
        for paper in made:
            rows[paper.form] = {"name": load_form(self.regulation, paper.form).name, "count": 1}
        order = [item.form for item in self.regulation.packet]
        out = [rows[form] for form in sorted(rows, key=lambda form: order.index(form) if form in order else len(order))]
        covered = {paper.enclosure for paper in made}
        for item in self.data.get("enclosures") or ():
            if get(item, ("paper",)) in covered:
                continue  # docgen has just made it
            if isinstance(name := get(item, ("name",)), str) and name:
                pages = _count(get(item, ("pages",)))
                note = {"note": self.words["sheets"].format(count=pages)} if pages else {}
                out.append({"name": name, "count": 1, **note})
        return out

    def cited(self, issuer: Any) -> list[str]:
        """The grounds, from high to low: working rules, the regulations, what the unit adds, the meeting."""
        grounds = []
        if (term := get(self.data, ("basis", "term"))) and issuer:
            grounds.append(self.words["working_rules"].format(issuer=issuer, term=term))
        grounds += self.regulations_cited()
        local = get(self.data, ("basis", "local"))
        grounds += paragraphs(local) if isinstance(local, str) else local if isinstance(local, list) else []
        if held := iso_day(get(self.data, ("meeting", "held"))):
            grounds.append(self.words["meeting"].format(day=_day(held)))
        return [self.words["cited"].format(what=str(ground).strip(" -;,.")) + ";" for ground in grounds]

    def regulations_cited(self) -> list[str]:
        """The regulation with what it stands on: `grounds` of `office.yaml`, else the one that it extends."""
        above: list[str] = []
        for folder in reversed(self.regulation.chain):
            one = load_regulation(folder.name, self.regulation.folders)
            if folder.name in office().grounds:
                above = list(office().grounds[folder.name])
            if line := self._numbered(one):
                above.append(line)
        return above

    def _numbered(self, regulation: RegulationData) -> str:
        symbol = regulation.number.partition("-")[2].partition("/")[0]
        kind = self.words.get(symbol)
        if not kind or not regulation.issuer or not regulation.number[:1].isdigit():
            return ""
        key = "numbered" if isinstance(regulation.issued, datetime.date) else "undated"
        day = _day(regulation.issued) if isinstance(regulation.issued, datetime.date) else ""
        return self.words[key].format(kind=kind, number=regulation.number, day=day, issuer=regulation.issuer)


def _day(day: datetime.date) -> str:
    """A day as Party papers cite it: a zero before days below 10 and before months 1 and 2 (06/02/2026, 30/8/2025)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


def _less(value: Any) -> bool:
    """True for a number below zero: what it comes from contradicts itself, and is told among the findings."""
    return isinstance(value, int) and value < 0


def _plain(label: str) -> str:
    """A code's words without the form they name in brackets."""
    return label.partition(" (")[0]
