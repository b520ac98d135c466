"""`docgen sign`: one role's signature on all its documents."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import language
from docgen.cli.options import Day, Given, echo_json, json_option, overwrite_option, today
from docgen.cli.progress import counter
from docgen.cli.sign_csc import refuse_mixed, sign_by_service
from docgen.cli.sign_remote import sign_from_afar
from docgen.cli.signatures import FILE, signing_help, signing_note, signing_text, who_is_missing
from docgen.errors import EXIT_FINDINGS, EXIT_PARTIAL, UsageError
from docgen.i18n import short_date, shown
from docgen.paths import iso_day
from docgen.signing.role_words import role_words, roles_in_words

if TYPE_CHECKING:
    from docgen.signing.config import Setup
    from docgen.signing.keys import Key
    from docgen.signing.packet import Signed
    from docgen.signing.pades import Signing


def _ask(key: str) -> Callable[[], str] | None:
    """Asking for a secret, where there is somebody to ask."""
    if not sys.stdin.isatty():
        return None
    return lambda: str(click.prompt(signing_text(key), hide_input=True, err=True))


@click.command(help=signing_help("sign"))
@click.argument("packet", type=Given(exists=True, path_type=Path), required=False)
@click.option("--list", "listing", is_flag=True, help=signing_help("list"))
@click.option("--documents", is_flag=True, help=signing_help("documents"))
@click.option("--docx", type=click.Path(dir_okay=False, path_type=Path), help=signing_help("docx"))
@overwrite_option
@click.option("--role", help=signing_help("role"))
@click.option("--setup", help=signing_help("setup"))
@click.option("--pkcs12", type=FILE, help=signing_help("pkcs12"))
@click.option("--passfile", type=FILE, help=signing_help("passfile"))
@click.option("--pkcs11-module", "module", type=FILE, help=signing_help("module"))
@click.option("--slot", type=int, help=signing_help("slot"))
@click.option("--token-label", help=signing_help("token_label"))
@click.option("--key-label", help=signing_help("key_label"))
@click.option("--cert-label", help=signing_help("cert_label"))
@click.option("--pinfile", type=FILE, help=signing_help("pinfile"))
@click.option("--chain", "chain", multiple=True, type=FILE, help=signing_help("chain"))
@click.option("--only", multiple=True, type=int, metavar="STT", help=signing_help("only"))
@click.option("--out-of-order", is_flag=True, help=signing_help("out_of_order"))
@click.option("--name", help=signing_help("name"))
@click.option("--post", help=signing_help("post"))
@click.option("--agency", help=signing_help("agency"))
@click.option("--location", help=signing_help("location"))
@click.option("--image", type=FILE, help=signing_help("image"))
@click.option("--seal", type=FILE, help=signing_help("seal"))
@click.option("--invisible", is_flag=True, help=signing_help("invisible"))
@click.option("--level", type=click.Choice(["B-B", "B-T", "B-LT", "B-LTA"]), help=signing_help("level"))
@click.option("--tsa", metavar="URL", help=signing_help("tsa"))
@click.option("--trust", multiple=True, type=FILE, help=signing_help("trust"))
@click.option("--crl", multiple=True, type=FILE, help=signing_help("crl"))
@click.option("--certificate", type=FILE, help=signing_help("certificate"))
@click.option("--by-hand", is_flag=True, help=signing_help("by_hand"))
@click.option("--signer", help=signing_help("signer"))
@click.option("--date", "day", type=Day(), help=signing_help("date"))
@click.option("--scan", type=FILE, help=signing_help("scan"))
@click.option("--undo", is_flag=True, help=signing_help("undo"))
@click.option("--export", "export_to", type=click.Path(path_type=Path), help=signing_help("export"))
@click.option("--import", "import_from", type=FILE, help=signing_help("import"))
@click.option("--server", metavar="URL", help=signing_help("server"))
@click.option("--packet", "packet_id", metavar="ID", help=signing_help("packet_id"))
@click.option("--key-file", type=FILE, help=signing_help("key_file"))
@click.option("--ticket", type=FILE, help=signing_help("ticket"))
@click.option("--csc", metavar="URL", help=signing_help("csc"))
@click.option("--credential", metavar="ID", help=signing_help("credential"))
@click.option("--csc-token-file", type=FILE, help=signing_help("csc_token_file"))
@json_option
def sign(packet: Path | None, listing: bool, documents: bool, role: str | None, as_json: bool, **options: Any) -> None:
    """Sign, or say who is still to sign."""
    from docgen.signing.signed_manifest import find_packet

    refuse_mixed(packet, listing or documents, options)
    if options["server"] is not None or options["ticket"] is not None:
        options["role"] = role
        if packet is not None or listing or documents:
            raise UsageError("signing.error.server_needs")
        setup = _setup(options)
        how = _how(options, setup)
        _report(sign_from_afar(role or setup.role, options, setup, how, _key(options, setup)), as_json)
        return
    if packet is None or options["packet_id"] or options["key_file"]:
        raise UsageError("signing.error.packet_needed")
    folder = find_packet(packet)
    if options["docx"] is not None:
        if not listing:
            raise UsageError("signing.error.page_needs_list")
        _page(folder, options["docx"], overwrite=options["overwrite"])
    if listing or documents:
        _list_documents(folder) if as_json and documents else _list(folder, as_json)
        return
    if options["by_hand"]:
        _by_hand(folder, role, options, as_json)
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
        signing_note("done.exported", count=len(done.signed), file=str(options["export_to"]))
        if as_json:
            echo_json(done.as_json())
        return
    _ready(folder)
    if options["csc"] is not None:
        _report(sign_by_service(folder, role, options, how, _ask), as_json)
        return
    from docgen.signing.packet import sign_packet

    with _key(options, setup) as key:
        done = sign_packet(
            folder, role, key, how, only=options["only"], out_of_order=options["out_of_order"],
            progress=counter("signing.progress.sign"),
        )  # fmt: skip
    _report(done, as_json)


def _by_hand(folder: Path, role: str | None, options: dict[str, Any], as_json: bool) -> None:
    """Record that somebody signed with a pen, or take such a record back."""
    from docgen.signing.by_hand import record_by_hand, take_back

    if not role:
        raise UsageError("signing.error.role_needed")
    if options["undo"]:
        done = take_back(folder, role, only=options["only"])
    else:
        day = options["day"]
        if not options["signer"] or day is None:
            raise UsageError("signing.error.by_hand_needs")
        if day > today():
            raise UsageError("signing.error.by_hand_future", day=short_date(day))
        done = record_by_hand(folder, role, options["signer"], day, options["scan"], only=options["only"])
    if as_json:
        echo_json(done.as_json())
    key = "undone" if options["undo"] else "recorded"
    signing_note(f"by_hand.{key}", count=len(done.recorded), numbers=_numbers(done.recorded) or "–",
                 role=role_words(role, language()), name=shown(done.signer))  # fmt: skip
    if done.already:
        signing_note("done.already", count=len(done.already))
    for number, name in done.others.items():
        signing_note("done.other", number=number, name=name)
    if not done.recorded:
        raise click.exceptions.Exit(EXIT_FINDINGS)


def _ready(folder: Path) -> None:
    """Draw the PDF files of a packet that has none yet: what is signed is PDF. A draft is refused."""
    from docgen.packet.pdf import add_pdf
    from docgen.validation.report import render_text

    found = add_pdf(folder, progress=counter("signing.progress.draw"))
    if found is not None:
        if found:
            click.echo(render_text(found, language()), err=True)
        signing_note("done.drawn")


def _list(folder: Path, as_json: bool) -> None:
    from docgen.signing.packet import due

    found = due(folder)
    if as_json:
        echo_json([entry.as_json() for entry in found])
        return
    if not found:
        click.echo(signing_text("list.none"))
    for entry in found:
        click.echo(
            signing_text(
                "list.role",
                who=_first_capital(role_words(entry.role, language())),
                role=entry.role,
                caption=", ".join(entry.captions),
                names=", ".join(entry.names) or "–",
            )
        )
        if entry.ready:
            click.echo(signing_text("list.ready", numbers=_numbers(entry.ready)))
        for roles, numbers in _together(entry.blocked):
            click.echo(signing_text("list.blocked", numbers=_numbers(numbers), roles=roles))
        if entry.paper:
            click.echo(signing_text("list.paper", numbers=_numbers(entry.paper)))
        if entry.seal or entry.body:
            click.echo(signing_text("list.body" if entry.body else "list.seal"))
    _states(folder)


def _page(folder: Path, file: Path, *, overwrite: bool) -> None:
    """Write the state of signatures as a page; never into the packet, where nothing is added to what is sealed."""
    from docgen.desk.signing_page import signing_page
    from docgen.storage import write_whole

    if folder.resolve() in file.resolve().parents:
        raise UsageError("signing.error.page_inside", folder=str(folder))
    write_whole(file, signing_page(folder, today()), overwrite=overwrite)


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
                click.echo(signing_text(key, count=len(numbers), numbers=_numbers(numbers)))
        for one in found:
            if state == "signed" and one["state"] == state and one["missing"]:
                click.echo(signing_text("state.lacks", number=one["number"], who=who_is_missing(one["missing"])))
    pens: dict[str, list[int]] = {}
    for one in found:
        for pen in one["by_hand"]:
            day = iso_day(pen.get("day"))
            scan = signing_text("by_hand.scan", file=shown(pen["scan"]["file"])) if pen.get("scan") else ""
            said = signing_text("by_hand.line", role=role_words(str(pen["role"]), language()),
                                name=shown(str(pen.get("name") or "–")), day=short_date(day) if day else "–",
                                scan=scan)  # fmt: skip
            pens.setdefault(said, []).append(one["number"])
    for said, numbers in pens.items():
        click.echo(f"{said}: {_numbers(numbers)}")


def _together(blocked: dict[int, list[str]]) -> list[tuple[str, list[int]]]:
    """The documents that wait for the same roles, together."""
    out: dict[str, list[int]] = {}
    for number, roles in blocked.items():
        out.setdefault(roles_in_words(roles, language()), []).append(number)
    return list(out.items())


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _numbers(numbers: list[int]) -> str:
    from docgen.packet.page_words import ranges

    return ranges(numbers)


def _report(done: Signed, as_json: bool) -> None:
    """Say what was signed and what was not; the exit code tells whether all, some or none."""
    if as_json:
        echo_json(done.as_json())
    signing_note(
        "done.signed",
        count=len(done.signed),
        role=_first_capital(role_words(done.role, language())),
        signer=done.signer,
        level=done.level,
    )
    if done.already:
        signing_note("done.already", count=len(done.already))
    for roles, numbers in _together(done.blocked):
        signing_note("list.blocked", numbers=_numbers(numbers), roles=roles)
    for number, name in done.others.items():
        signing_note("done.other", number=number, name=name)
    if done.paper:
        signing_note("list.paper", numbers=_numbers(done.paper))
    if done.unnamed:
        signing_note("done.unnamed", signer=done.signer, numbers=_numbers(done.unnamed))
    if done.blocked or done.paper:
        raise click.exceptions.Exit(EXIT_PARTIAL if done.signed or done.already else EXIT_FINDINGS)


def _setup(options: dict[str, Any]) -> Setup:
    from docgen.signing.config import Setup, named_setup

    return named_setup(options["setup"]) if options["setup"] else Setup()


def _how(options: dict[str, Any], setup: Setup) -> Signing:
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
def _key(options: dict[str, Any], setup: Setup) -> Iterator[Key]:
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
        yield open_pkcs12(store, phrase, list(options["chain"] or setup.chain))
        return
    assert token is not None
    pin = secret(PIN_VARIABLE, options["pinfile"], _ask("ask.pin"))
    with open_token(token, pin) as key:
        yield key
