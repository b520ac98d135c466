"""`docgen sign`: one role's signature on all its documents; `docgen verify`: is a packet what it says it is."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from docgen.cli import HELP_LANGUAGE, language, quiet
from docgen.cli.options import Given, echo_json, folders_option, json_option
from docgen.cli.progress import counter
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import message, shown

FILE = Given(exists=True, dir_okay=False, path_type=Path)


def _help(key: str) -> str:
    return message(f"signing.help.{key}", HELP_LANGUAGE)


def _text(key: str, **params: object) -> str:
    return message(f"signing.{key}", language(), **params)


def _note(key: str, **params: object) -> None:
    if not quiet():
        click.echo(_text(key, **params), err=True)


def _ask(key: str) -> Callable[[], str] | None:
    """Asking for a secret, where there is somebody to ask."""
    if not sys.stdin.isatty():
        return None
    return lambda: str(click.prompt(_text(key), hide_input=True, err=True))


@click.command(help=_help("sign"))
@click.argument("packet", type=Given(exists=True, path_type=Path))
@click.option("--list", "listing", is_flag=True, help=_help("list"))
@click.option("--documents", is_flag=True, help=_help("documents"))
@click.option("--role", help=_help("role"))
@click.option("--setup", help=_help("setup"))
@click.option("--pkcs12", type=FILE, help=_help("pkcs12"))
@click.option("--passfile", type=FILE, help=_help("passfile"))
@click.option("--pkcs11-module", "module", type=FILE, help=_help("module"))
@click.option("--slot", type=int, help=_help("slot"))
@click.option("--token-label", help=_help("token_label"))
@click.option("--key-label", help=_help("key_label"))
@click.option("--cert-label", help=_help("cert_label"))
@click.option("--pinfile", type=FILE, help=_help("pinfile"))
@click.option("--chain", "chain", multiple=True, type=FILE, help=_help("chain"))
@click.option("--only", multiple=True, type=int, metavar="STT", help=_help("only"))
@click.option("--out-of-order", is_flag=True, help=_help("out_of_order"))
@click.option("--name", help=_help("name"))
@click.option("--post", help=_help("post"))
@click.option("--agency", help=_help("agency"))
@click.option("--location", help=_help("location"))
@click.option("--image", type=FILE, help=_help("image"))
@click.option("--seal", type=FILE, help=_help("seal"))
@click.option("--invisible", is_flag=True, help=_help("invisible"))
@click.option("--level", type=click.Choice(["B-B", "B-T", "B-LT", "B-LTA"]), help=_help("level"))
@click.option("--tsa", metavar="URL", help=_help("tsa"))
@click.option("--trust", multiple=True, type=FILE, help=_help("trust"))
@click.option("--crl", multiple=True, type=FILE, help=_help("crl"))
@click.option("--certificate", type=FILE, help=_help("certificate"))
@click.option("--export", "export_to", type=click.Path(path_type=Path), help=_help("export"))
@click.option("--import", "import_from", type=FILE, help=_help("import"))
@json_option
def sign(packet: Path, listing: bool, documents: bool, role: str | None, as_json: bool, **options: Any) -> None:
    """Sign, or say who is still to sign."""
    from docgen.signing.manifest import find_packet

    folder = find_packet(packet)
    if listing or documents:
        _list_documents(folder) if as_json and documents else _list(folder, as_json)
        return
    setup = _setup(options)
    role = role or setup.role
    if options["import_from"] is not None:
        from docgen.signing.remote import import_signatures

        _report(import_signatures(folder, options["import_from"]), as_json)
        return
    if not role:
        raise UsageError("signing.error.role_needed")
    how = _how(options, setup)
    if options["export_to"] is not None:
        from docgen.signing.remote import export_digests

        if options["certificate"] is None:
            raise UsageError("signing.error.certificate_needed")
        _ready(folder)
        done = export_digests(
            folder, role, options["certificate"], options["export_to"], how, chain=options["chain"],
            only=options["only"], out_of_order=options["out_of_order"],
        )  # fmt: skip
        _note("done.exported", count=len(done.signed), file=str(options["export_to"]))
        if as_json:
            echo_json(done.as_json())
        return
    _ready(folder)
    from docgen.signing.packet import sign_packet

    with _key(options, setup) as key:
        done = sign_packet(
            folder, role, key, how, only=options["only"], out_of_order=options["out_of_order"],
            progress=counter("signing.progress.sign"),
        )  # fmt: skip
    _report(done, as_json)


def _ready(folder: Path) -> None:
    """Draw the PDF files of a packet that has none yet: what is signed is PDF. A draft is refused."""
    from docgen.packet.pdf import add_pdf
    from docgen.validation.report import render_text

    found = add_pdf(folder, progress=counter("signing.progress.draw"))
    if found is not None:
        if found:
            click.echo(render_text(found, language()), err=True)
        _note("done.drawn")


def _list(folder: Path, as_json: bool) -> None:
    from docgen.signing.packet import due

    found = due(folder)
    if as_json:
        echo_json([entry.as_json() for entry in found])
        return
    if not found:
        click.echo(_text("list.none"))
    for entry in found:
        click.echo(_text("list.role", role=entry.role, caption=entry.caption, names=", ".join(entry.names) or "–"))
        if entry.ready:
            click.echo(_text("list.ready", numbers=_numbers(entry.ready)))
        for roles, numbers in _together(entry.blocked):
            click.echo(_text("list.blocked", numbers=_numbers(numbers), roles=roles))
        if entry.paper:
            click.echo(_text("list.paper", numbers=_numbers(entry.paper)))
        if entry.seal or entry.body:
            click.echo(_text("list.body" if entry.body else "list.seal"))
    _states(folder)


def _list_documents(folder: Path) -> None:
    from docgen.signing.packet import standing

    echo_json(standing(folder))


def _states(folder: Path) -> None:
    """What each document is now: together where nothing is to be said of one alone."""
    from docgen.signing.packet import standing

    found = standing(folder)
    for state in ("draft", "signed", "original"):
        for digitised, key in ((False, f"state.{state}.many"), (True, f"state.digitised.{state}.many")):
            numbers = [one["number"] for one in found if one["state"] == state and one["digitised"] == digitised]
            if numbers:
                click.echo(_text(key, count=len(numbers), numbers=_numbers(numbers)))
        for one in found:
            if state == "signed" and one["state"] == state and one["missing"]:
                click.echo(_text("state.lacks", number=one["number"], who=_who(one["missing"])))


def _who(missing: list[dict[str, Any]]) -> str:
    """Whose signatures are missing: role, and the name where it is known."""
    named = (f"{shown(m['role'])} ({shown(m['name'] or m['caption'])})" for m in missing)
    return ", ".join(named)


def _together(blocked: dict[int, list[str]]) -> list[tuple[str, list[int]]]:
    """The documents that wait for the same roles, together."""
    out: dict[str, list[int]] = {}
    for number, roles in blocked.items():
        out.setdefault(", ".join(roles), []).append(number)
    return list(out.items())


def _numbers(numbers: list[int]) -> str:
    return ", ".join(f"{number:03d}" for number in numbers)


def _report(done: Any, as_json: bool) -> None:
    """Say what was signed and what was not; the exit code tells whether all, some or none."""
    if as_json:
        echo_json(done.as_json())
    _note("done.signed", count=len(done.signed), role=done.role, signer=done.signer, level=done.level)
    if done.already:
        _note("done.already", count=len(done.already))
    for roles, numbers in _together(done.blocked):
        _note("list.blocked", numbers=_numbers(numbers), roles=roles)
    for number, name in done.others.items():
        _note("done.other", number=number, name=name)
    if done.paper:
        _note("list.paper", numbers=_numbers(done.paper))
    if done.unnamed:
        _note("done.unnamed", signer=done.signer, numbers=_numbers(done.unnamed))
    if done.blocked or done.paper:
        raise click.exceptions.Exit(EXIT_PARTIAL if done.signed or done.already else EXIT_FINDINGS)


def _setup(options: dict[str, Any]) -> Any:
    from docgen.signing.config import Setup, named_setup

    return named_setup(options["setup"]) if options["setup"] else Setup()


def _how(options: dict[str, Any], setup: Any) -> Any:
    """How to sign, from the command line before the set-up."""
    from docgen.signing.appearance import Appearance, read_picture
    from docgen.signing.check import load_trust
    from docgen.signing.pades import LongTerm, Signing, web_timestamper

    image, seal = options["image"] or setup.image, options["seal"] or setup.seal
    tsa = options["tsa"] or setup.tsa
    level = options["level"] or setup.level or ("B-T" if tsa else "B-B")
    means = LongTerm(timestamper=web_timestamper(tsa) if tsa and level != "B-B" else None)
    if level in ("B-LT", "B-LTA"):
        trust = load_trust(
            options["trust"] or setup.trust, options["chain"] or setup.chain, options["crl"] or setup.crl
        )
        means.roots, means.others, means.crls = trust.roots, trust.others, trust.crls
        means.fetch = not means.crls
    appearance = Appearance(
        name=options["name"] or setup.name, post=options["post"] or setup.post,
        agency=options["agency"] or setup.agency, visible=not options["invisible"],
        image=read_picture(image) if image else b"", seal=read_picture(seal) if seal else b"",
    )  # fmt: skip
    return Signing(level, appearance, options["location"] or setup.location, means)


@contextmanager
def _key(options: dict[str, Any], setup: Any) -> Iterator[Any]:
    """The key that was named, opened for as long as the block runs."""
    from docgen.signing.keys import PASSPHRASE_VARIABLE, PIN_VARIABLE, Token, open_pkcs12, open_token, secret

    token = setup.token
    if options["module"] is not None:
        token = Token(
            str(options["module"]), options["slot"], options["token_label"], options["key_label"],
            options["cert_label"], others=tuple(str(path) for path in options["chain"]),
        )  # fmt: skip
    store = options["pkcs12"] or (setup.pkcs12 if options["module"] is None else None)
    if (store is None) == (token is None):
        raise UsageError("signing.error.key_needed")
    if store is not None:
        phrase = secret(PASSPHRASE_VARIABLE, options["passfile"] or setup.passfile, _ask("ask.passphrase"))
        yield open_pkcs12(store, phrase, options["chain"] or setup.chain)
        return
    pin = secret(PIN_VARIABLE, options["pinfile"], _ask("ask.pin"))
    with open_token(token, pin) as key:
        yield key


@click.command(help=_help("verify"))
@click.argument("path", type=Given(exists=True, path_type=Path))
@click.option("--trust", multiple=True, type=FILE, help=_help("verify_trust"))
@click.option("--other", "others", multiple=True, type=FILE, help=_help("other"))
@click.option("--crl", multiple=True, type=FILE, help=_help("crl"))
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]), help=_help("at"))
@click.option("--strict-names", is_flag=True, help=_help("strict_names"))
@click.option("--dossier", type=FILE, help=_help("dossier"))
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


def verdict_text(verdict: Any, lang: str) -> str:
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
            place = words("document_stamp") if signature.stamp else shown(signature.role or signature.field)
            out.append(
                f"    {words('status.' + signature.status)}  {place}: {shown(signature.signer)}, "
                f"{signature.time} ({source})" + ("" if signature.stamp else f", PAdES {signature.level}")
            )
            out += [f"        {reason.words(lang)}" for reason in signature.reasons]
        out += [f"    {reason.words(lang)}" for reason in document.reasons]
        if document.missing and document.state == "signed":
            out.append(f"    {words('state.missing', who=_who(document.missing))}")
    out += [reason.words(lang) for reason in verdict.reasons]
    out.append(words("verdict", status=words("status." + verdict.status), packet=verdict.packet or "–"))
    return "\n".join(out)
