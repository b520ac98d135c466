"""`docgen serve`: the pages and the HTTP interface, on this machine or the office's network; keys; a copy of it all."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import HELP_LANGUAGE, help_text, language
from docgen.cli.options import folders_option, templates_option
from docgen.errors import EnvironmentFault, UsageError
from docgen.i18n import message

if TYPE_CHECKING:
    from docgen.web.lan import Identity
    from docgen.web.settings import Settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: What the extra `web` brings; named here so that one clear line comes before any of it is imported.
LIBRARIES = ("fastapi", "uvicorn", "sqlalchemy", "alembic", "jsonpatch", "argon2", "python_multipart")


def _help(key: str) -> str:
    return message(f"web.help.{key}", HELP_LANGUAGE)


@click.command(help=help_text("serve"))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True, help=_help("data"))
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help=_help("port"))
@click.option("--database", metavar="URL", default="", help=_help("database"))
@click.option("--open", "open_page", is_flag=True, help=_help("open"))
@click.option("--lan", is_flag=True, help=_help("lan"))
@click.option("--tls-cert", type=_FILE, help=_help("tls_cert"))
@click.option("--tls-key", type=_FILE, help=_help("tls_key"))
@click.option("--backup", type=click.Path(dir_okay=False, path_type=Path), help=_help("backup"))
@click.option("--restore", type=_FILE, help=_help("restore"))
@click.option("--new-key", metavar=message("web.metavar.name", HELP_LANGUAGE), help=_help("new_key"))
@click.option("--role", help=_help("role"))
@click.option("--unit", help=_help("unit"))
@click.option("--revoke-key", metavar="ID", help=_help("revoke_key"))
@click.option("--add-unit", nargs=3, metavar=message("web.metavar.add_unit", HELP_LANGUAGE), help=_help("add_unit"))
@click.option("--watch-in", type=click.Path(file_okay=False, path_type=Path), help=_help("watch_in"))
@click.option("--watch-out", type=click.Path(file_okay=False, path_type=Path), help=_help("watch_out"))
@click.option("--add-webhook", metavar="URL", help=_help("add_webhook"))
@click.option("--events", metavar="A,B", help=_help("events"))
@click.option("--webhook-bearer", metavar="TOKEN", help=_help("webhook_bearer"))
@click.option("--remove-webhook", metavar="ID", help=_help("remove_webhook"))
@click.option("--webhooks", "list_webhooks", is_flag=True, help=_help("webhooks"))
@click.option("--allow-webhook-host", "hosts", multiple=True, metavar="HOST", help=_help("allow_webhook_host"))
@click.option("--log-file", type=click.Path(dir_okay=False, path_type=Path), help=_help("log_file"))
@click.option("--sign-in", type=_FILE, help=_help("sign_in"))
@folders_option
@templates_option
def serve(
    data: Path,
    port: int,
    database: str,
    open_page: bool,
    lan: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    backup: Path | None,
    restore: Path | None,
    new_key: str | None,
    role: str | None,
    unit: str | None,
    revoke_key: str | None,
    add_unit: tuple[str, str, str] | None,
    watch_in: Path | None,
    watch_out: Path | None,
    add_webhook: str | None,
    events: str | None,
    webhook_bearer: str | None,
    remove_webhook: str | None,
    list_webhooks: bool,
    hosts: tuple[str, ...],
    log_file: Path | None,
    sign_in: Path | None,
    folders: tuple[Path, ...],
    templates: tuple[Path, ...],
) -> None:
    """Serve, or do the one thing that an option names and end."""
    _need_libraries()
    if (role and new_key is None) or (unit and new_key is None and add_webhook is None):
        raise UsageError("web.usage.only_with_new_key")
    if (events is not None or webhook_bearer is not None) and add_webhook is None:
        raise UsageError("web.usage.only_with_webhook")
    acts = (new_key, revoke_key, add_unit, backup, restore, add_webhook, remove_webhook, list_webhooks or None)
    if sum(act is not None for act in acts) > 1:
        raise UsageError("web.usage.one_act")
    if (watch_in is None) is not (watch_out is None) or (
        watch_in is not None and watch_out is not None and watch_in.absolute() == watch_out.absolute()
    ):
        raise UsageError("web.usage.watch_both")
    from docgen.web.settings import Settings

    settings = Settings(
        data.absolute(), database, tuple(folder.absolute() for folder in folders),
        tuple(folder.absolute() for folder in templates), webhook_hosts=hosts,
        watch_in=watch_in and watch_in.absolute(), watch_out=watch_out and watch_out.absolute(),
        sign_in=sign_in and sign_in.absolute(),
    )  # fmt: skip
    if (tls_cert is None) is not (tls_key is None) or (tls_cert is not None and not lan):
        raise UsageError("web.usage.tls_both")
    if backup is not None or restore is not None:
        _keep(settings, backup, restore)
        return
    if add_webhook is not None or remove_webhook is not None or list_webhooks:
        chosen = [event.strip() for event in (events or "").split(",") if event.strip()]
        _webhooks(settings, add_webhook, chosen, unit or "", webhook_bearer or "", remove_webhook)
        return
    if new_key is not None or revoke_key is not None or add_unit is not None:
        _manage(settings, new_key, role or "", unit or "", revoke_key, add_unit)
        return
    from docgen.web.server import STARTING, PortTaken, ServedAlready, answers_here

    try:
        _serve(settings, port, open_page, lan, tls_cert, tls_key, log_file and log_file.absolute())
    except (ServedAlready, PortTaken) as fault:
        same = isinstance(fault, ServedAlready) or database
        if same and open_page and not lan and answers_here(port, STARTING):
            _show_running(f"http://127.0.0.1:{port}")
            return
        if isinstance(fault, PortTaken) and answers_here(port):
            raise EnvironmentFault("web.error.port_docgen", port=port) from None
        raise


def _serve(
    settings: Settings, port: int, open_page: bool, lan: bool, certificate: Path | None, key: Path | None,
    log_file: Path | None,
) -> None:  # fmt: skip
    """Serve until the end. Raises `ServedAlready`, `PortTaken` before anything is begun."""
    from docgen.web.log_lines import log_to_file, log_to_stderr
    from docgen.web.server import listening, only_server
    from docgen.web.server import serve as run

    # First of all: a second start must not end the link that the first one showed.
    with only_server(settings), listening("0.0.0.0" if lan else "127.0.0.1", port) as door:
        jobs_log = None
        if log_file is not None:
            jobs_log = log_to_file(logging.INFO, log_file)
        else:
            log_to_stderr(logging.INFO)
        link = _first_link(settings)
        if lan and link:
            raise UsageError("web.usage.lan_first")
        identity = _identity(settings, certificate, key, port) if lan else None
        address = f"{'https' if identity else 'http'}://127.0.0.1:{port}"
        click.echo(message("web.say.serving", language(), address=address, folder=str(settings.data)), err=True)
        if link:
            address = f"{address}/lan-dau/{link}"
            click.echo(message("web.say.first_link", language(), address=address), err=True)
        for told in (signal.SIGINT, signal.SIGTERM):  # the server raises them again when it has ended as they asked
            signal.signal(told, lambda *_: None)
        run(settings, door, open_at=address if open_page else "", tls=identity, log=jobs_log)


def _show_running(address: str) -> None:
    """Somebody opened docgen again while it runs: the page is shown, nothing else is begun."""
    import webbrowser

    click.echo(message("web.say.running", language(), address=address), err=True)
    webbrowser.open(address)


def _identity(settings: Settings, certificate: Path | None, key: Path | None, port: int) -> Identity:
    """With which certificate the network is spoken to; the addresses there are printed."""
    from docgen.web.lan import given_identity, own_addresses, own_identity

    addresses = own_addresses()
    if certificate is not None and key is not None:
        found = given_identity(certificate, key)
    else:
        found = own_identity(settings.data, addresses)
    for address in addresses:
        click.echo(message("web.say.lan", language(), address=f"https://{address}:{port}"), err=True)
    if found.made_here:
        click.echo(message("web.say.tls_made", language(), fingerprint=found.fingerprint), err=True)
    return found


def _keep(settings: Settings, backup: Path | None, restore: Path | None) -> None:
    """Take all that the server keeps into one file, or put it back."""
    from docgen.web.backup import back_up
    from docgen.web.backup import restore as put_back
    from docgen.web.database import Database

    if backup is not None and not settings.database and not settings.sqlite.exists():
        raise UsageError("web.usage.nothing_kept", folder=str(settings.data), file=settings.sqlite.name)
    settings.prepare()
    database = Database(settings.url)
    try:
        if backup is not None:
            database.upgrade()
            count = back_up(settings, database, backup)
            click.echo(message("web.say.backed_up", language(), file=str(backup), count=count), err=True)
        elif restore is not None:
            count = put_back(settings, database, restore)
            click.echo(message("web.say.restored", language(), file=str(restore), count=count), err=True)
    finally:
        database.close()


def _first_link(settings: Settings) -> str:
    """The secret of a link that makes the first account; empty where somebody can sign in already.

    What the file of `--sign-in` says is looked at here, before anything is promised.
    """
    from docgen.web import people
    from docgen.web.database import Database
    from docgen.web.outside_ways import open_outside

    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    try:
        open_outside(settings, database)
        with database.write() as db:
            return "" if people.any_account(db) else people.new_link(db, seconds=people.FIRST_LINK)
    finally:
        database.close()


def _manage(
    settings: Settings, name: str | None, role: str, unit: str, number: str | None, entered: tuple[str, str, str] | None
) -> None:
    from docgen.web import access
    from docgen.web.database import Database

    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    try:
        if name is not None:
            click.echo(access.new_key(database, name, role, unit))
        elif number is not None:
            if not access.revoke(database, number):
                raise UsageError("web.usage.unknown_key", key=number[:40])
            click.echo(message("web.say.revoked", language(), key=number), err=True)
        elif entered is not None:
            access.add_unit(database, entered[0], entered[1], "" if entered[2] == "-" else entered[2])
            click.echo(message("web.say.unit", language(), unit=entered[0]), err=True)
    finally:
        database.close()


def _webhooks(
    settings: Settings, url: str | None, events: list[str], unit: str, bearer: str, removed: str | None
) -> None:
    """Add a receiver of events, remove one, or list them."""
    from docgen.web import webhooks
    from docgen.web.access import unit_exists
    from docgen.web.database import Database

    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    try:
        with database.write() as db:
            if url is not None:
                if not unit_exists(db, unit):
                    raise UsageError("web.usage.unknown_unit", unit=unit[:60])
                made = webhooks.add(db, url, events, unit, bearer, settings.webhook_hosts)
            elif removed is not None:
                if not webhooks.remove(db, removed):
                    raise UsageError("web.usage.unknown_webhook", webhook=removed[:40])
            else:
                for one in webhooks.listed(db):
                    waiting = sum(entry["state"] == webhooks.WAITING for entry in webhooks.log(db, one.id))
                    click.echo("\t".join((one.id, one.unit or "-", one.url, ",".join(one.events), str(waiting))))
    finally:
        database.close()
    if url is not None:
        click.echo(message("web.say.webhook", language(), webhook=made.id), err=True)
        click.echo(made.secret)
    elif removed is not None:
        click.echo(message("web.say.webhook_removed", language(), webhook=removed), err=True)


def _need_libraries() -> None:
    from importlib.util import find_spec

    for library in LIBRARIES:
        if find_spec(library) is None:
            raise EnvironmentFault("errors.environment.extra_missing", library=library, extra="web")
