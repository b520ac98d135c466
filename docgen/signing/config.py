"""Named set-ups: who signs, with which key, showing what. In a file, so that a clerk types one word.

`docgen.toml` beside the work, else in the user's own configuration folder:

    [sign.bi-thu]
    pkcs11 = {module = "/usr/lib/vendor/pkcs11.so", token_label = "BI THU", cert_label = "chu-ky"}
    post = "Bí thư chi bộ"
    image = "chu-ky.png"

What is said on the command line goes before the environment, that before the file. Secrets are refused here.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.errors import InputError, UsageError
from docgen.signing.keys import Token

FILE = "docgen.toml"
#: The variable that names the file.
VARIABLE = "DOCGEN_CONFIG"
_SECRETS = ("passphrase", "password", "pin", "user_pin", "mat_khau")
_KEYS = frozenset(
    {
        "pkcs12", "pkcs11", "passfile", "chain", "name", "post", "agency", "image", "seal", "location", "level",
        "tsa", "trust", "crl", "role",
    }
)  # fmt: skip
_PATH_LISTS = frozenset({"chain", "trust", "crl"})
_TOKEN_KEYS = frozenset({"module", "slot", "token_label", "key_label", "cert_label", "key_id", "cert_id", "others"})


@dataclass(frozen=True, slots=True)
class Setup:
    """One named set-up. Paths are absolute: relative ones are taken from the file's own folder."""

    pkcs12: Path | None = None
    token: Token | None = None
    passfile: Path | None = None
    chain: tuple[Path, ...] = ()
    name: str = ""
    post: str = ""
    agency: str = ""
    image: Path | None = None
    seal: Path | None = None
    location: str = ""
    level: str = ""
    tsa: str = ""
    trust: tuple[Path, ...] = ()
    crl: tuple[Path, ...] = ()
    role: str = ""


def config_folder() -> Path:
    """The user's own configuration folder for docgen."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "docgen"
    return Path(os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))) / "docgen"


def config_file() -> Path | None:
    """The configuration file in force, or None. Raises `UsageError` where the variable names one that is missing."""
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise UsageError("signing.error.config_missing", file=named)
        return Path(named)
    return next((p for p in (Path.cwd() / FILE, config_folder() / FILE) if p.is_file()), None)


def load_setups(path: Path | None) -> dict[str, Setup]:
    """The set-ups of a file, by name; none where there is no file.

    Raises `InputError` for a file that is no TOML, an unknown key, or a secret that was written into it.
    """
    if path is None:
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise InputError("signing.error.config", file=str(path), problem="[[[…]]]") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError("signing.error.config", file=str(path), problem=str(fault)) from None
    sections = content.get("sign") or {}
    if not isinstance(sections, dict):
        raise InputError("signing.error.config", file=str(path), problem="sign")
    return {name: _setup(path, name, section) for name, section in sections.items()}


def _setup(path: Path, name: str, section: Any) -> Setup:
    if not isinstance(section, dict):
        raise InputError("signing.error.config", file=str(path), problem=f"sign.{name}")
    where = f"sign.{name}"
    _refuse(path, where, section, _KEYS)
    _sound(path, where, section, lists=_PATH_LISTS)
    base = path.resolve().parent

    def place(key: str) -> Path | None:
        return base / str(section[key]) if section.get(key) else None

    def places(key: str) -> tuple[Path, ...]:
        value = section.get(key) or ()
        return tuple(base / str(item) for item in ([value] if isinstance(value, str) else value))

    token = None
    if "pkcs11" in section:
        given = section["pkcs11"]
        if not isinstance(given, dict) or "module" not in given:
            raise InputError("signing.error.config", file=str(path), problem=f"{where}.pkcs11")
        _refuse(path, f"{where}.pkcs11", given, _TOKEN_KEYS)
        _sound(path, f"{where}.pkcs11", given, lists={"others"}, numbers={"slot"})
        token = Token(**{**given, "others": tuple(given.get("others", ()))})
    texts = {key: str(section.get(key, "")) for key in
             ("name", "post", "agency", "location", "level", "tsa", "role")}  # fmt: skip
    return Setup(
        pkcs12=place("pkcs12"), token=token, passfile=place("passfile"), chain=places("chain"), image=place("image"),
        seal=place("seal"), trust=places("trust"), crl=places("crl"), **texts,
    )  # fmt: skip


def _sound(
    path: Path,
    where: str,
    section: Mapping[str, Any],
    *,
    lists: Set[str] = frozenset(),
    numbers: Set[str] = frozenset(),
) -> None:
    """Refuse a value that is no text (for `numbers`: no whole number; for `lists`: nor a list of texts)."""
    for key, value in section.items():
        if key == "pkcs11":
            continue
        items = value if key in lists and isinstance(value, list) else [value]
        if key in numbers:
            good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        else:
            # NUL stands in no path and in no name; the library behind would stop at it.
            good = all(isinstance(item, str) and "\0" not in item for item in items)
        if not good:
            raise InputError("signing.error.config_value", file=str(path), key=f"{where}.{key}")


def _refuse(path: Path, where: str, section: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in section:
        if key.lower() in _SECRETS:
            raise InputError("signing.error.config_secret", file=str(path), key=f"{where}.{key}")
        if key not in known:
            raise InputError("signing.error.config", file=str(path), problem=f"{where}.{key}")


def named_setup(name: str) -> Setup:
    """The set-up called `name`. Raises `UsageError` where there is none of that name."""
    path = config_file()
    found = load_setups(path)
    if name not in found:
        raise UsageError(
            "signing.error.unknown_setup", name=name, file=str(path or FILE), known=", ".join(sorted(found)) or "–"
        )
    return found[name]
