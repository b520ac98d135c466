"""The file of `docgen serve --sign-in`: where people of the office sign in, and which group has which role where.

YAML with `oidc`, `ldap` (one of the two at least) and `rules`; docs/serve.md shows one whole. A secret is never in it:
`…_file` or `…_env` says where it stands, and it is read when the server starts.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from docgen.errors import InputError

#: The file is read whole: nobody's is longer.
_LONGEST = 1_048_576
_SCHEMES = {"https": "http", "ldaps": "ldap"}
Text = Annotated[str, Field(min_length=1, max_length=500)]
Role = Literal["can_bo", "thu_ky", "dang_uy", "quan_tri"]


class _Unique(yaml.SafeLoader):
    """Refuses a key that stands twice: the second would silently be the one that counts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of `node`."""
        names = [str(key.value) for key, _ in node.value]
        if len(set(names)) < len(names):
            raise yaml.constructor.ConstructorError(None, None, "key twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """Whoever is in `group` (as the provider writes it; of a directory its DN) has `role` in `unit`."""

    group: Text
    role: Role
    unit: Text


class _Secret(_Part):
    """Where a secret stands; `secret` is what stood there."""

    secret: SecretStr = SecretStr("")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        left, stem = dict(given), cls._stem()
        file, variable = left.pop(f"{stem}_file", None), left.pop(f"{stem}_env", None)
        if "secret" in left or (file is not None and variable is not None):
            raise ValueError("secret")
        if file is not None:
            try:
                left["secret"] = SecretStr(Path(str(file)).read_text(encoding="utf-8").rstrip("\r\n"))
            except (OSError, ValueError):
                raise ValueError("secret") from None
        elif variable is not None:
            left["secret"] = SecretStr(os.environ.get(str(variable), ""))
        if (file is not None or variable is not None) and not left["secret"].get_secret_value():
            raise ValueError("secret")
        return left

    @classmethod
    def _stem(cls) -> str:
        raise NotImplementedError


class Oidc(_Secret):
    """An OpenID Connect provider. `address` is docgen's own, as browsers write it; `hosts` are further hosts that the
    provider's description may name."""

    issuer: Text
    client_id: Text
    address: Text
    label: str = Field("", max_length=80)
    scopes: tuple[Text, ...] = ("profile",)
    groups_claim: Text = "groups"
    login_claim: Text = "preferred_username"
    name_claim: Text = "name"
    hosts: tuple[Text, ...] = ()
    ca_file: Path | None = None

    @classmethod
    def _stem(cls) -> str:
        return "client_secret"

    @model_validator(mode="after")
    def _safe(self) -> Self:
        own = urlsplit(self.address)
        if not safe_address(self.issuer) or urlsplit(self.issuer).query:
            raise ValueError("https")
        if not safe_address(self.address) or own.path not in ("", "/") or own.query:
            raise ValueError("https")
        _need(self.ca_file)
        return self


class Ldap(_Secret):
    """An LDAP directory: `bind_dn` looks the person up by `filter` below `base`, who then binds himself.

    Groups are the values of `groups_attribute`, and below `group_base` those that `group_filter` finds.
    """

    url: Text
    base: Text
    start_tls: bool = False
    bind_dn: str = ""
    filter: Text = "(uid={login})"
    id_attribute: Text = "entryUUID"
    login_attribute: Text = "uid"
    name_attribute: Text = "cn"
    groups_attribute: Text = "memberOf"
    group_base: str = ""
    group_filter: Text = "(member={dn})"
    ca_file: Path | None = None

    @classmethod
    def _stem(cls) -> str:
        return "bind_password"

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not safe_address(self.url, "ldaps", self.start_tls) or urlsplit(self.url).path not in ("", "/"):
            raise ValueError("ldaps")
        if self.start_tls and self.url.startswith("ldaps:"):
            raise ValueError("ldaps")
        if self.filter.count("{login}") != 1 or not re.search(r"\{(dn|login)\}", self.group_filter):
            raise ValueError("filter")
        if bool(self.bind_dn) is not bool(self.secret.get_secret_value()):
            raise ValueError("secret")
        _need(self.ca_file)
        return self


class SignIn(_Part):
    """What the file says."""

    oidc: Oidc | None = None
    ldap: Ldap | None = None
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.oidc is None and self.ldap is None:
            raise ValueError("nowhere")
        return self

    def rule_for(self, groups: Iterable[str]) -> Rule | None:
        """The first rule, as they stand in the file, whose group is one of `groups`."""
        mine = set(groups)
        return next((rule for rule in self.rules if rule.group in mine), None)


def _need(file: Path | None) -> None:
    if file is not None and not file.is_file():
        raise ValueError("ca_file")


def loopback(host: str) -> bool:
    """True where `host` is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def safe_address(url: str, scheme: str = "https", encrypted: bool = False) -> bool:
    """True for an address with TLS (or `encrypted` some other way); without it only to this machine. No password and
    no fragment in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == _SCHEMES[scheme] and (encrypted or loopback(host))
    sound = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc and not parts.fragment
    return bool(host) and sound and (parts.scheme == scheme or plain)


def read_sign_in(path: Path) -> SignIn:
    """The file at `path`. Raises `InputError` naming the place that cannot be as it is; no value of it is told."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise ValueError
        content = yaml.load(text.decode("utf-8-sig"), Loader=_Unique)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        mark = getattr(fault, "problem_mark", None)
        raise InputError("web.sign_in.file", file=str(path), line=mark.line + 1 if mark else 1) from None
    try:
        return SignIn.model_validate(content)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        told = {"file": str(path), "where": "/".join(str(step) for step in first["loc"]) or "/"}
        kind = str(first.get("ctx", {}).get("error", "")) if first["type"] == "value_error" else first["type"]
        known = {"missing": "missing", "extra_forbidden": "unknown", "https": "https", "ldaps": "ldaps",
                 "secret": "secret", "filter": "filter", "nowhere": "nowhere", "ca_file": "ca_file"}  # fmt: skip
        raise InputError(f"web.sign_in.{known.get(kind, 'value')}", **told) from None
