"""`docgen verify`: is a packet what it says it is."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import language
from docgen.cli.options import Given, echo_json, folders_option, json_option
from docgen.cli.progress import counter
from docgen.cli.signatures import FILE, signing_help, who_is_missing
from docgen.errors import EXIT_FINDINGS
from docgen.i18n import message, shown
from docgen.signing.role_words import role_words

if TYPE_CHECKING:
    from docgen.signing.verdict import SignatureVerdict, Verdict


@click.command(help=signing_help("verify"))
@click.argument("path", type=Given(exists=True, path_type=Path))
@click.option("--trust", multiple=True, type=FILE, help=signing_help("verify_trust"))
@click.option("--other", "others", multiple=True, type=FILE, help=signing_help("other"))
@click.option("--crl", multiple=True, type=FILE, help=signing_help("crl"))
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]), help=signing_help("at"))
@click.option("--strict-names", is_flag=True, help=signing_help("strict_names"))
@click.option("--dossier", type=FILE, help=signing_help("dossier"))
@folders_option
@json_option
def verify(
    path: Path, trust: tuple[Path, ...], others: tuple[Path, ...], crl: tuple[Path, ...],
    at: datetime.datetime | None, strict_names: bool, dossier: Path | None, folders: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    """Say passed, failed or cannot tell; exit 0 only for passed."""
    from docgen.packet.received import verify_received
    from docgen.signing.check import load_trust
    from docgen.signing.verify import Asked

    moment = at.replace(tzinfo=datetime.UTC) if at is not None and at.tzinfo is None else at
    asked = Asked(load_trust(trust, others, crl, moment), strict_names, dossier, folders)
    verdict = verify_received(path, asked, progress=counter("signing.progress.verify"))
    if as_json:
        echo_json(verdict.as_json(language()))
    else:
        click.echo(verdict_text(verdict, language()))
    if not verdict.passed:
        raise click.exceptions.Exit(EXIT_FINDINGS)


def verdict_text(verdict: Verdict, lang: str) -> str:
    """A verdict for people: what is wrong first, then the verdict itself."""

    def words(key: str, **params: object) -> str:
        return message(f"signing.{key}", lang, **params)

    out = []
    for document in verdict.documents:
        number = f"{document.number:03d} " if document.number is not None else ""
        state = f" – {words('state.' + document.state)}" if document.state else ""
        if document.digitised:
            state = f" – {words('state.digitised.' + document.state)}"
        out.append(f"{words('status.' + document.status)}  {number}{shown(document.file)}{state}")
        for signature in document.signatures:
            source = words("time." + signature.time_source)
            place = words("document_stamp") if signature.stamp else _place(signature, lang)
            out.append(
                f"    {words('status.' + signature.status)}  {place}: {shown(signature.signer)}, "
                f"{signature.time} ({source})" + ("" if signature.stamp else f", PAdES {signature.level}")
            )
            out += [f"        {reason.words(lang)}" for reason in signature.reasons]
        out += [f"    {reason.words(lang)}" for reason in document.reasons]
        if document.missing and document.state == "signed":
            out.append(f"    {words('state.missing', who=who_is_missing(document.missing))}")
    out += [reason.words(lang) for reason in verdict.reasons]
    out.append(words("verdict", status=words("status." + verdict.status), packet=verdict.packet or "–"))
    return "\n".join(out)


def _place(signature: SignatureVerdict, lang: str) -> str:
    """Whose place it is that a signature fills."""
    return role_words(signature.role, lang) if signature.role else shown(signature.field)
