"""A packet as those see it who are to sign it: whose turn it is, who has signed what, what he waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from docgen.i18n import short_date
from docgen.packet.page_words import document_title, short_code, who_signs
from docgen.packet.plan import Signer
from docgen.paths import iso_day
from docgen.signing.packet import settle
from docgen.signing.signed_manifest import Document, Manifest, load_manifest

#: The states of a signature: signed, by hand, due now, due after others, due on a paper that has no PDF.
SIGNED, BY_HAND, READY, WAITING, PAPER = "signed", "signed_by_hand", "ready", "waiting", "paper"
#: So many people of a turn are named on the page.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper that somebody signs."""

    number: int
    title: str
    state: str


@dataclass(slots=True)
class Hand:
    """One person (or body) of a turn and the papers that bear the name; empty where none is printed."""

    name: str
    papers: list[Piece] = field(default_factory=list)

    @property
    def open(self) -> list[Piece]:
        """Those that are not signed."""
        return [paper for paper in self.papers if paper.state not in (SIGNED, BY_HAND)]

    @property
    def state(self) -> str:
        """Of all papers together: what is left to do first."""
        states = {paper.state for paper in self.papers}
        return next(state for state in (READY, PAPER, WAITING, BY_HAND, SIGNED) if state in states)


@dataclass(slots=True)
class Turn:
    """One role: who signs as it, in which state, after whom."""

    role: str
    words: str
    rank: int = 0
    hands: dict[str, Hand] = field(default_factory=dict)
    after: dict[str, None] = field(default_factory=dict)

    @property
    def people(self) -> list[Hand]:
        """Those with something left first, no more than are named."""
        return sorted(self.hands.values(), key=lambda hand: not hand.open)[:MOST_NAMED]

    @property
    def open(self) -> list[Hand]:
        """Those who have something left to sign."""
        return [hand for hand in self.hands.values() if hand.open]

    @property
    def ready(self) -> list[Hand]:
        """Those who can sign now."""
        return [hand for hand in self.hands.values() if hand.state in (READY, PAPER)]

    def counts(self) -> Mapping[str, int]:
        """How many papers are in each state."""
        return Counter(paper.state for hand in self.hands.values() for paper in hand.papers)

    @property
    def total(self) -> int:
        """How many papers there are to sign."""
        return sum(len(hand.papers) for hand in self.hands.values())

    @property
    def done(self) -> int:
        """How many are signed, with a key or a pen."""
        counts = self.counts()
        return counts[SIGNED] + counts[BY_HAND]


@dataclass(frozen=True, slots=True)
class Pen:
    """One record of a paper signed by hand."""

    number: int
    title: str
    role: str
    words: str
    name: str
    day: str
    scan: bool


@dataclass(frozen=True, slots=True)
class ToSign:
    """A packet that is signed: its turns in order, the records of pens."""

    turns: tuple[Turn, ...]
    pens: tuple[Pen, ...]
    pdfs: bool

    @property
    def next(self) -> Turn | None:
        """The first turn in which somebody can sign now."""
        return next((turn for turn in self.turns if turn.ready), None)

    @property
    def choices(self) -> list[tuple[Turn, Hand]]:
        """Who can still sign what, for a list to choose from."""
        return [(turn, hand) for turn in self.turns for hand in turn.open[:MOST_NAMED]]

    @property
    def ready_hands(self) -> list[tuple[Turn, Hand, int]]:
        """Who can sign PDFs now, and how many."""
        found = [(turn, hand, sum(paper.state == READY for paper in hand.papers))
                 for turn in self.turns for hand in turn.hands.values()]  # fmt: skip
        return [one for one in found if one[2]][:MOST_NAMED]

    @property
    def ready_files(self) -> int:
        """How many PDFs wait for somebody who can sign now."""
        ready = (paper for turn in self.turns for hand in turn.hands.values() for paper in hand.papers)
        return len({paper.number for paper in ready if paper.state == READY})


def to_sign(folder: Path) -> ToSign:
    """The packet in `folder`, with what a crash left behind counted as signed. Raises `InputError` for what is none."""
    manifest = load_manifest(folder)
    settle(manifest, save=False)
    turns: dict[str, Turn] = {}
    for document in manifest.documents:
        title, done = _title(document), document.signed_roles()
        pens = {str(entry["role"]) for entry in document.by_hand}
        words = {one.role: _words(one.role, one.caption) for one in document.signers}
        for rank, signer in enumerate(document.signers):
            waiting = document.waiting_before(signer.role)
            turn = turns.setdefault(signer.role, Turn(signer.role, words[signer.role]))
            turn.rank = max(turn.rank, rank)
            state = SIGNED if signer.role in done else BY_HAND if signer.role in pens else _open(document, waiting)
            turn.hands.setdefault(signer.name, Hand(signer.name)).papers.append(Piece(document.number, title, state))
            if state == WAITING:
                turn.after |= {words[role]: None for role in waiting}
    order = sorted(turns.values(), key=lambda turn: turn.rank)
    return ToSign(tuple(order), tuple(_pens(manifest)), any(d.pdf is not None for d in manifest.documents))


def _open(document: Document, waiting: list[str]) -> str:
    return WAITING if waiting else PAPER if document.pdf is None else READY


def _pens(manifest: Manifest) -> Iterator[Pen]:
    for document in manifest.documents:
        for entry in document.by_hand:
            role, signer = str(entry["role"]), document.signer(str(entry["role"]))
            day = iso_day(entry.get("day"))
            yield Pen(
                document.number, _title(document), role, _words(role, signer.caption if signer else ""),
                str(entry.get("name") or ""), short_date(day) if day else "", bool(entry.get("scan")),
            )  # fmt: skip


def _title(document: Document) -> str:
    return document_title(short_code(document.subject), document.title)


def _words(role: str, caption: str) -> str:
    """The printed capacity in few words, or what the role is called."""
    return who_signs(Signer(role, caption, False, ""), named=False)
