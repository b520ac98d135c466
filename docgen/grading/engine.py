"""Proposing a grade for one member, organisation or collective, in the order that RULES.md section 0 prescribes.

Excluded? → a ground for KHTNV that certainly happened? → the highest grade whose conditions all hold → ceilings →
the regulation's catch-all, where it has one. Everything that cannot be told is named for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from docgen.grading.evaluate import Evaluator
from docgen.grading.given_facts import FactView, check_facts
from docgen.grading.outcome import UNSET, Reason, ask, ask_clause, ask_reading
from docgen.grading.proposal import Proposal, Question
from docgen.grading.rule_plan import plan_of
from docgen.grading.scoring import score_criterion, total_level
from docgen.model import GRADES, lower_grade
from docgen.paths import JsonMap
from docgen.regulations import rules as r
from docgen.regulations.predicate import Predicate, parts
from docgen.regulations.predicates.majority import Majority
from docgen.regulations.predicates.rule import RuleHolds
from docgen.regulations.predicates.situation import Situation
from docgen.regulations.rule_facts import Fact
from docgen.regulations.told import UNKNOWN, Note, Told

#: The grades that conditions guard, best first; KHTNV is what grounds and the catch-all give.
GUARDED = GRADES[:-1]
LOWEST = GRADES[-1]


@dataclass(frozen=True, slots=True)
class Variant:
    """A reading to try: `without` some rules, `flat` (no ban carried upward), with ceilings from `capped_by`."""

    without: frozenset[str] = frozenset()
    flat: bool = False
    capped_by: tuple[Fact, ...] = ()


@dataclass(slots=True)
class Level:
    """How one grade's conditions stand: which rules fail, which cannot be told; `pinned` where a rule gives it."""

    grade: str
    failing: list[str] = field(default_factory=list)
    unknown: list[tuple[str, Told]] = field(default_factory=list)
    conditions: int = 0
    pinned: bool = False
    open_pins: list[tuple[str, Told]] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """holds, fails or unknown."""
        if self.pinned:
            return "holds"
        if not self.conditions or self.failing:
            return "unknown" if self.open_pins else "fails"
        return "unknown" if self.unknown else "holds"


@dataclass(slots=True)
class Verdict:
    """What one reading of the rules gives, before (`standing`) and after ceilings (`grade`)."""

    standing: str | None = None
    grade: str | None = None
    grounds: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    capping: list[str] = field(default_factory=list)
    open_grounds: list[tuple[str, Told]] = field(default_factory=list)
    open_exclusions: list[tuple[str, Told]] = field(default_factory=list)
    open_caps: list[str] = field(default_factory=list)
    withheld: bool = False
    external: bool = False


class Assessment:
    """One subject under one regulation: the facts, what each rule says of them, and the proposal made from it."""

    def __init__(self, rules: r.RuleSet, subject: str, facts: JsonMap) -> None:
        self.rules = rules
        self.subject = subject
        self.given = facts
        self.view = FactView(rules, subject, facts)
        self.plan = plan_of(rules, subject)
        self.evaluator = Evaluator(self.view, self, self.plan)
        # By identity: hashing a whole tree of conditions costs more than most of them cost to tell.
        self._told: dict[int, tuple[Predicate, Told]] = {}
        self._main = Verdict()
        self._situations: set[str] = set()
        self._other_readings: list[str] = []

    # -- what predicates ask of the proposal in the making --

    def rule_holds(self, rule: str) -> Told:
        """What the first effect of another rule says."""
        found = self.plan.by_id.get(rule)
        for predicate in found.predicates() if found else ():
            return self.tell(predicate)
        return Told("fails")

    def standing(self) -> str:
        """The grade before ceilings, or `none`."""
        return self._main.standing or "none"

    def final(self) -> str:
        """The grade after ceilings, or `none`."""
        return self._main.grade or "none"

    def level_fails(self, grade: str) -> bool:
        """True where the conditions of `grade` certainly fail."""
        return any(level.grade == grade and level.outcome == "fails" for level in self._main.levels)

    def situation(self, name: str) -> bool:
        """True where the named state was noticed."""
        return name in self._situations

    # -- evaluation --

    def tell(self, predicate: Predicate) -> Told:
        """What `predicate` says; remembered, as most are asked several times."""
        known = self._told.get(id(predicate))
        if known is None:
            known = self._told[id(predicate)] = (predicate, self.evaluator.tell(predicate))
        return known[1]

    def effects(self, kind: type[Any], without: frozenset[str] = frozenset()) -> Iterable[tuple[r.Rule, Any]]:
        """Every effect of one kind, with its rule."""
        found = self.plan.effects(kind)
        return [(rule, effect) for rule, effect in found if rule.id not in without] if without else found

    def base(self) -> r.Base | None:
        """The fact that gives the grade here in place of conditions, if any."""
        for base in self.plan.bases:
            if self.tell(base.when).outcome == "holds":
                return base
        return None

    # -- one reading --

    def read(self, variant: Variant) -> Verdict:
        """The verdict of one reading: grounds, levels, holds, ceilings."""
        verdict = Verdict()
        for rule, exclusion in self.effects(r.Exclusion, variant.without):
            told = self.tell(exclusion.when)
            if told.outcome == "unknown":
                verdict.open_exclusions.append((rule.id, told))
        for rule, ground in self.effects(r.Ground, variant.without):
            told = self.tell(ground.that)
            if told.outcome == "holds":
                verdict.grounds.append(rule.id)
            elif told.outcome == "unknown":
                verdict.open_grounds.append((rule.id, told))
        base = self.base()
        if base is None:
            verdict.levels = self._levels(variant)
        else:
            verdict.external = True
        verdict.held = [
            rule.id for rule, hold in self.effects(r.Hold, variant.without) if self.tell(hold.when).outcome == "holds"
        ]
        verdict.standing = self._stand(verdict, base, variant)
        verdict.grade = verdict.standing
        self._cap(verdict, variant)
        undecided = verdict.standing != LOWEST and (verdict.open_grounds or verdict.held)
        if undecided or verdict.open_exclusions:
            verdict.withheld, verdict.grade = True, None
        return verdict

    def _stand(self, verdict: Verdict, base: r.Base | None, variant: Variant) -> str | None:
        if verdict.grounds:
            return LOWEST
        if base is not None:
            value = self.view.get(base.fact)
            return None if value is UNKNOWN or value is None else str(value)
        for level in verdict.levels:
            if level.outcome == "holds":
                return level.grade
        if verdict.held or not verdict.levels or any(level.outcome == "unknown" for level in verdict.levels):
            return None
        catch_all = any(True for _ in self.effects(r.CatchAll, variant.without))
        return LOWEST if catch_all else None

    def _levels(self, variant: Variant) -> list[Level]:
        levels = [Level(grade) for grade in GUARDED]
        for rule, condition in self.effects(r.Condition, variant.without):
            for level in levels:
                own = condition.grade == level.grade
                if own:
                    level.conditions += 1
                if own or (level.grade in condition.also_for and not variant.flat):
                    self._enter(level, rule.id, self.tell(condition.that))
        for rule, pin in self.effects(r.Pin, variant.without):
            told = self.tell(pin.that)
            for level in levels:
                if GRADES.index(level.grade) > GRADES.index(pin.grade) or told.outcome == "fails":
                    continue
                if level.grade != pin.grade:
                    self._enter(level, rule.id, told, banned=True)
                elif told.outcome == "holds":
                    level.pinned = True
                else:
                    level.open_pins.append((rule.id, told))
        return levels

    def _enter(self, level: Level, rule: str, told: Told, banned: bool = False) -> None:
        """Notes what one rule says about a level; a pin of a lower grade (`banned`) counts the other way round."""
        if told.outcome == "unknown":
            level.unknown.append((rule, told))
        elif (told.outcome == "holds") == banned:
            level.failing.append(rule)

    def _cap(self, verdict: Verdict, variant: Variant) -> None:
        extra = [("", r.Cap(r.ALWAYS, at_facts=variant.capped_by))] if variant.capped_by else []
        caps = [(rule.id, cap) for rule, cap in self.effects(r.Cap, variant.without)]
        bounds: list[tuple[str, str]] = []
        for rule_id, cap in [*caps, *extra]:
            when = self.tell(cap.when).outcome
            if when == "fails" or verdict.standing == LOWEST:
                continue
            known = [cap.at] if cap.at else []
            for fact in cap.at_facts:
                value = self.view.get(fact)
                if value is UNKNOWN or value is None:
                    if rule_id and when == "holds":
                        verdict.open_caps.append(fact.name)
                else:
                    known.append(str(value))
            if when == "unknown":
                matters = [at for at in known if verdict.standing and GRADES.index(at) > GRADES.index(verdict.standing)]
                if matters and rule_id:
                    verdict.open_caps += sorted(self.tell(cap.when).missing)
                continue
            for at in known:
                bounds.append((rule_id, at))
        for _, at in bounds:
            if verdict.grade is not None:
                verdict.grade = lower_grade(verdict.grade, at)
        verdict.capping = list(dict.fromkeys(rule_id for rule_id, at in bounds if at == verdict.grade))

    # -- the proposal --

    def propose(self) -> Proposal:
        """The proposal for these facts."""
        findings = tuple(check_facts(self.rules, self.subject, self.given))
        for special in (self._scoring, self._positions, self._excluded):
            proposal = special()
            if proposal is not None:
                return replace(proposal, findings=findings, actions=tuple(self._actions()))
        self._main = main = self.read(Variant())
        self._notice(main)
        questions = self._open_questions(main)
        raised, alternatives = self._ambiguities(main)
        questions += raised
        blocked = self._blocked(main)
        if main.withheld and main.standing and not main.held:
            alternatives = [*alternatives, main.standing, *([LOWEST] if main.open_grounds else [])]
        return Proposal(
            self.rules.regulation,
            self.subject,
            grade=main.grade,
            blocked_by=tuple(dict.fromkeys(blocked)),
            questions=tuple({(q.code, q.text): q for q in questions}.values()),
            alt_grades=tuple(g for g in GRADES if g in alternatives and g != main.grade),
            actions=tuple(self._actions()),
            reasons=tuple(self._reasons(main)),
            findings=findings,
            level=total_level(self.plan.effects(r.Score), self.view),
        )

    def _scoring(self) -> Proposal | None:
        return score_criterion(self.rules, self.plan.effects(r.Score), self.view)

    def _positions(self) -> Proposal | None:
        """Several posts: the grade voted at the main and highest one. Each place has graded, so only that counts."""
        for rule, effect in self.effects(r.Positions):
            posts = self.view.get(effect.fact)
            if not posts or posts is UNKNOWN:
                continue
            posts = [post or {} for post in posts]
            main = [post.get("grade") for post in posts if post.get("is_main")]
            highest = [post.get("grade") for post in posts if post.get("is_highest")]
            told = {*main, *highest}
            notes = tuple(self._post_notes(posts))
            reason = Reason(rule.id, rule.clause, "positions", "holds" if len(told) == 1 else "unknown", notes=notes)
            if len(told) == 1 and None not in told:
                grade = told.pop()
                best = min((g for g in (p.get("grade") for p in posts) if g), key=GRADES.index)
                blocked = (rule.id,) if best != grade else ()
                return Proposal(self.rules.regulation, self.subject, grade, blocked, reasons=(reason,))
            self._situations.add("positions_differ")
            raised = self._raised_by(Situation("positions_differ"))
            if None in told or not told:
                raised = [Question(f"missing:{effect.fact.name}", ask(effect.fact))]
            grades = tuple(g for g in GRADES if g in told)
            return Proposal(
                self.rules.regulation, self.subject, None, (rule.id,), questions=tuple(raised), alt_grades=grades,
                reasons=(reason,),
            )  # fmt: skip
        return None

    @staticmethod
    def _post_notes(posts: list[Mapping[str, Any]]) -> Iterator[Note]:
        """Each post, whether it is the main or the highest one, and the grade voted there."""
        for post in posts:
            marks = [name for name in ("is_main", "is_highest") if post.get(name)]
            key = "grading.note.post." + ("_".join(mark[3:] for mark in marks) or "other")
            yield Note(key, {"post": post.get("post") or "…", "grade": post.get("grade") or "unknown"})

    def _excluded(self) -> Proposal | None:
        reasons = []
        for rule, effect in self.effects(r.Exclusion):
            told = self.tell(effect.when)
            if told.outcome == "holds":
                reasons.append(Reason(rule.id, rule.clause, "exclusion", "holds", notes=told.notes))
        if not reasons:
            return None
        ids = tuple(reason.rule_id for reason in reasons)
        raised = self._raised_by(*(RuleHolds(rule_id) for rule_id in ids))
        return Proposal(self.rules.regulation, self.subject, None, ids, True, tuple(raised), reasons=tuple(reasons))

    def _raised_by(self, *causes: Predicate) -> list[Question]:
        """The ambiguities that speak of one of `causes` and hold, where no grade is being made."""
        return [
            Question(f"ambiguity:{entry.code}", ask_reading(entry))
            for entry in self.plan.ambiguities
            if any(part in causes for part in parts(entry.when)) and self.evaluator.tell(entry.when).outcome == "holds"
        ]

    def _notice(self, main: Verdict) -> None:
        """Notices the states that only the engine knows: a missing base grade, votes that contradict conditions."""
        base = self.base()
        if base is not None and self.view.get(base.fact) in (None, UNKNOWN):
            self._situations.add("no_base_grade")
        voting = {rule_id: part for rule_id, part in self.plan.majorities if self.view.given(part.votes)}
        if voting:
            sample = next(iter(voting.values()))
            most = [g for g in GRADES if self.tell(Majority(sample.votes, sample.total, (g,))).outcome == "holds"]
            free = self.read(Variant(frozenset(voting))).grade
            if most != [free]:
                self._situations.add("vote_conflict")
                self._other_readings = [g for g in (free, *most) if g]

    def _ambiguities(self, main: Verdict) -> tuple[list[Question], list[str]]:
        raised: list[Question] = []
        alternatives = list(self._other_readings)
        for entry in self.plan.ambiguities:
            if self.evaluator.tell(entry.when).outcome != "holds":
                continue
            if entry.without or entry.flat or entry.capped_by:
                other = self.read(Variant(frozenset(entry.without), entry.flat, entry.capped_by))
                if other.grade == main.grade:
                    continue
                alternatives += [other.grade] if other.grade else []
            if entry.proposes:
                if main.withheld:
                    continue
                main.standing = main.grade = entry.proposes
                self._cap(main, Variant())
            if entry.withholds:
                main.grade, main.withheld = None, True
            raised.append(Question(f"ambiguity:{entry.code}", ask_reading(entry)))
            alternatives += entry.alternatives
        return raised, alternatives

    def _open_questions(self, main: Verdict) -> list[Question]:
        questions: list[Question] = []
        held_for = set()
        for rule, hold in self.effects(r.Hold):
            if rule.id in main.held:
                if hold.missing is not None:
                    held_for.add(hold.missing.name)
                    questions.append(self._ask(rule, hold.missing))
                elif not any(e for e in rule.effects if isinstance(e, r.Ballot)):
                    questions.append(Question(f"judgement:{rule.id}", ask_clause(rule)))
        open_rules = list(main.open_exclusions)
        if main.standing != LOWEST:
            open_rules += main.open_grounds
            for level in main.levels:
                if level.outcome == "holds":
                    break
                if level.outcome == "unknown":
                    open_rules += [*level.unknown, *level.open_pins]
        if main.external and main.standing is None:
            base = self.base()
            assert base is not None
            questions.append(Question(f"missing:{base.fact.name}", ask(base.fact), (base.fact.name,)))
        for rule_id, told in open_rules:
            if told.missing and told.missing <= held_for:
                continue
            questions += self._unknowns(rule_id, told)
        for name in main.open_caps:
            questions.append(Question(f"missing:{name}", ask(self.rules.facts[name]), (name,)))
        for rule, effect in self.effects(r.Requirement):
            self._main = main
            if self.evaluator.tell(effect.when).outcome == "holds":
                questions.append(self._ask(rule, effect.missing))
        return questions

    def _ask(self, rule: r.Rule, fact: Fact) -> Question:
        if fact.attested:
            return Question(f"judgement:{rule.id}", ask(fact), (fact.name,))
        return Question(f"missing:{fact.name}", ask(fact), (fact.name,))

    def _unknowns(self, rule_id: str, told: Told) -> list[Question]:
        questions = []
        if told.judged:
            wording = ask_clause(self.rules.rule(rule_id))
            questions.append(Question(f"judgement:{rule_id}", wording, tuple(sorted(told.judged))))
        for name in sorted(told.missing - told.judged):
            questions.append(Question(f"missing:{name}", ask(self.rules.facts[name]), (name,)))
        return questions

    def _blocked(self, main: Verdict) -> list[str]:
        """The rules in the way: grounds; ceilings in force; what fails at the grade just above."""
        failing = {level.grade: level.failing for level in main.levels}
        if main.standing == LOWEST or main.grade == LOWEST:
            return [*main.grounds, *main.capping, *failing.get("HTNV", [])]
        if main.grade is None:
            return [*main.held, *(rule for grade in reversed(GUARDED) for rule in failing.get(grade, []))]
        above = GRADES[: GRADES.index(main.grade)]
        return [*(main.capping if above else []), *(failing.get(above[-1], []) if above else [])]

    def _reasons(self, main: Verdict) -> Iterator[Reason]:
        """What every rule with a say said, in the order of the regulation."""
        for role, rule, effect, predicate, grade in self.plan.reasons:
            if role == "condition" and main.external:
                continue
            told = self.tell(predicate)
            # A ground or ceiling that does not apply is no reason; a condition is one either way, unless it asks
            # nothing of this subject ("Riêng đảng viên là …"): that is not fulfilled, it is not asked.
            if (role != "condition" and told.outcome == "fails") or (
                role == "condition" and told.outcome == "holds" and not told.notes
            ):
                continue
            said, notes = grade, told.notes
            if role == "cap" and not grade:
                said, notes = self._ceiling(effect), (*notes, *self._ceiling_notes(effect))
            if role == "pin" and any(isinstance(other, r.Ground) for other in rule.effects):
                # The clause stands under KHTNV; that it gives this grade is a reading, and is said to be one.
                notes = (*notes, Note("grading.note.printed_lowest"))
            if isinstance(effect, (r.Hold, r.Requirement)) and effect.missing is not None:
                # Without it the reason would say only what applies ("là viên chức: có"), not what is waited for.
                notes = (*notes, *(() if self.view.given(effect.missing) else (_waited_for(effect.missing),)))
            yield Reason(rule.id, rule.clause, role, told.outcome, said, notes)

    def _ceiling(self, cap: r.Cap) -> str:
        """The grade of a ceiling that other subjects' grades set: the lowest known, or dots while none is."""
        known = [str(value) for fact in cap.at_facts if isinstance(value := self.view.get(fact), str)]
        return max(known, key=GRADES.index) if known else UNSET

    def _ceiling_notes(self, cap: r.Cap) -> Iterator[Note]:
        """Whose grades set the ceiling, and what they are."""
        for fact in cap.at_facts:
            if isinstance(value := self.view.get(fact), str):
                yield Note("grading.note.value", {"fact": fact, "value": value})
            else:
                yield Note("grading.note.missing", {"fact": fact})

    def _actions(self) -> Iterator[str]:
        for _, effect in self.effects(r.Action):
            if self.tell(effect.when).outcome == "holds":
                for action in effect.actions:
                    for name in self.rules.facts:
                        if "{" + name + "}" in action:
                            action = action.replace("{" + name + "}", str(self.view.get(self.rules.facts[name])))
                    yield action


def _waited_for(fact: Fact) -> Note:
    return Note("grading.note.not_attested" if fact.attested else "grading.note.missing", {"fact": fact})
