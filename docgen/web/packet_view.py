"""A packet as its page shows it: whose papers, who signs them, how many pages, what was handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from docgen.packet.page_words import document_title, ranges, short_code, who_signs
from docgen.packet.plan import Signer, assessor_label
from docgen.paths import JsonDict, get_text
from docgen.pdf.reading import Reading
from docgen.regulations.loader import RegulationData
from docgen.signing.signed_manifest import read_manifest
from docgen.web import dossier_store
from docgen.web.history_words import HANDED_OVER, moment_words, read_day
from docgen.web.page_render import page_message

#: So many first pages are shown beside one another.
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One paper of a packet; `pdf` is its file below the packet's folder, empty where none was drawn."""

    number: int
    form: str
    title: str
    short: str
    whose: str
    pdf: str
    sha256: str
    pages: int
    signers: tuple[Signer, ...]


@dataclass(slots=True)
class FormRow:
    """The papers of one form in the plan for printing: who signs, how many pages, whether on both sides."""

    title: str
    papers: list[PaperShown] = field(default_factory=list)

    @property
    def numbers(self) -> str:
        """`003–007, 012`."""
        return ranges([paper.number for paper in self.papers])

    @property
    def pages(self) -> int:
        """Of all its papers together; 0 where some were not drawn."""
        counts = [paper.pages for paper in self.papers]
        return sum(counts) if all(counts) else 0

    @property
    def both_sides(self) -> bool:
        """True where a paper has more than one page."""
        return max(paper.pages for paper in self.papers) > 1

    def signers(self) -> list[str]:
        """Who signs, in words; the name where one person signs them all."""
        names: dict[str, set[str]] = {}
        one: dict[str, Signer] = {}
        for paper in self.papers:
            for signer in paper.signers:
                key = who_signs(signer, named=False)
                names.setdefault(key, set()).add(signer.name)
                one[key] = signer
        return [who_signs(one[key], named=len(found) == 1) for key, found in names.items()]


@dataclass(frozen=True, slots=True)
class PacketShown:
    """A packet: the row of the store, its folder, when it was made, its papers."""

    row: JsonDict
    folder: Path
    made: str
    papers: tuple[PaperShown, ...]
    print_copy: bool

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row["id"])

    @property
    def draft(self) -> bool:
        """True where every page says that it is a draft."""
        return bool(self.row["draft"])

    @property
    def pages(self) -> int:
        """Of all papers together."""
        return sum(paper.pages for paper in self.papers)

    def by_form(self) -> list[FormRow]:
        """The papers form by form, in their order."""
        out: dict[str, FormRow] = {}
        for paper in self.papers:
            out.setdefault(paper.form, FormRow(paper.title)).papers.append(paper)
        return list(out.values())

    def by_owner(self) -> list[tuple[str, list[PaperShown]]]:
        """The papers by whose they are, in their order."""
        out: dict[str, list[PaperShown]] = {}
        for paper in self.papers:
            out.setdefault(paper.whose, []).append(paper)
        return list(out.items())

    def first_pages(self) -> list[PaperShown]:
        """One paper of each form that was drawn, few enough to stand beside one another."""
        drawn = [next((paper for paper in form.papers if paper.pages), None) for form in self.by_form()]
        return [paper for paper in drawn if paper is not None][:_SHOWN]

    def paper(self, number: int) -> PaperShown | None:
        """The paper with this number."""
        return next((paper for paper in self.papers if paper.number == number), None)


def shown(
    row: JsonDict, folder: Path, regulation: RegulationData, names: Mapping[str, str], language: str
) -> PacketShown:
    """The packet in `folder`; `names` are the members' by their ids. Raises `InputError` where it cannot be read."""
    manifest = read_manifest(folder)
    extras = [_index(entry, folder, language) for entry in manifest.get("extras", ()) if entry.get("what") == "index"]
    papers = [paper for paper in extras if paper.pdf]
    papers += [_paper(entry, regulation, names, language) for entry in manifest["files"]]
    copy = any(entry.get("what") == "print copy" for entry in manifest.get("extras", ()))
    return PacketShown(row, folder, moment_words(float(str(row["created"]))), tuple(papers), copy)


def _index(entry: Mapping[str, Any], folder: Path, language: str) -> PaperShown:
    title = page_message(language, "packet.index")
    pdf = str(entry["file"]) if str(entry["file"]).endswith(".pdf") else ""
    pages = 0
    if pdf:  # the manifest tells the pages of forms alone
        with Reading((folder / pdf).read_bytes()) as reading:
            pages = reading.page_count()
    whole = page_message(language, "packet.whole")
    return PaperShown(0, "", title, title, whole, pdf, str(entry["sha256"]), pages, ())


def _paper(entry: Mapping[str, Any], regulation: RegulationData, names: Mapping[str, str], language: str) -> PaperShown:
    drawn = entry.get("pdf") or {}
    code = short_code(str(entry["code"]))
    short, title = code, document_title(code, str(entry["title"]))
    if entry.get("assessor"):
        short += f" ({assessor_label(regulation, str(entry['subject']), str(entry['assessor']))})"
    member = str(entry.get("member") or "")
    whose = names.get(member) or member or page_message(language, "packet.whole")
    signers = [Signer(str(s["role"]), str(s["caption"]), bool(s["seal"]), str(s["name"] or ""))
               for s in entry.get("signers", ())]  # fmt: skip
    return PaperShown(
        int(entry["number"]), str(entry["form"]), title, short, whose, str(drawn.get("file") or ""),
        str(drawn.get("sha256") or ""), int(drawn.get("pages") or 0), tuple(signers),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One time that a packet was handed over, as it was noted."""

    packet: str
    on: str
    to: str
    what: str
    noted: str


def handed_over(db: Connection, dossier: str) -> Sequence[HandedOver]:
    """When packets of a dossier were handed over, the last first."""
    out = []
    for row in dossier_store.noted(db, dossier, HANDED_OVER):
        told: Any = row["new"]
        noted = f"{moment_words(float(str(row['at'])))}, {row['who']}"
        out.append(HandedOver(get_text(told, "packet"), read_day(get_text(told, "on")), get_text(told, "to"),
                              get_text(told, "what"), noted))  # fmt: skip
    return out
