"""What each paper of a packet still lacks, to be printed: a page beside the packet, for the index is sealed with it.

It tells what the packet says of itself. Whether a signature holds only `verify` knows, and nobody vouches for a pen.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docgen.i18n import message, short_date
from docgen.packet.page_words import PAGE_LANGUAGE, ranges, who_signs
from docgen.packet.plan import Signer
from docgen.paths import get_text, iso_day
from docgen.signing.packet import settle
from docgen.signing.signed_manifest import Document, load_manifest
from docgen.word.write.pages import Page

#: The columns: what is still to be signed stands first.
_STATES = ("open", "signed", "by_hand")


def _text(key: str, **params: object) -> str:
    return message(f"desk.signing.{key}", PAGE_LANGUAGE, **params)


def signing_page(packet: Path, today: datetime.date) -> bytes:
    """A Word page: how many papers are signed, then for each signer which are open, signed, signed by hand. Raises
    `InputError` where there is no packet."""
    manifest = load_manifest(packet)
    settle(manifest, save=False)
    about = manifest.content
    page = Page()
    # The manifest knows the body by name only; its kind is not needed to print that.
    page.author = get_text(about, "archival", "organ_name")
    page.paragraph(page.author, "HeaderLeft", bold=True)
    page.paragraph("", "TinyLine")
    page.paragraph(_text("title"), "FormTitle")
    page.paragraph(get_text(about, "archival", "subject"), "FormTitle")
    page.paragraph("", "TinyLine")
    due = [document for document in manifest.documents if document.signers]
    left = [document for document in due if len(set(document.done_roles())) < len(document.signers)]
    by_hand = sum(bool(document.by_hand) for document in due)
    page.paragraph(_text("day", today=short_date(today), due=len(due), left=len(left), by_hand=by_hand))
    page.paragraph(_text("note"), "NoteText")
    rows = [[who, *(cells[state] for state in _STATES)] for who, cells in _by_signer(due).items()]
    page.table([_text(key) for key in ("signer", *_STATES)], rows, [31, 27, 17, 25])
    return page.docx(_text("title"), {"docgen.page": "tinh-trang-ky"})


def _by_signer(documents: Iterable[Document]) -> dict[str, dict[str, str]]:
    """Each signer in each capacity, with the numbers of the papers in each state; the day and the scan of a pen."""
    found: dict[str, dict[str, dict[str, list[int]]]] = {}
    for document in documents:
        for signer in document.signers:
            who = who_signs(Signer(signer.role, signer.caption, signer.seal, signer.name))
            own = found.setdefault(who, {state: {} for state in _STATES})
            pen = next((entry for entry in document.by_hand if entry["role"] == signer.role), None)
            if signer.role in document.signed_roles():
                own["signed"].setdefault("", []).append(document.number)
            elif pen is not None:
                own["by_hand"].setdefault(_pen(pen, signer.name), []).append(document.number)
            else:
                own["open"].setdefault("", []).append(document.number)
    return {
        who: {
            state: "\n".join(f"{ranges(numbers)}{told}" for told, numbers in groups.items())
            for state, groups in states.items()
        }
        for who, states in found.items()
    }


def _pen(entry: Mapping[str, Any], printed: str) -> str:
    """What is recorded of a pen: the day, whether there is a scan, the name where it is not the printed one."""
    day = iso_day(entry.get("day"))
    told = [short_date(day) if day else "–", _text("scan" if entry.get("scan") else "no_scan")]
    if (name := str(entry.get("name") or "")) != printed:
        told.insert(0, name or "–")
    return f" ({', '.join(told)})"
