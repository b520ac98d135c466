"""The sample of a regulation that scores its members by kind (QĐ 366-QĐ/TW): a cell of sixteen, with tasks and points.

Three lead (bí thư, phó bí thư, a chi ủy viên), two are retired, one is a student; one was admitted in August, one was
disciplined for something outside duty, one was ill for four months. What the forms state twice (sums, shares of tasks)
is counted here from the same rows, so that the sample never contradicts itself.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from docgen.dossier.cleaning import paragraphs
from docgen.dossier.sample_common import Sample
from docgen.dossier.sample_words import results_of, scored_words
from docgen.model import GRADES
from docgen.regulations.criteria_sets import Criterion, even_maxima
from docgen.regulations.loader import RegulationData
from docgen.regulations.score_sheet import plain
from docgen.regulations.subjects import BODIES

#: By the member's place in the list: who was disciplined, ill, admitted in August.
_DISCIPLINED, _SICK, _NEW = 8, 7, 11
#: The points that each member gives himself; nobody is graded without a review.
_POINTS = ("86", "93", "82.5", "94.5", "84", "81.5", "83", "64", "78", "80.5", "85", "", "82", "79", "81", "84.5")
#: The civil servants' own grades, where they differ from the member's.
_CIVIL = {_SICK: "HTNV"}
_COLLECTIVE = "85.5"
#: What the unit of the sample is, for criteria of one kind of unit.
_SAID = {"": "su_nghiep"}
#: What a review of this kind holds; the rest of the common sample is for other forms.
_KEPT = ("results", "commitment", "shortcomings", "causes", "remedied", "explanation", "collective_share", "direction",
         "leadership", "initiative", "integrity", "grade_party")  # fmt: skip
_CONDUCT = ("ideology", "ethics", "discipline", "style", "degradation")


def is_scored(regulation: RegulationData) -> bool:
    """True where `regulation` tells its members apart by kind and counts their tasks."""
    return {"member.kind", "tasks[].name", "unit_tasks[].name"} <= regulation.fields.keys()


class ScoredSample(Sample):
    """Makes the dossier; see `docgen.dossier.sample`."""

    size = 16

    def __init__(self, regulation: RegulationData, seed: int, year: int | None = None) -> None:
        super().__init__(regulation, seed, year)
        own = scored_words()
        common = self.words
        self.own = own
        self.words = {
            **common, "people": own["people"], "collective_review": own["collective_review"],
            **{key: {**common[key], **own[key]} for key in ("duties", "results", "review")},
        }  # fmt: skip
        self.staff = sum(line.split("|")[3].strip() not in ("sinh_vien", "huu_tri") for line in own["people"])

    def dossier(self, count: int) -> dict[str, Any]:
        out = super().dossier(count)
        for key in ("ballots", "superior"):
            out.pop(key, None)
        return out

    def before_complete(self, out: dict[str, Any]) -> None:
        """Everything about the unit that is counted or chosen."""
        out["organization"]["block"] = "su_nghiep"
        out["unit_tasks"] = self.tasks(self.own["unit_tasks"])
        out["enclosures"] = [
            {"name": name, "pages": int(pages), "note": note, "paper": paper}
            for name, pages, note, paper in (map(str.strip, line.split("|")) for line in self.own["enclosures"])
        ]
        body = out["collective"]
        body["review"]["explanation"] = [self.own["collective_explanation"]]
        sheet = self.sheet("tap-the", _COLLECTIVE, self.words["signers"]["collective"], "Tập thể tự chấm điểm")
        body["assessments"] = {"tu_danh_gia": sheet}
        body |= self.sums(sheet, "tap-the")

    def whose_turn(self, key: str, pool: Any, index: int) -> int:
        # Who was admitted in August has written nothing: the texts go round among the others.
        return super().whose_turn(key, pool, index - (index % len(self.own["people"]) > _NEW))

    def votes(self, index: int, person: dict[str, Any], voters: int) -> dict[str, int]:
        return {}  # no rule about votes is printed

    # -- members --

    def member(self, index: int, count: int) -> dict[str, Any]:
        record = super().member(index, count)
        place = index % len(self.own["people"])
        group = self.person(index)[3]
        person = record["member"]
        kind = "lanh_dao" if place < 3 else "ngoai_he_thong" if place >= self.staff else "khong_lanh_dao"
        person |= {"kind": kind, "civil_servant": kind != "ngoai_he_thong", "official": place != _NEW}
        person["leader"] = kind == "lanh_dao"
        for key in ("signs", "student"):
            record.pop(key, None)
        if kind == "ngoai_he_thong":
            record.pop("civil", None)
            if group == "huu_tri":
                person["workplace"] = "Đã nghỉ hưu"
        if place == _NEW:
            kept = {key: record[key] for key in ("id", "member")}
            return kept | {"cell": {"note": "Kết nạp tháng 8, chưa đủ 06 tháng: ngoài diện kiểm điểm, xếp loại"}}
        grade = self.grade(place)
        record["tasks"] = self.tasks(self.own["tasks"][place])
        record["review"] = self.review(record, place, index, group, grade)
        chosen = kind.replace("_", "-")
        sheet = self.sheet(chosen, _POINTS[place], person["full_name"], "Đảng viên tự chấm điểm")
        record["assessments"] = {"tu_danh_gia": sheet}
        record["review"] |= self.sums(sheet, chosen)
        if "civil" in record:
            record["civil"]["grade"] = _CIVIL.get(place, grade)
        record["cell"] = {"comment": record["cell"]["comment"], "grade": grade}
        if place == _SICK:
            record["cell"] |= {"comment": [self.words["sick_comment"]], "note": "Nghỉ ốm 04 tháng theo chế độ"}
        if place == _DISCIPLINED:
            record["cell"]["comment"] = paragraphs(self.own["disciplined"]["comment"])
        if group == "huu_tri":
            record["cell"]["comment"] = [self.own["huu_tri_comment"][place % 2]]
        record["facts"] = self.member_facts(place, kind, self.remedied(place, index, group, grade))
        return record

    def remedied(self, place: int, index: int, group: str, grade: str) -> int:
        """What part of the earlier shortcomings, in percent, is remedied by the member's own words."""
        if grade == GRADES[0]:
            return 100
        shares = self.own["remedied_pct"]
        if group == "huu_tri":
            return int(shares[group][place % 2])
        if group in shares:
            return int(shares[group][0])
        return int(shares["review"][self.whose_turn("remedied", self.words["review"]["remedied"], index)])

    @staticmethod
    def grade(place: int) -> str:
        """The grade that goes with the points."""
        points = Fraction(_POINTS[place])
        return GRADES[0] if points >= 90 else GRADES[1] if points >= 70 else GRADES[2]

    def review(self, record: dict[str, Any], place: int, index: int, group: str, grade: str) -> dict[str, Any]:
        given = record["review"]
        out = {key: given[key] for key in _KEPT if key in given}
        if group == "huu_tri":
            own = self.own["huu_tri_review"]
            out |= {key: paragraphs(self.text(pool[place % 2])) for key, pool in own.items()}
            out["conduct"] = paragraphs(self.text(self.own["conduct"]["huu_tri"][place % 2]))
        else:
            out["conduct"] = [line for key in _CONDUCT for line in given.get(key, ())[:2]]
        if group == "huu_tri" or place >= 3:
            out["collective_share"] = ["Không có."]
        else:
            out["collective_share"] = paragraphs(self.own["collective_share"])
            out["leadership"] = paragraphs(self.own["leadership"][place])
            for key, pool in self.words["leader_review"].items():
                out.setdefault(key, paragraphs(self.text(pool[index % len(pool)])))
        if grade == GRADES[0]:
            out["remedied"] = paragraphs(self.text(self.own["remedied_all"][place % 2]))
        if place == _DISCIPLINED:
            out |= {k: paragraphs(self.text(self.own["disciplined"][k])) for k in ("shortcomings", "causes")}
        out["results"] = [self.text(line) for line in results_of(self.own["tasks"][place])]
        out["grade_party"] = grade
        return out

    def tasks(self, lines: list[str]) -> list[dict[str, Any]]:
        """The rows of a table of tasks."""
        rows = []
        for name, product, due, end, more in (map(str.strip, self.text(line).split("|")) for line in lines):
            rows.append({
                "name": name, "product": product, "due": f"{due}/{self.year}",
                "done": "dung_han" if end == "d" else "cham", "quality": True, "exceeded": more == "v",
            })  # fmt: skip
        return rows

    def member_facts(self, place: int, kind: str, remedied: int) -> dict[str, Any]:
        quality = "led_tasks_quality_attested" if kind == "lanh_dao" else "tasks_quality_attested"
        disciplined = place == _DISCIPLINED
        out: dict[str, Any] = {
            "exempt_from_party_activities": False, "suspended_from_party_activities": False,
            "sick_leave_months_in_year": 4 if place == _SICK else 0, quality: True, "has_prior_shortcomings": True,
            "prior_shortcomings_remedied_pct": remedied, "degradation_concluded": False,
            "prohibition_or_example_violation_concluded": False, "disciplined_in_year": disciplined,
        }  # fmt: skip
        return out | ({"discipline_duty_related": False} if disciplined else {})

    def facts(self, subject: str, people: list[dict[str, Any]] | None = None, index: int = 0) -> dict[str, Any]:
        shared = {"tasks_quality_attested": True, "has_prior_shortcomings": True,
                  "prior_shortcomings_remedied_pct": 100, "force_majeure": False}  # fmt: skip
        if subject == BODIES["collective"].code:
            return shared | {
                "personnel_work_violation_concluded": False, "internal_disunity_concluded": False,
                "member_degradation_concluded": False, "member_disciplined": False,
            }  # fmt: skip
        if subject == BODIES["party_organization"].code:
            return shared | {"org_type": "chi_bo_truc_thuoc", "committee_member_disciplined": False}
        return {}

    # -- points --

    def sheet(self, chosen: str, points: str, signer: str, label: str) -> dict[str, Any]:
        """A score sheet that adds up to `points`, each group in about the same proportion of its maximum.

        Where a unit scores yes or no, its group is what that can give; where by levels, each level is stated.
        """
        share = Fraction(points) / 100
        scores: dict[str, Any] = {}
        total = Fraction(0)
        groups = self.regulation.criteria[chosen]
        for group in groups:
            whole = group.sum or Fraction(0)
            maxima = even_maxima(group, _SAID, whole)
            leaves = [leaf for leaf in group.leaves() if leaf.asked(_SAID)]
            last = group is groups[-1]
            reached = Fraction(points) - total if last else Fraction(round(whole * share * 10), 10)
            given = _yes_no(leaves, maxima, reached) if _is_yes_no(leaves) else _spread(leaves, maxima, reached)
            for leaf in leaves:
                most, got = maxima[leaf.id], given[leaf.id]
                line: dict[str, Any] = {"standard_points": plain(most), "points": plain(got)}
                if leaf.scale is not None and leaf.scale.kind == "bands":
                    line["declared_level"] = leaf.scale.level(got * 100 / most)
                scores[leaf.id] = line
            total += sum(given.values(), Fraction(0))
        return {"assessor": label, "signer": signer, "scores": scores, "score_total": plain(total)}

    def sums(self, sheet: dict[str, Any], chosen: str) -> dict[str, Any]:
        """The sums of a sheet as the form that it goes with states them."""
        own = [leaf.id for leaf in self.regulation.criteria[chosen][0].leaves()]
        first = sum((Fraction(str(sheet["scores"][name]["points"])) for name in own), Fraction(0))
        total = Fraction(str(sheet["score_total"]))
        return {"score_common": plain(first), "score_tasks": plain(total - first), "score_total": plain(total)}


def _is_yes_no(leaves: list[Criterion]) -> bool:
    return any(leaf.scale is not None and leaf.scale.kind == "yes_no" for leaf in leaves)


def _spread(leaves: list[Criterion], maxima: dict[str, Fraction], reached: Fraction) -> dict[str, Fraction]:
    """`reached` points over the criteria, to one decimal, none above its maximum."""
    whole = sum((maxima[leaf.id] for leaf in leaves), Fraction(0))
    out: dict[str, Fraction] = {}
    most_before = points_before = Fraction(0)
    for leaf in leaves:
        most_before += maxima[leaf.id]
        upto = Fraction(round(reached * most_before / whole * 10), 10)
        out[leaf.id] = upto - points_before
        points_before = upto
    return out


def _yes_no(leaves: list[Criterion], maxima: dict[str, Fraction], reached: Fraction) -> dict[str, Fraction]:
    """The maximum or nothing for each criterion: the last ones are not met, as many as bring it to `reached`."""
    out = {leaf.id: maxima[leaf.id] for leaf in leaves}
    for leaf in reversed(leaves):
        if sum(out.values(), Fraction(0)) - reached < Fraction(1, 2):
            break
        out[leaf.id] = Fraction(0)
    return out
