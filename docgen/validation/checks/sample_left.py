"""The sample's own words in a dossier that is not the sample: somebody would sign what nobody wrote.

`docgen init` writes a sample to start from. It says of itself that it is one (`"sample": true`); in a dossier that does
not, each paragraph, sentence and name of the sample that still stands there is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from docgen.dossier.sample_words import sample_name, sample_sentence
from docgen.dossier.shape import Node, dossier_shape
from docgen.paths import at
from docgen.validation.checks.shape import owner
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind

#: What stands here is chosen from a list or given by the regulation, not written by anybody.
_NOT_WRITTEN = frozenset({"facts", "levels", "signs", "scores", "votes", "regulation", "regulations", "$schema"})
_SHOWN = 60


class Sample(CheckKind):
    """The sample's words in a dossier that is none."""

    name = "sample"
    turn = 110
    codes = (
        "validation.sample.unmarked",
        "validation.sample.still_marked",
        "validation.sample.left",
        "validation.sample.left_name",
        "validation.sample.left_unit",
    )

    def run(self, check: Check) -> None:
        check_sample(check)


def check_sample(check: Check) -> None:
    """Report the sample's words where the dossier is none; and the mark of a sample about another unit.

    A dossier about the sample's own, invented body is a sample whether it says so or not (those of docgen before 0.3
    have no mark): nobody real stands on its papers, and one warning says what it is.
    """
    parent = check.mapping("organization").get("parent")
    if check.data.get("sample") is not True and isinstance(parent, str) and sample_name(parent) == "sure":
        check.add("validation.sample.unmarked", "warning", "/organization/parent", parent=parent[:_SHOWN])
        return
    if check.data.get("sample") is True:
        if isinstance(parent, str) and parent and not sample_name(parent):
            check.add("validation.sample.still_marked", "warning", "/sample", parent=parent[:_SHOWN])
        return
    who = {member.pointer: member.who for member in check.members}
    for text, pointer, label in _texts(check.data, dossier_shape(check.regulation), ""):
        if found := sample_sentence(text):
            check.add("validation.sample.left", "error", pointer, owner(pointer, who), label=label, text=_start(found))
        elif name := sample_name(text):
            sure = name == "sure"
            code: str = "validation.sample.left_name" if sure else "validation.sample.left_unit"
            # A name alone refuses nothing: forms and lessons call people "Nguyễn Văn A", and so may an exercise.
            check.add(code, "warning", pointer, owner(pointer, who), label=label, text=text)


def _start(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"


def _texts(value: object, node: Node | None, pointer: str) -> Iterator[tuple[str, str, str]]:
    """Every text below `value` that somebody wrote: the text, its place and what the place is called."""
    if isinstance(value, str):
        yield value, pointer, node.entry.label if node is not None and node.entry else pointer.rpartition("/")[2]
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NOT_WRITTEN:
                below = node.child(name) if node is not None else None
                yield from _texts(item, below, at(pointer, name))
    elif isinstance(value, list):
        below = node.children.get("[]") if node is not None else None
        for index, item in enumerate(value):
            yield from _texts(item, below or node, f"{pointer}/{index}")
