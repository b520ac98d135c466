"""What every kind of block says of itself, and what is refused as a kind.

A kind is one module of this package: the typed block (a subclass of `Block`) and one `BlockKind` for each name it has
in a form file. Whatever walks a form (its values, wording, template, owners) asks the block; nothing outside knows
which kinds there are, so adding one is adding a file. `register` refuses a second kind of one name and a block that
leaves a part unsaid; `tests/forms/test_block_kinds.py` walks each kind through all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from docgen.forms.paper import Paper
from docgen.forms.parts import Hole, Parts, Text
from docgen.forms.questions import Ask, AskRows, Question, Words
from docgen.forms.slot import Slot, slot_of
from docgen.forms.wording import Wording
from docgen.kinds import enter, unsaid, whole
from docgen.regulations.loader import RegulationData
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.yaml_shape import Shape

#: Whether the lines that depend on a condition are on the page: a binding; `binding=code`; `binding!=code`, which holds
#: unless that code is said.
Shown = Callable[[str], bool]
#: Between a binding and the code that hides what depends on it.
UNLESS = "!="
#: What every block takes besides its own keys.
COMMON_KEYS = ("when", "clause")


def _always(when: str) -> bool:
    return True


ALWAYS: Shown = _always


def decider(when: str) -> str:
    """The binding that a condition asks."""
    return when.partition(UNLESS)[0].partition("=")[0]


class Block(ABC):
    """One block of a form, parsed. Subclasses are frozen dataclasses whose repr is the block's part of a form's hash.

    `when` is the condition on which the block's being printed depends (a binding, or one and the code that hides it);
    empty for one that is always printed.
    """

    __slots__ = ()

    when: str

    @property
    def is_aside(self) -> bool:
        """True for guidance, which says nothing of the form's own: it may stand between a table and the signature."""
        return False

    @property
    def is_one_line(self) -> bool:
        """True for a paragraph that may stand alone between a table and the signature."""
        return False

    @property
    def stands_whole(self) -> bool:
        """True for a short table that stands on one page, and the line above it with it."""
        return False

    @property
    def is_table(self) -> bool:
        """True for a table, whose first rows stand on the page of the words above it."""
        return False

    @property
    def begins_with_box(self) -> bool:
        """True where the block begins with a box: the boxes of one question stay on one page."""
        return False

    @property
    def is_enclosure(self) -> bool:
        """True for an enclosed page: only such blocks may stand behind it, so no signature is ever beside it."""
        return False

    @property
    def signer(self) -> str:
        """The role that signs here, if any; what stands above since the signature before it is that role's to write."""
        return ""

    @abstractmethod
    def lines(self) -> Iterator[Parts]:
        """The runs of parts outside tables, in printed order: each hole is a value that stands once in the form."""

    @abstractmethod
    def words(self, shown: Shown) -> Iterator[str]:
        """The fixed wording in printed order, of the rows that are on the page."""

    @abstractmethod
    def slots(self, regulation: RegulationData) -> Iterator[Slot]:
        """The values that `lines` does not have: those of the rows of a table."""

    @abstractmethod
    def write(self, paper: Paper, following: Sequence[Block]) -> str:
        """The block in a template (WordprocessingML); `following` are the blocks below, to keep on one page with."""

    def printed(self, shown: Shown) -> Iterator[str]:
        """The bindings of `slots` that are on the page where `shown` says of each condition whether it holds.

        A table of records is named by its list.
        """
        yield from ()

    def holders(self) -> Iterator[str]:
        """The bindings that hold the values of `slots`: what `required` of a form may name besides single values."""
        yield from ()

    def required_below(self, required: Sequence[str]) -> Iterator[str]:
        """The single values that must be written where `required` names one of `holders`."""
        yield from ()

    def conditions(self) -> Iterator[str]:
        """The bindings that decide what is printed of the block."""
        if self.when:
            yield decider(self.when)

    def owners(self, regulation: RegulationData) -> Iterator[tuple[str, str]]:
        """Each value that is one role's wherever it stands, and the role; the others are the next signer's."""
        yield from ()

    def questions(self, regulation: RegulationData, shown: Shown) -> Iterator[Question]:
        """What the block asks on a screen: the values of its lines, each in its sentence, then those of its rows."""
        for parts in self.lines():
            yield from asked_in(regulation, parts)
        lists: dict[str, list[Slot]] = {}
        for slot in self.slots(regulation):
            if slot.list:
                lists.setdefault(slot.list, []).append(slot)
            else:
                yield Ask(slot, slot.label)
        for name, slots in lists.items():
            yield AskRows(name, tuple(slots), tuple(slot.label for slot in slots))

    def unsaid(self) -> Iterator[tuple[int, str]]:
        """What counts in the form's identity without standing in the block's repr: (rank, text).

        Only for what was added to a kind when its forms had been handed out: their hashes must stay. The texts of all
        blocks are put in the order of their ranks.
        """
        yield from ()


def asked_in(regulation: RegulationData, parts: Parts) -> Iterator[Question]:
    """What one run of parts asks: its wording, and each value with the words before it."""
    words = ["" if isinstance(part, Hole) else part.text if isinstance(part, Text) else "" for part in parts]
    wording = " ".join(" ".join("…" if isinstance(part, Hole) else text for part, text in
                                zip(parts, words, strict=True)).split())  # fmt: skip
    holes = [position for position, part in enumerate(parts) if isinstance(part, Hole)]
    if not holes and wording:
        yield Words(wording)
    alone = len({part.binding for part in parts if isinstance(part, Hole)}) == 1
    last = 0
    for position in holes:
        part = parts[position]
        assert isinstance(part, Hole)
        before = "" if part.is_box else " ".join("".join(words[last:position]).split())
        last = position + 1
        yield Ask(slot_of(regulation, part.field), wording, before, alone)


@dataclass(frozen=True, slots=True)
class BlockKind:
    """One kind as a form file names it.

    `keys` are its own besides `COMMON_KEYS`, `required` those that must be there; `shapes` says of each key that is no
    plain text what it is (`docgen.regulations.yaml_shape`). `parse` takes the block's mapping, whose keys are checked
    already, and gives the blocks it stands for (as a rule one). `example` is a block as YAML, which the test of the
    kinds walks through every table.
    """

    name: str
    block: type[Block]
    parse: Callable[[Wording, Mapping, str], tuple[Block, ...]]
    keys: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    shapes: dict[str, Shape] = field(default_factory=dict)
    example: str = ""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Every key of the block: its name first, then its own, then those of every block."""
        return (self.name, *self.keys, *COMMON_KEYS)


def register(kinds: Iterable[BlockKind]) -> dict[str, BlockKind]:
    """The kinds by name, in order.

    Raises `TypeError` for two kinds of one name, for one that lacks a part (a method of `Block`, its example), and for
    two that give one key different shapes.
    """
    out: dict[str, BlockKind] = {}
    shapes: dict[str, Shape] = {}
    for kind in kinds:
        whole(kind.name, unsaid(kind.block) | ({"example"} if not kind.example else set()))
        enter(out, kind, kind.name, (kind.name,))
        for key, shape in kind.shapes.items():
            if shapes.setdefault(key, shape) != shape:
                raise TypeError(f"{kind.name}: another kind gives {key} another shape")
    return out
