"""The quota of excellent grades: a rule over a group, in integers only, never applied to one person by the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from docgen.grading.evaluate import Evaluator
from docgen.grading.given_facts import FactView, check_facts, well_typed
from docgen.grading.outcome import Reason, ask, ask_reading
from docgen.grading.proposal import Proposal, Question
from docgen.model import Finding, Place
from docgen.paths import JsonMap
from docgen.regulations.rule_facts import playing
from docgen.regulations.rules import Quota, Raised, Rule, RuleSet
from docgen.regulations.subjects import is_member
from docgen.regulations.told import Note, Outcome, Told, outcome_of


class Noticed:
    """The state of a group: no grade in the making, only named situations."""

    def __init__(self) -> None:
        self.situations: set[str] = set()

    def rule_holds(self, rule: str) -> Told:
        """No rule of a member is asked here."""
        return Told("fails")

    def standing(self) -> str:
        """A group has no grade."""
        return "none"

    def final(self) -> str:
        """A group has no grade."""
        return "none"

    def level_fails(self, grade: str) -> bool:
        """A group has no grade."""
        return False

    def situation(self, name: str) -> bool:
        """True where the named state was noticed."""
        return name in self.situations


def noticed_questions(rules: RuleSet, subject: str, view: FactView, state: Noticed) -> list[Question]:
    """The ambiguities of the regulation that hold in `state`."""
    evaluator = Evaluator(view, state)
    return [
        Question(f"ambiguity:{entry.code}", ask_reading(entry))
        for entry in rules.ambiguities
        if subject in entry.subjects and evaluator.tell(entry.when).outcome == "holds"
    ]


@dataclass(frozen=True, slots=True)
class QuotaCount:
    """A quota worked out: how many, from which base, in which words."""

    maximum: int
    base: int
    rule_id: str
    note: Note


def quota_for(rules: RuleSet, cohort: str) -> tuple[Rule, Quota] | None:
    """The quota rule of a kind of cohort (`dang_vien`, `to_chuc_dang` …), if the regulation has one."""
    for rule in rules.rules:
        for effect in rule.effects:
            if isinstance(effect, Quota) and effect.cohort == cohort:
                return rule, effect
    return None


def decided_share(quota: Quota, decided: object) -> Quota:
    """`quota` with the share that the competent level decided (`decided`) in place of the printed one.

    A share above what the regulation lets be decided changes nothing: `quota_faults` says so.
    """
    if quota.raised is None or not _decidable(quota.raised, decided):
        return quota
    return replace(quota, percent=Fraction(str(decided)))


def _decidable(raised: Raised, decided: object) -> bool:
    number = isinstance(decided, (int, float)) and not isinstance(decided, bool) and decided == decided
    return number and 0 <= Fraction(str(decided)) <= raised.at_most


def quota_faults(rules: RuleSet, cohort: str, facts: JsonMap) -> list[Finding]:
    """What is wrong with the share that was decided: more than the regulation lets anybody decide."""
    found = quota_for(rules, cohort)
    raised = found[1].raised if found else None
    decided = facts.get(raised.fact.name) if raised else None
    if raised is None or found is None or not well_typed(raised.fact, decided) or _decidable(raised, decided):
        return []
    params = {"fact": raised.fact.name, "label": raised.fact.words(), "value": decided, "at_most": raised.at_most,
              "clause": found[0].clause}  # fmt: skip
    return [Finding("grading.fact.share_too_high", "error", Place(pointer=f"/facts/{raised.fact.name}"), params)]


def maximum(quota: Quota, base: int) -> int:
    """How many of `base` may be excellent: rounded down, as the sources say "không vượt quá"."""
    if quota.below and base < quota.below:
        return quota.gives
    return int(base * Fraction(quota.percent) // 100)


def most_of(quota: Quota, good_or_better: int) -> tuple[int, int]:
    """How many of those graded HTTNV or better may be chosen as HTXSNV: read strictly, and read widely (A01).

    Whoever is not chosen is HTTNV and belongs to the base. Strictly the base is those left when X are chosen, so X is
    the greatest with X ≤ the share of (N − X); widely it is all N. A regulation that pools the two has one reading.
    """
    wide = min(maximum(quota, good_or_better), good_or_better)
    if quota.reading == "pool":
        return wide, wide
    fitting = [x for x in range(good_or_better + 1) if x <= maximum(quota, good_or_better - x)]
    return max(fitting, default=0), wide


def _better_note(quota: Quota, good_or_better: int, strict: int, wide: int) -> Note:
    """The formula in words: the base that is left, the share of it, and the other reading where it differs."""
    base = good_or_better if quota.reading == "pool" else good_or_better - strict
    params = {
        "good": good_or_better, "base": base, "maximum": strict, "percent": quota.percent, "below": quota.below,
        "wide": wide,
    }  # fmt: skip
    if quota.below and base < quota.below:
        return Note("grading.note.quota.better.small", params)
    key = "pool" if quota.reading == "pool" else "same" if strict == wide else "differs"
    return Note(f"grading.note.quota.better.{key}", params)


def count_quota(rules: RuleSet, cohort: str, base: int, decided: object = None) -> QuotaCount | None:
    """The quota of `cohort` over `base`, with its formula; None where the regulation sets none.

    `decided` is the share that the competent level decided, if it did.
    """
    found = quota_for(rules, cohort)
    if found is None:
        return None
    rule, quota = found[0], decided_share(found[1], decided)
    most = maximum(quota, base)
    key = "grading.note.quota.small" if quota.below and base < quota.below else "grading.note.quota"
    params = {
        "maximum": most,
        "base": base,
        "percent": quota.percent,
        "fact": quota.base,
        "below": quota.below,
    }
    return QuotaCount(most, base, rule.id, Note(key, params))


class _Group:
    """The values given of a group, by what the facts are to a quota (`rule_facts.ROLES`), whatever they are called."""

    def __init__(self, rules: RuleSet, view: FactView) -> None:
        self._rules, self._view = rules, view

    def __getitem__(self, role: str) -> Any:
        """The value given of the fact that plays `role`; None where nobody gave it."""
        return self._view.values.get(playing(self._rules.facts, role).name)

    def question(self, role: str) -> Question:
        """The question for the fact that plays `role`."""
        fact = playing(self._rules.facts, role)
        return Question(f"missing:{fact.name}", ask(fact))


def propose_cohort(rules: RuleSet, facts: JsonMap) -> Proposal:
    """How many of a cohort may be graded HTXSNV, and whether the number proposed or decided keeps within it.

    The base is the one that the rule names; where final numbers are given, the readings of the base are compared and
    people are asked where they differ (A01).
    """
    view = FactView(rules, "cohort", facts)
    findings = tuple(check_facts(rules, "cohort", facts))
    group = _Group(rules, view)
    kind = group["cohort_kind"]
    found = quota_for(rules, str(kind))
    if found is None:
        asked = (group.question("cohort_kind"),)
        return Proposal(rules.regulation, "cohort", questions=asked, findings=findings)
    rule, quota = found
    faults = quota_faults(rules, str(kind), facts)
    findings += tuple(faults)
    decided = view.values.get(quota.raised.fact.name) if quota.raised else None
    quota = decided_share(quota, decided)
    state = Noticed()
    good, excellent = group["good_final"], group["excellent_final"]
    base = view.values.get(quota.base.name)
    notes: list[Note] = []
    most: int | None = None
    ok: bool | None = None
    if base is None and good is not None and excellent is not None and quota.reading != "given":
        narrow, wide = maximum(quota, good), maximum(quota, good + excellent)
        most = wide if quota.reading == "pool" else narrow
        ok = excellent <= most
        if quota.reading == "both" and narrow < excellent <= wide:
            ok = None
            state.situations.add("base_reading")
        base = good + excellent if quota.reading == "pool" else good
    elif base is None and (better := group["good_or_better"]) is not None:
        most, wide = most_of(quota, better)
        proposed = group["excellent_proposed"]
        ok = None if proposed is None else proposed <= most
        if proposed is not None and most < proposed <= wide:
            ok = None
            state.situations.add("base_reading")
        notes.append(_better_note(quota, better, most, wide))
        base = better
    elif base is not None:
        most = maximum(quota, base)
        proposed = group["excellent_proposed"]
        proposed = excellent if proposed is None else proposed
        ok = None if proposed is None else proposed <= most
    questions: list[Question] = []
    if base is None:
        questions.append(Question(f"missing:{quota.base.name}", ask(quota.base)))
    elif not notes:
        counted = count_quota(rules, str(kind), base, decided)
        assert counted is not None
        notes.append(counted.note)
    eligible = group["excellent_eligible"]
    if most is not None and eligible is not None:
        most = min(most, eligible)
    if base == 0 and most:
        state.situations.add("zero_base")
    # Only the quota of party members is set over the base organisation, of which a cohort may be one cell.
    cellular = is_member(kind)
    whole = group["whole_good"] if cellular else None
    tccsd: int | None = None
    if whole is not None:
        tccsd = maximum(quota, whole)
        params = {"maximum": tccsd, "base": whole, "percent": quota.percent}
        notes.append(Note("grading.note.quota.whole", params))
    scope = group["cohort_scope"] if cellular else None
    if scope or whole is not None:
        state.situations.add("tiers")
        if scope and not quota.tiers and whole is None:
            # The quota is set over the whole base organisation: one cell alone has none.
            most = ok = None
            questions.append(group.question("whole_good"))
    questions += noticed_questions(rules, "cohort", view, state)
    for fault in faults:
        # How many the competent level meant to allow is not known: nothing is concluded.
        most = ok = None
        questions.append(Question(f"missing:{fault.params['fact']}", Note(fault.code, fault.params)))
    outcome: Outcome = "unknown" if ok is None else outcome_of(ok)
    reason = Reason(rule.id, rule.clause, "quota", outcome, "HTXSNV", tuple(notes))
    return Proposal(
        rules.regulation,
        "cohort",
        blocked_by=(rule.id,) if ok is False else (),
        questions=tuple(questions),
        reasons=(reason,),
        findings=findings,
        max_excellent=most,
        max_excellent_tccsd=tccsd,
        quota_ok=ok,
    )
