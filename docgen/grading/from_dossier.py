"""From a dossier to the facts that rules read.

What a person states under `facts` always wins; what can be read off the rest of the dossier is filled in beside it.
Nothing is guessed: a level that is missing leaves its whole list unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from docgen.paths import Json, JsonDict, JsonMap, get, get_mapping
from docgen.records import Assessment, DossierData, Member
from docgen.regulations.asked_of import said_by
from docgen.regulations.criteria_sets import UNSAID, Said
from docgen.regulations.loader import Criterion, RegulationData
from docgen.regulations.outside_review import grading_day, months_known
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.rules import kept_rules
from docgen.regulations.score_sheet import score_facts
from docgen.regulations.subjects import SUBJECTS
from docgen.regulations.task_facts import task_facts

#: Sections that show that somebody has reviewed himself: the regulation lets only those be graded (HD 16 II.B.5).
_REVIEWED = ("ideology", "conduct", "results", "implementation", "leadership")


def _leaves(regulation: RegulationData, subject: str, said: Said) -> list[Criterion]:
    """The criteria of `subject` but those not asked, gone through once for as long as it is the same regulation."""

    def gone_through() -> list[Criterion]:
        rows = regulation.criteria.get(regulation.criteria_set(subject), ())
        leaves = [leaf for row in rows for leaf in row.leaves()]
        return [leaf for leaf in leaves if leaf.asked(said) is not False]

    return regulation.derived(("grading.leaves", subject, *sorted(said.items())), gone_through)


def levels_by_group(
    regulation: RegulationData, subject: str, assessments: Mapping[str, Assessment] | None, said: Said = UNSAID
) -> tuple[dict[str, list[str]], str]:
    """The levels of each group of criteria (`core`, `task`, `other`) and the assessor they were taken from.

    `said` tells which criteria are asked. The assessor is empty, and so are the groups, where no assessment has a level
    for every criterion that is asked and not optional.
    """
    leaves = _leaves(regulation, subject, said)
    for assessor in SUBJECTS[subject].levels_from:
        levels = get(assessments, (assessor, "levels"))
        if not isinstance(levels, Mapping) or not levels:
            continue
        groups: dict[str, list[str]] = {}
        complete = True
        for leaf in leaves:
            level = levels.get(leaf.id)
            if level is None:
                complete = complete and (leaf.optional or leaf.asked(said) is None)
            else:
                groups.setdefault(leaf.group, []).append(str(level))
        if complete:
            return groups, assessor
    return {}, ""


def scored_facts(
    regulation: RegulationData,
    subject: str,
    assessments: Mapping[str, Assessment] | None,
    said: Said,
    chosen: str | None = None,
) -> JsonDict:
    """The facts of the first score sheet on which a proposal may rest, if it is sound (`score_sheet.score_facts`)."""
    rules = kept_rules(regulation.id, regulation.folders)
    for assessor in SUBJECTS[subject].levels_from:
        if get(assessments, (assessor, "scores")):
            return score_facts(regulation, rules, subject, get_mapping(assessments, assessor), said, chosen)
    return {}


def _level_facts(groups: Mapping[str, list[str]]) -> JsonDict:
    return {f"{group}_criteria_levels": levels for group, levels in groups.items() if group}


def _reviewed(review: Json) -> bool:
    return isinstance(review, Mapping) and any(review.get(name) for name in _REVIEWED)


def counted_of_member(regulation: RegulationData, data: DossierData, member: Member) -> JsonDict:
    """The facts that a member's table of tasks and score sheet give, of a regulation that has them."""
    kind = get(member, ("member", "kind"))
    if not isinstance(kind, str):
        return {}
    chosen = regulation.criteria_set("dang_vien", member)
    scored = scored_facts(regulation, "dang_vien", member.get("assessments"), said_by(regulation, data, member), chosen)
    return {**task_facts(get(member, ("tasks",)), led=kind == "lanh_dao"), **scored}


def counted_of_organization(regulation: RegulationData, data: DossierData) -> JsonDict:
    """The facts that the unit's table of tasks and the score sheet of the party body give."""
    assessments = (data.get("party_organization") or {}).get("assessments")
    if not assessments and regulation.criteria_set("to_chuc_dang") == regulation.criteria_set("tap_the"):
        # One report, one score sheet: the regulation calls the committee and its organisation one "collective".
        assessments = (data.get("collective") or {}).get("assessments")
    scored = scored_facts(regulation, "to_chuc_dang", assessments, said_by(regulation, data))
    return {**scored, **task_facts(get(data, ("unit_tasks",)))}


def counted_of_collective(regulation: RegulationData, data: DossierData) -> JsonDict:
    """The facts that the unit's table of tasks and the collective's score sheet give."""
    assessments = (data.get("collective") or {}).get("assessments")
    scored = scored_facts(regulation, "tap_the", assessments, said_by(regulation, data))
    return {**scored, **task_facts(get(data, ("unit_tasks",)))}


def _over(out: JsonDict, counted: JsonMap, stated: JsonMap) -> JsonDict:
    """`out` with what is `counted` and what is `stated`; what is counted is never typed a second time."""
    return {**out, **stated, **counted}


def _read_off(regulation: RegulationData, data: DossierData, member: Member) -> JsonDict:
    """The facts of a member that stand at a place of the dossier, as `facts.yaml` says (`from`, `with`)."""

    def places() -> list[tuple[str, list[str], list[str], bool]]:
        known = catalogue(tuple(reversed(regulation.chain))).values()
        return [
            (fact.name, fact.read_from.split("."), fact.read_with.split(".") if fact.read_with else [],
             regulation.roots.get(fact.read_from.partition(".")[0]) == "dossier")
            for fact in known if fact.read_from
        ]  # fmt: skip

    out: JsonDict = {}
    for name, path, needed, shared in regulation.derived("grading.read_off", places):
        value = get(data if shared else member, path)
        if value in (None, "", {}) or (needed and not get(member, needed)):
            continue
        out[name] = dict(value) if isinstance(value, Mapping) else value
    return out


def member_facts(regulation: RegulationData, data: DossierData, member: Member, counted: JsonMap) -> JsonDict:
    """The facts about one member, for the subject `dang_vien`; `counted` are those of `counted_of_member`."""
    person = get_mapping(member, "member")
    # What is said of everyone holds for whoever says nothing of his own.
    out: JsonDict = {
        **get_mapping(data, "everyone", "facts"),
        "self_review_completed": _reviewed(get(member, ("review",))),
        "is_head": bool(person.get("head")),
        "evaluated_as_leader": False,
    }
    out.update(_read_off(regulation, data, member))
    admitted = person.get("admission_date")
    if admitted:
        months = months_known(admitted, grading_day(data))
        if months is not None:
            out["months_since_admission"] = months
    if get(member, ("student", "system")):
        out["is_student"] = True
    groups, _ = levels_by_group(regulation, "dang_vien", member.get("assessments"), said_by(regulation, data, member))
    out.update(_level_facts(groups))
    return _over(out, counted, get_mapping(member, "facts"))


def organization_facts(regulation: RegulationData, data: DossierData) -> JsonDict:
    """The facts about the party body itself, for the subject `to_chuc_dang`; counts of members are put in later."""
    out: JsonDict = {}
    kind = get(data, ("organization", "kind"))
    if kind:
        out["org_type"] = kind
    if get(data, ("collective", "review")):
        out["self_review_completed"] = _reviewed(get(data, ("collective", "review")))
    assessments = (data.get("party_organization") or {}).get("assessments")
    groups, _ = levels_by_group(regulation, "to_chuc_dang", assessments, said_by(regulation, data))
    out.update(_level_facts(groups))
    stated = get_mapping(data, "party_organization", "facts")
    return _over(out, counted_of_organization(regulation, data), stated)


def collective_facts(regulation: RegulationData, data: DossierData) -> JsonDict:
    """The facts about the leading collective, for the subject `tap_the`."""
    out: JsonDict = {}
    if get(data, ("collective", "review")):
        out["self_review_completed"] = _reviewed(get(data, ("collective", "review")))
    kind = str(get(data, ("collective", "kind")) or "")
    if kind:
        out["collective_kind"] = kind
    # Of what level its body is decides whether a committee has a standard at all (HD 19 C.III.3).
    level = get(data, ("party_organization", "facts", "org_type")) or get(data, ("organization", "kind"))
    if kind == "cap_uy" and level:
        out["org_type"] = level
    assessments = (data.get("collective") or {}).get("assessments")
    groups, _ = levels_by_group(regulation, "tap_the", assessments, said_by(regulation, data))
    out.update(_level_facts(groups))
    return _over(out, counted_of_collective(regulation, data), get_mapping(data, "collective", "facts"))


def assessor_grades(assessments: Mapping[str, Assessment] | None) -> dict[str, str]:
    """The grade each assessor proposes."""
    if not isinstance(assessments, Mapping):
        return {}
    return {
        assessor: entry["proposed_grade"]
        for assessor, entry in assessments.items()
        if isinstance(entry, Mapping) and entry.get("proposed_grade")
    }
