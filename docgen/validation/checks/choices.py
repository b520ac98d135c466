"""Choices that decide which papers and which criteria there are: whoever has not chosen would get none of them.

A regulation may make a form for one kind of member only (`only` in its packet) and ask criteria of one kind of agency
or member only (`applies`). A dossier that leaves such a choice open would silently lack papers.
"""

from __future__ import annotations

from docgen.paths import at, get
from docgen.regulations.asked_of import decisive
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class Choices(CheckKind):
    """Choices on which papers and criteria depend."""

    name = "choices"
    turn = 100
    codes = ("validation.choice.open",)

    def run(self, check: Check) -> None:
        check_choices(check)


def check_choices(check: Check) -> None:
    """Report choices that are open."""
    regulation = check.regulation
    for binding in sorted(decisive(regulation)):
        field = regulation.fields[binding]
        path = binding.split(".")
        place = regulation.roots.get(path[0])
        choices = regulation.choices[field.choices]
        told = {
            "label": field.label,
            "allowed": "; ".join(f"{code} = {text}" for code, text in choices.items()),
            "words": "; ".join(choices.values()),
        }
        if place == "dossier" and not get(check.data, path):
            check.add("validation.choice.open", "error", at("", *path), "", **told)
        for member in check.members if place == "members" else ():
            if member.reviewed and not get(member.record, path):
                pointer = at(member.pointer, *path)
                check.add("validation.choice.open", "error", pointer, member.who, **told)
