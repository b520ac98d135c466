"""Whether one predicate is at least as strict as another: wherever the first holds, the second holds too.

`entails` proves or does not prove; it never guesses. What it cannot prove counts as "not as strict", so that a change
of a rule is shown to people once too often rather than once too little. How two leaves compare each kind says itself.
"""

from __future__ import annotations

from docgen.regulations.predicate import Every, Formula, Literal, Predicate, Some

#: Steps after which a proof is given up. The longest rules of today take a few hundred.
_BUDGET = 20_000


def entails(first: Predicate, second: Predicate) -> bool:
    """True where it is certain that `second` holds whenever `first` does."""
    return first == second or _Proof().prove((), (first.formula(True),), second.formula(True))


class _Proof:
    """One proof: what is known is taken apart until the goal follows from a single leaf, or nothing is left."""

    def __init__(self) -> None:
        self.steps = 0

    def prove(self, known: tuple[Literal, ...], open_: tuple[Formula, ...], goal: Formula) -> bool:
        self.steps += 1
        if self.steps > _BUDGET:
            return False
        if goal in open_ or goal in known:
            return True
        if isinstance(goal, Every):
            return all(self.prove(known, open_, part) for part in goal.parts)
        for position, formula in enumerate(open_):
            rest = open_[:position] + open_[position + 1 :]
            if isinstance(formula, Every):
                return self.prove(known, formula.parts + rest, goal)
            if isinstance(formula, Literal):
                return self.prove((*known, formula), rest, goal)
        if open_:
            cases = open_[0]
            assert isinstance(cases, Some)
            return all(self.prove(known, (part, *open_[1:]), goal) for part in cases.parts)
        if any(_follows(one, _negated(other)) for one in known for other in known):
            return True  # nothing can be like that
        if isinstance(goal, Some):
            return any(self.prove(known, (), part) for part in goal.parts)
        return any(_follows(one, goal) for one in known)


def _negated(one: Literal) -> Literal:
    found = one.leaf.formula(not one.positive)
    assert isinstance(found, Literal)
    return found


def _follows(one: Literal, other: Literal) -> bool:
    """True where leaf `other` holds whenever leaf `one` does."""
    if one.positive and other.positive:
        return one.leaf.implies(other.leaf)
    if not one.positive and not other.positive:
        return other.leaf.implies(one.leaf)
    return one.positive and one.leaf.excludes(other.leaf)
