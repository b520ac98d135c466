"""Asks predicates about one view of facts and one proposal in the making; what each says, its kind knows."""

from __future__ import annotations

from docgen.grading.given_facts import FactView
from docgen.grading.rule_plan import Plan, Values
from docgen.regulations.predicate import Predicate, State
from docgen.regulations.told import Told


class Evaluator:
    """Evaluates predicates over one view of facts and one state of a proposal.

    With the `plan` of the rules, what their predicates said of the same values before is not worked out again.
    """

    def __init__(self, view: FactView, state: State, plan: Plan | None = None) -> None:
        self.view = view
        self.state = state
        self._plan = plan
        self._values = Values(view)

    def tell(self, predicate: Predicate) -> Told:
        """What `predicate` says."""
        known = self._plan.answers(predicate) if self._plan else None
        if known is None:
            return predicate.tell(self)
        key = known.key(self._values)
        return known.told.get(key) or known.keep(key, predicate.tell(self))
