"""The sample of a regulation with the forms that all had before members were scored by kind; see `sample`."""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter
from typing import Any

from docgen.dossier.cleaning import paragraphs
from docgen.dossier.posts import leading_post
from docgen.dossier.sample_words import GIVEN, MIDDLE, SURNAMES, words
from docgen.dossier.shape import assessed_year, split
from docgen.model import GRADES
from docgen.regulations.asked_of import said_by
from docgen.regulations.criteria_sets import TRUTHS, Said
from docgen.regulations.loader import (
    Assessor,
    Criterion,
    Field,
    RegulationData,
    builtin_folder,
    options_of,
)
from docgen.regulations.predicate import facts_of
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.rules import Ballot, load_rules
from docgen.regulations.strict_yaml import load_mapping
from docgen.regulations.subjects import BODIES, is_member
from docgen.values import VALUES

#: No made-up member was younger than this when admitted (18 by the Party's rules, and a little over).
_YOUNGEST = 19
#: Points that go with a grade (HD 19 C.I.2: from 85, from 70, from 50, below).
_TOTALS = {"HTXSNV": 95, "HTTNV": 84, "HTNV": 62, "KHTNV": 40}
#: grade the member asks for, civil servant grade, the cell committee's, the cell's ("" = not graded)
_GRADES = (
    ("HTXSNV", "HTXSNV", "HTTNV", "HTTNV"), ("HTXSNV", "HTXSNV", "HTXSNV", "HTXSNV"),
    ("HTTNV", "HTTNV", "HTTNV", "HTTNV"), ("HTXSNV", "HTXSNV", "HTXSNV", "HTXSNV"),
    ("HTTNV", "HTTNV", "HTTNV", "HTTNV"), ("HTTNV", "HTTNV", "HTTNV", "HTTNV"),
    ("HTTNV", "HTTNV", "HTTNV", "HTTNV"), ("HTTNV", "HTNV", "HTNV", "HTNV"),
    ("HTXSNV", "HTTNV", "HTTNV", "HTTNV"), ("HTTNV", "HTTNV", "HTTNV", "HTTNV"),
    ("HTTNV", "HTTNV", "HTTNV", "HTTNV"), ("HTTNV", "HTTNV", "HTTNV", ""),
    ("HTXSNV", "", "HTTNV", "HTTNV"), ("HTTNV", "", "HTTNV", "HTTNV"),
)  # fmt: skip
_SICK, _NEW = 7, 11
#: Whose sheet has the rows that only those who lead are asked.
_LEADS = "member.leader"
#: the share of a criterion's points that goes with each level
_POINTS = {"xuat_sac": 0.88, "tot": 0.84, "trung_binh": 0.6, "kem": 0.4}
_STUDENTS: dict[str, dict[str, Any]] = {
    "sinh_vien": {
        "system": "chinh_quy", "gpa_scale": "tin_chi", "gpa": 3.28, "training_score": 91, "course_debt_pct": 0,
        "tuition_debt": False, "transferred_in": False,
    },
    "hoc_vien": {
        "system": "lien_thong", "gpa": 7.46, "training_score": 82, "course_debt_pct": 0, "tuition_debt": False,
        "transferred_in": False,
    },
}  # fmt: skip
#: What the level above decides after the dossier has gone up: left empty in a dossier that is about to go up.
_DECIDED_LATER = (
    "superior.",
    "committee.",
    "assessment.verified_",
    "regrade.",
    "organization_regrade.",
    "meeting.suggested",
    "archive.",
    "signers.superior",
    "signers.committee",
    # A body with a seal of its own: the sample's has none.
    "signers.collective_body",
    "signers.manager_body",
    "signers.scan_body",
)


def criteria_sets(regulation: RegulationData, subject: str) -> list[tuple[Criterion, ...]]:
    """The sets of criteria that an assessment of `subject` ticks: `dang-vien`, or all whose name begins with it."""
    name = subject.replace("_", "-")
    if name in regulation.criteria:
        return [regulation.criteria[name]]
    return [rows for key, rows in regulation.criteria.items() if key.startswith(name)]


def _plain(value: float) -> float:
    """`value` with one decimal, as a whole number where it is one."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _drop_empty(value: Any) -> None:
    """Remove every empty mapping inside `value`."""
    for key in list(value) if isinstance(value, dict) else ():
        _drop_empty(value[key])
        if value[key] == {}:
            del value[key]
    for item in value if isinstance(value, list) else ():
        _drop_empty(item)


class Sample:
    """Makes one dossier; every choice comes from one seeded generator."""

    #: How many members it has where nobody says how many.
    size = 14

    def __init__(self, regulation: RegulationData, seed: int, year: int | None = None) -> None:
        self.regulation = regulation
        self.random = random.Random(f"{regulation.id}:{seed}")
        self.seed = f"{regulation.id}:{seed}"
        #: How many members of each kind of work, and how many sheets about bodies, there were so far.
        self.seen: Counter[str] = Counter()
        self.words = words()
        self.year = assessed_year(regulation) if year is None else year
        #: The students stand last among the people.
        self.staff = sum(line.split("|")[3].strip() not in _STUDENTS for line in self.words["people"])
        self.held, self.draft_sent, self.submitted = self._dates()
        folders = [folder.parent for folder in regulation.chain]
        rules = load_rules(regulation.id, folders)
        predicates = [p for rule in rules.rules for p in rule.predicates()]
        #: The names of the facts that the regulation's rules read.
        self.read = {fact.name for p in predicates for fact in facts_of(p)} | {base.fact.name for base in rules.bases}
        self.given_grades = any("dang_vien" in base.subjects for base in rules.bases)
        ballots = [e.scheme for rule in rules.rules for e in rule.effects if isinstance(e, Ballot)]
        #: True where excellent members are chosen among those voted "good" instead of voted directly.
        self.chosen_later = "sequence" in ballots or not ballots

    # -- texts --

    def text(self, value: str) -> str:
        return value.replace("{year}", str(self.year)).replace("{next}", str(self.year + 1))

    def turn(self, key: str, pool: Any, index: int) -> str:
        """The text of `pool` whose turn it is for the member at `index`: each as often as the others, in an order that
        the seed begins somewhere."""
        return self.text(pool[self.whose_turn(key, pool, index)])

    def whose_turn(self, key: str, pool: Any, index: int) -> int:
        """The place in `pool` of the text whose turn it is."""
        first = random.Random(f"{self.seed}:{key}").randrange(len(pool))
        return (first + index) % len(pool)

    def group(self, index: int) -> str:
        """The kind of work of the member at `index`."""
        known = self.words["people"]
        return str(known[index % len(known)].split("|")[3].strip())

    def studying(self, pool: Any, group: str) -> str:
        """The text of `pool` that speaks of a student of this kind: one who lives there writes nothing of the other."""
        return self.text(pool[list(_STUDENTS).index(group) % len(pool)])

    def pick(self, key: str, pool: Any, index: int) -> list[str]:
        return paragraphs(self.turn(key, pool, index))

    def _dates(self) -> tuple[datetime.date, datetime.date, datetime.date]:
        """Meeting, sending of the draft and of the dossier: before the earliest deadline, on ordinary working days."""
        held = datetime.date(self.year, 12, 18)
        for deadline in self.regulation.deadlines:
            due = None
            if "before" in deadline:
                due = datetime.date.fromisoformat(deadline["before"])
            elif "month_day" in deadline:
                due = datetime.date.fromisoformat(f"{self.year}-{deadline['month_day']}")
            if due is not None and due > datetime.date(self.year, 11, 1):
                held = min(held, due - datetime.timedelta(days=6))
        while held.weekday() > 3:
            held -= datetime.timedelta(days=1)
        return held, held - datetime.timedelta(days=8), held + datetime.timedelta(days=1)

    # -- the dossier --

    def dossier(self, count: int) -> dict[str, Any]:
        body, review = self.words["body"], self.words["collective_review"]
        people = [self.member(i, count) for i in range(count)]
        official = sum(1 for p in people if p["member"].get("official"))
        voters = max(official - 1, min(official, 1))
        for index, person in enumerate(people):
            if votes := self.votes(index, person, voters):
                person["votes"] = votes
        out: dict[str, Any] = {
            "regulation": self.regulation.id,
            "sample": True,
            "period": {"year": self.year},
            "document": {"place": body["place"], "date": self.held.isoformat()},
            "meeting": {
                "draft_sent": self.draft_sent.isoformat(),
                "held": self.held.isoformat(),
                "days": 1,
                "submitted": self.submitted.isoformat(),
            },
            "organization": {
                "name": body["name"], "parent": body["parent"], "kind": "chi_bo", "unit": body["unit"],
            },
            "collective": {
                "name": body["collective"],
                "kind": "cap_uy",
                "proposed_grade": "HTTNV",
                "review": {key: paragraphs(self.text(value)) for key, value in review.items()},
                "facts": self.facts("tap_the"),
            },
            "party_organization": {
                "name": body["party_organization"],
                "facts": self.facts("to_chuc_dang", people),
            },
            "signers": {k: self.words["signers"][k] for k in ("collective", "manager", "cell")},
            "ballots": {"issued": voters, "collected": voters, "invalid": 0, "official_members": official},
            "members": people,
        }  # fmt: skip
        for key, subject in (("collective", "tap_the"), ("party_organization", "to_chuc_dang")):
            out[key]["assessments"] = self.assessments(subject, 1, "HTTNV", said_by(self.regulation, out))
        if "meeting.present" in self.regulation.prescribed_fields:
            out["meeting"] |= {"summoned": official, "present": voters}
        if "ballots.valid" in self.regulation.prescribed_fields:
            out["ballots"]["valid"] = voters
        self.before_complete(out)
        self.complete(out, people)
        _drop_empty(out)
        return out

    def before_complete(self, out: dict[str, Any]) -> None:
        """What is counted or chosen before the remaining bindings are filled by their types."""
        if "collective.score_total" in self.regulation.fields:  # the report repeats the total of the score sheet
            out["collective"]["score_total"] = out["party_organization"]["assessments"]["tu_danh_gia"]["score_total"]

    def member(self, index: int, count: int) -> dict[str, Any]:
        name, birth, admitted, group, party, government, union, work = self.person(index)
        own, civil, committee, cell = _GRADES[index % len(_GRADES)]
        head, new = index == 0, index % len(_GRADES) == _NEW
        sick = index % len(_GRADES) == _SICK
        student = group in _STUDENTS
        position = {"party": party, "government": government, "union": union}
        member: dict[str, Any] = {
            "full_name": name,
            "birth_date": birth,
            "workplace": self.words["body"]["places"].get(group, self.words["body"]["unit"]),
            "position": {k: v for k, v in position.items() if v},
            "admission_date": admitted,
            "civil_servant": not student,
            "official": not new,
            "head": head,
            "leader": bool(leading_post({"position": position})),
        }
        if not birth:
            del member["birth_date"]
        own_words = self.words["student_review"] if student else {}
        review: dict[str, Any] = {
            key: paragraphs(self.studying(own_words[key], group)) if key in own_words else self.pick(key, pool, index)
            for key, pool in self.words["review"].items()
            if key != "collective_share"
        }
        alone, with_others = self.words["review"]["collective_share"]
        review["collective_share"] = paragraphs(self.text(with_others if member["leader"] else alone))
        group_texts = "khao_thi" if sick else group
        results, duties = self.words["results"][group_texts], self.words["duties"][group_texts]
        turn = self.seen[group]
        self.seen[group] += 1
        review["duties"] = paragraphs(self.text(duties[turn % len(duties)]))
        review["results"] = paragraphs(self.text(results[-1] if sick else results[turn % len(results)]))
        review["grade_party"] = own
        if member["leader"]:
            leading = self.words["leader_review"].items()
            review |= {key: paragraphs(self.text(pool[index % len(pool)])) for key, pool in leading}
        record: dict[str, Any] = {"id": f"dv-{index + 1:0{max(2, len(str(count)))}d}", "member": member}
        record["review"] = review
        if not student:
            review["grade_civil"] = civil
            record["civil"] = {"comment": self.pick("civil", self.words["civil_comment"], index), "grade": civil}
        else:
            record["student"] = dict(_STUDENTS[group])
        key = "student_cell_comment" if student else "cell_comment"
        key = "sick_comment" if sick else "new_comment" if new else key
        pool = self.words[key]
        comment = [pool] if isinstance(pool, str) else pool
        told = paragraphs(self.studying(comment, group)) if key == "student_cell_comment" else None
        record["cell"] = {"comment": told or self.pick(key, comment, index)}
        if cell:
            record["cell"]["grade"] = cell
        if new:
            record["cell"]["note"] = "Kết nạp trong năm, chưa đủ thời gian: không xếp loại"
        elif sick:
            record["cell"]["note"] = "Nghỉ ốm 04 tháng theo chế độ"
        record["signs"] = self.signs(index)
        others = 1 if union else 0
        said = {**said_by(self.regulation, {}, record), _LEADS: TRUTHS[not member["leader"]]}
        record["assessments"] = self.assessments("dang_vien", others, committee, said, own, name, (work, index))
        if cell:
            self.propose(record["assessments"], committee)
        record["facts"] = self.facts("dang_vien", None, index)
        return record

    def propose(self, sheets: dict[str, Any], grade: str) -> None:
        """The committee's proposal for somebody of whom it fills in no sheet of its own (HD 19, Biểu TH số 01)."""
        for assessor in self.regulation.assessors:
            if is_member(assessor.subject) and assessor.level == "cell":
                levels = dict(sheets["tu_danh_gia"]["levels"]) if "tu_danh_gia" in sheets else {}
                sheet = {"assessor": assessor.label, "levels": levels, "proposed_grade": grade}
                sheets.setdefault(assessor.id, sheet)

    def person(self, index: int) -> list[str]:
        """One line of `people`; beyond them, a made-up member with the situation of one of them."""
        known = self.words["people"]
        parts = [p.strip() for p in known[index % len(known)].split("|")]
        if parts[2] == "moi":
            parts[2] = f"{self.year}-08-19"
        if index >= len(known):
            pick = self.random.choice
            parts[0] = f"{pick(SURNAMES)} {pick(MIDDLE)} {pick(GIVEN)}"
            # The running number makes the day of birth differ, so that no two made-up people are one.
            born = datetime.date(1965, 1, 1) + datetime.timedelta(days=(index * 37) % 10_950)
            if int(parts[2][:4]) - born.year < _YOUNGEST:
                born -= datetime.timedelta(days=10_950)
            parts[1] = born.isoformat()
            parts[4:7] = ["Đảng viên", parts[5], ""]
        return parts

    def signs(self, index: int) -> dict[str, str]:
        rows = self.regulation.criteria.get("suy-thoai", ())
        found = {leaf.id: "khong" for row in rows for leaf in row.leaves()}
        if index == 4 and "b15" in found:
            found["b15"] = "co"
        return found

    def votes(self, index: int, person: dict[str, Any], voters: int) -> dict[str, int]:
        """Ballots for a member who is graded: most for the grade the cell gave, a few for the one below."""
        grade = person["cell"].get("grade")
        if not grade or not voters:
            return {}
        # Where excellent members are chosen among those voted "good" (KH 55 II.B.2.5), nobody votes it directly.
        voted = "HTTNV" if grade == "HTXSNV" and self.chosen_later else grade
        against = min(voters - 1, index % 3)
        below = GRADES[min(GRADES.index(voted) + 1, 3)]
        return {g: n for g, n in ((voted, voters - against), (below, against)) if n}

    # -- assessments --

    def assessments(
        self,
        subject: str,
        others: int,
        grade: str,
        said: Said,
        own: str = "",
        name: str = "",
        about: tuple[str, int] = ("", 0),
    ) -> dict[str, Any]:
        """One sheet each: by the body or member itself, by those required, and by the others where they take part."""
        out: dict[str, Any] = {}
        for assessor in self.regulation.assessors:
            if assessor.subject == subject and (assessor.required or others):
                given = own if assessor.level == "self" and own else grade
                out[assessor.id] = self.assessment(assessor, given, said, name, about)
        return out

    def assessment(
        self, assessor: Assessor, grade: str, said: Said, name: str, about: tuple[str, int]
    ) -> dict[str, Any]:
        signer = name if assessor.level == "self" and name else self.words["signers"]["cell"]
        if assessor.level not in ("self", "cell"):
            signer = self.other_signer(assessor)
        levels = self.levels(assessor.subject, grade, said)
        return {
            "assessor": self.assessor_name(assessor),
            "signer": signer,
            "levels": levels,
            **self.scores(assessor.subject, levels),
            "comment": [self.remark(assessor, *about)],
            "proposed_grade": grade,
        }

    def other_signer(self, assessor: Assessor) -> str:
        """Who signs for an assessor outside the cell: each body its own head, each đoàn thể in turn."""
        if is_member(assessor.subject):
            heads = self.words["union_signers"]
            self.seen["unions"] += 1
            return str(heads[(self.seen["unions"] - 1) % len(heads)])
        return str(self.words["assessor_signers"].get(assessor.id, self.words["signers"]["manager"]))

    def assessor_name(self, assessor: Assessor) -> str:
        """Who assesses, as a secretary writes it: the body's own name, or the regulation's words without the choices
        that it leaves open in brackets."""
        of_the_body = assessor.level == "self" and not is_member(assessor.subject)
        if of_the_body or assessor.level == "cell":
            return str(self.words["body"]["collective"])
        return re.sub(r" \([^()]*\)", "", assessor.label)

    def remark(self, assessor: Assessor, work: str, index: int) -> str:
        """What `assessor` says: of a member, about that member's own work."""
        if not is_member(assessor.subject):
            self.seen["bodies"] += 1
            return self.turn("bodies", self.words["body_comment"], self.seen["bodies"])
        level = assessor.level if assessor.level in ("self", "cell") else "other"
        return self.turn(level, self.words["assessment_comment"][level], index).replace("{work}", work)

    def scores(self, subject: str, levels: dict[str, str]) -> dict[str, Any]:
        """Points for each criterion of a body where the regulation has them scored: the maxima that the unit set, else
        100 in all, shared evenly."""
        fields = self.regulation.fields
        if "assessment.scores.any.points" not in fields or is_member(subject) or not levels:
            return {}
        share, rest = divmod(100, len(levels))
        leaves = [leaf for rows in criteria_sets(self.regulation, subject) for row in rows for leaf in row.leaves()]
        own = {leaf.id: _plain(float(leaf.points)) for leaf in leaves if leaf.points is not None}
        out: dict[str, Any] = {}
        total = 0.0
        for index, (criterion, level) in enumerate(levels.items()):
            standard = own.get(criterion, share + (index < rest))
            points = _plain(standard * _POINTS[level])
            total += points
            out[criterion] = {"standard_points": standard, "points": points}
            if "assessment.scores.any.declared_level" in fields:
                out[criterion]["declared_level"] = level
        return {"scores": out, "score_total": _plain(total)}

    def levels(self, subject: str, grade: str, said: Said) -> dict[str, str]:
        out: dict[str, str] = {}
        for rows in criteria_sets(self.regulation, subject):
            for leaf in (leaf for row in rows for leaf in row.leaves()):
                if leaf.asked(said) is False:
                    continue
                # Nothing was suggested to anybody of the sample: that row has nothing to be assessed.
                if leaf.optional and (said.get(_LEADS) != TRUTHS[0] or "theo gợi ý" in leaf.text):
                    continue
                out[leaf.id] = self.level(leaf, grade)
        return out

    def level(self, leaf: Criterion, grade: str) -> str:
        if grade == "HTXSNV":
            return "xuat_sac" if leaf.group != "other" else self.random.choice(("xuat_sac", "tot", "tot"))
        if grade == "HTTNV":
            return self.random.choice(("tot", "tot", "xuat_sac")) if leaf.group != "other" else "tot"
        return self.random.choice(("trung_binh", "tot")) if leaf.group != "other" else "tot"

    # -- facts --

    def facts(self, subject: str, people: list[dict[str, Any]] | None = None, index: int = 0) -> dict[str, Any]:
        """What the rules need and the forms do not say. Only facts of the catalogue."""
        known = catalogue(tuple(reversed(self.regulation.chain)))
        found = self._facts(subject, people or [], index)
        if is_member(subject):
            found |= {k: v for k, v in self._read_by_some(index).items() if k in self.read}
        return {k: v for k, v in found.items() if k in known and subject in known[k].subjects}

    def _read_by_some(self, index: int) -> dict[str, Any]:
        """Facts that only some regulations read: written where one does, clutter elsewhere."""
        own, _, committee, grade = _GRADES[index % len(_GRADES)]
        best = grade == "HTXSNV"
        return {
            "conduct_exemplary_attested": True, "prohibition_or_example_violation_concluded": False,
            "targets_exceeded_pct": 55 if best else 20 if own == "HTXSNV" else 10, "late_or_substandard_pct": 0,
            "task_criteria_not_completed_pct": 0, "proposed_base_emulation_fighter": best,
            "ministry_or_province_merit_certificate": False, "vanguard_and_trusted_attested": True,
            "led_units": [{"kind": "don_vi", "grade": "HTTNV"}] if index < 2 else [],
            "absences_regular_meetings": index % 3, "meetings_without_speaking": index % 4,
            # Who reads how far targets were exceeded asks for all of them to be reached (HD 19 C.II.2).
            **({"targets_completed_pct": 100} if "targets_exceeded_pct" in self.read else {}),
            **({"proposed_grade": committee} if self.given_grades else {}),
        }  # fmt: skip

    def _facts(self, subject: str, people: list[dict[str, Any]], index: int) -> dict[str, Any]:
        shared: dict[str, Any] = {"self_review_completed": True, "targets_completed_pct": 96}
        if subject == BODIES["collective"].code:
            return shared | {
                "exemplary_attested": False, "collective_disciplined": False,
                "subordinate_unit_disciplined": False, "internal_disunity_concluded": False,
                "org_grade": "HTTNV", "force_majeure": False,
            }  # fmt: skip
        if subject == BODIES["party_organization"].code:
            # How many members there are, how they are graded and whether one was disciplined follows from the list.
            return shared | {
                "months_since_established": 120, "org_type": "chi_bo", "exemplary_attested": False,
                "meeting_quality": "kha", "meetings_held_as_required": True,
                "same_level_grades": {"chinh_quyen": "HTTNV", "cong_doan": "HTTNV"},
                "leadership_member_disciplined": False, "leadership_collective_disciplined": False,
                "committee_or_standing_committee_disciplined": False, "corruption_case_handled": False,
                "party_building_programs_poor": False,
            }  # fmt: skip
        kind = index % len(_GRADES)
        out = shared | {
            "exempt_from_party_activities": False,
            "suspended_from_party_activities": False,
            "sick_leave_months_in_year": 4 if kind == _SICK else 0,
            "on_maternity_leave_in_year": False,
            "exemplary_attested": _GRADES[kind][3] == "HTXSNV",
            "degradation_concluded": False,
            "disciplined_in_year": False,
            "targets_completed_pct": 82 if kind == _SICK else 100 if _GRADES[kind][0] == "HTXSNV" else 95,
        }
        if index == 0:
            out |= {"headed_collective_grade": "HTTNV", "headed_org_grade": "HTTNV"}
        return out

    # -- what sample.yaml does not know --

    def complete(self, out: dict[str, Any], people: list[dict[str, Any]]) -> None:
        """Fill every binding of the regulation that has no value yet, by its type."""
        common = load_mapping(builtin_folder() / "fields.yaml")["fields"]
        for binding, entry in self.regulation.prescribed_fields.items():
            path = split(binding)
            place = self.regulation.roots.get(path[0])
            if binding in common or binding.startswith(_DECIDED_LATER) or place is None or {"any", "[]"} & set(path):
                continue
            if place == "dossier":
                self.put(out, path, entry)
            elif place == "members":
                for index, person in enumerate(people):
                    # Who stands outside the review has written nothing.
                    if "review" in person and (person["member"]["leader"] or binding not in self.words["leaders_only"]):
                        self.put(person, path, entry, index)
            else:
                for holder in (*people, out["collective"], out["party_organization"]):
                    for sheet in holder.get("assessments", {}).values():
                        self.put(sheet, path[1:], entry)

    def put(self, record: dict[str, Any], path: tuple[str, ...], entry: Field, index: int = 0) -> None:
        if path == ("signs",) or path[-1] == "levels":
            return  # said criterion by criterion
        for name in path[:-1]:
            record = record.setdefault(name, {})
        if path[-1] == "score_total":
            record.setdefault("score_total", _TOTALS.get(record.get("proposed_grade", ""), _TOTALS["HTTNV"]))
        elif path[-1] not in record:
            record[path[-1]] = self.value(entry, index)

    def value(self, entry: Field, index: int) -> Any:
        """A plausible value for a binding, from its type and label, for the member at `index`."""
        root, _, leaf = entry.binding.partition(".")
        kind = VALUES[entry.type]
        own = self.words["fields"].get(entry.binding)
        if root == "review" and index % len(self.words["people"]) >= self.staff:
            own = self.words["student_review"].get(leaf, own)
            if isinstance(own, list) and self.group(index) in _STUDENTS:
                own = self.studying(own, self.group(index))
        if own is not None:
            # All that is said of a residence is said of the same one.
            key = "residence" if root == "residence" else entry.binding
            leading = entry.binding in self.words["leaders_only"]
            given = own if isinstance(own, str) else own[index % len(own)] if leading else self.turn(key, own, index)
            return paragraphs(self.text(given)) if kind.is_many else self.text(given)
        neutral = kind.neutral(options_of(self.regulation, entry), self.year, self.held.isoformat())
        if neutral is not None:
            return neutral
        if kind.is_many:
            return [self.turn(entry.binding, self.words["unknown"], index).replace("{label}", entry.label)]
        return f"{entry.label} của chi bộ"
