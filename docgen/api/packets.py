"""The packet of a dossier, its PDF files, signatures and verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docgen.api.dossiers import Source, check, load_dossier
from docgen.api.regulations import Regulations
from docgen.errors import UsageError
from docgen.model import Finding

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.packet.make import Packet
    from docgen.pdf.conversion import ConversionResult
    from docgen.pipeline import Checked, PacketProgress
    from docgen.signing.keys import Key
    from docgen.signing.packet import Signed
    from docgen.signing.pades import Signing
    from docgen.signing.verdict import Verdict
    from docgen.signing.verify import Asked


def build_packet(
    dossier: Source | Dossier,
    to: Path | str | IO[bytes],
    *,
    draft: bool = False,
    overwrite: bool = False,
    pdf_engine: str = "",
    jobs: int = 1,
    templates: Sequence[Path | str] = (),
    regulations: Regulations | None = None,
    progress: PacketProgress | None = None,
) -> tuple[Packet | None, Checked]:
    """The packet of `dossier`, and what was found on the way.

    `dossier` is one that was loaded, or whatever `load_dossier` takes. `to` is a folder, a file whose name ends in
    `.zip`, or an open binary file that the zip is written to; the same packet gives the same bytes. A folder or file
    appears whole or not at all. The packet is None, and nothing is written, where the dossier has errors and `draft`
    is not set, which marks every page DỰ THẢO.

    `jobs` is the number of processes that fill Word files, 0 for as many as are worth it; with 1 they are filled by
    this one. `pdf_engine` (`auto`, `rdocx`, `libreoffice`) adds PDF files, drawn in watched processes of their own, so
    that a converter that hangs or ends costs a file and not the program. `progress` is told how far it is.

    Raises `UsageError` where `to` exists and `overwrite` is not set, `EnvironmentFault` where the disk refuses or an
    engine is missing, `InternalError` where a text or a value was lost.
    """
    from docgen.dossier import Dossier as Loaded
    from docgen.pipeline import Checked, PacketOptions, packet_of
    from docgen.signing.bundle import zip_packet
    from docgen.storage import open_whole

    if isinstance(dossier, Loaded):
        loaded: Dossier | None = dossier
        findings = list(dossier.findings)
    else:
        loaded, findings = load_dossier(dossier, regulations=regulations)
    if loaded is None:
        return None, Checked(None, None, findings)
    checked = check(loaded, regulations=regulations)
    name = Path(loaded.file).name
    further = (*map(Path, templates), *(regulations.templates if regulations is not None else ()))
    options = PacketOptions(further, draft, overwrite, pdf_engine or None, jobs)
    if isinstance(to, (str, Path)) and Path(to).suffix.lower() != ".zip":
        return packet_of(checked, name, Path(to), options, progress=progress), checked
    if isinstance(to, (str, Path)) and Path(to).exists() and not overwrite:
        raise UsageError("errors.usage.exists", file=str(to))
    with tempfile.TemporaryDirectory(prefix="docgen-") as work:
        packet = packet_of(checked, name, Path(work) / "packet", options, progress=progress)
        if packet is not None and isinstance(to, (str, Path)):
            with open_whole(Path(to), overwrite=overwrite) as out:
                zip_packet(packet.folder, out)
            packet.folder = Path(to)
        elif packet is not None and not isinstance(to, (str, Path)):
            zip_packet(packet.folder, to)
            packet.folder = Path()
    return packet, checked


def convert(docx: Mapping[str, bytes], engine: str = "auto", *, jobs: int = 1) -> ConversionResult:
    """Word files (by name) as PDF/A-2b: `pdfs` by the same names, `zones` to sign in, `findings`.

    `jobs` is the number of processes that draw, 0 for one a processor. A single file is drawn by this process.
    Raises `InputError` for what is no Word file, `EnvironmentFault` where the engine is not installed.
    """
    from docgen.pdf.conversion import convert as drawn

    return drawn(docx, engine, workers=jobs or None)


def check_template(
    template: Path | str | bytes, regulation: str, form: str, *, regulations: Regulations | None = None
) -> list[Finding]:
    """Everything wrong or doubtful in an office's own Word template (a file or its bytes), each with its place.

    One without errors is filled with sample data and read back. Raises `InputError` for what is no Word file at all.
    """
    from docgen.validation.template_file import check_form_template

    chosen = (regulations or Regulations())[regulation]
    definition = chosen.form(form).definition
    if isinstance(template, (str, Path)):
        return check_form_template(Path(template), definition)
    with tempfile.TemporaryDirectory(prefix="docgen-") as folder:
        file = Path(folder) / f"{definition.form}.docx"
        file.write_bytes(template)
        found = check_form_template(file, definition)
    return [replace(finding, place=replace(finding.place, file="")) for finding in found]


def sign(
    packet: Path | str,
    role: str,
    key: Key,
    how: Signing | None = None,
    *,
    only: Sequence[int] = (),
    out_of_order: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Signed:
    """Sign every document of the packet (its folder) where `role` is due and ready.

    `key` comes from `docgen.signing.keys` (`open_pkcs12`, `open_token`). Raises `UsageError` for a role the packet does
    not know, `InputError` for a PDF that is not as recorded.
    """
    from docgen.signing.packet import sign_packet

    return sign_packet(Path(packet), role, key, how, only=only, out_of_order=out_of_order, progress=progress)


def verify(packet: Path | str, asked: Asked | None = None) -> Verdict:
    """The verdict on a packet: a folder, a zip or a cover PDF; or on one PDF by itself.

    `asked` (`docgen.signing.verify.Asked`) says whom to trust and how strictly to look. `state` is `passed` only where
    everything was proved, `cannot_tell` where something could not be, `failed` where something is wrong. Raises
    `InputError` where there is neither packet nor PDF.
    """
    from docgen.packet.received import verify_received
    from docgen.signing.verify import Asked as Questions

    return verify_received(Path(packet), asked or Questions())
