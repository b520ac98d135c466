"""An OpenID Connect provider, asked by Authlib: authorization code with PKCE (S256), ID token checked to the letter.

Its description and keys are taken from the configured issuer, over TLS unless it is this machine; keys are kept for an
hour and fetched anew once a minute at most when a token names one that is not known. Nothing that a token says of keys
itself (`jku`, `jwk`, `x5u`) is looked at.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from docgen.web.outside import Down, NotBelieved, Outsider
from docgen.web.sign_in_file import Oidc, loopback, safe_address

#: Signatures by a key that only the provider has. `none` and those by a shared secret are not among them.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: Seconds: to connect and to answer; that clocks may differ; that a token may be old; that descriptions are kept.
TIMEOUT, LEEWAY, OLDEST, KEPT = (5.0, 10.0), 60, 600, 3600.0
#: Seconds between two fetches of the keys because of a key that is not known.
KEYS_AGAIN = 60.0
#: Where docgen is come back to, on its own address.
RETURN_PATH = "/dang-nhap/co-quan/ve"


@dataclass(frozen=True, slots=True)
class _Described:
    """What the provider says of itself, as far as it matters."""

    authorize: str
    token: str
    keys: str
    userinfo: str
    end: str
    posts_secret: bool
    names_issuer: bool
    until: float


class Provider:
    """One provider; may be asked by several threads."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self.return_address = settings.address.rstrip("/") + RETURN_PATH
        host = urlsplit(settings.issuer).hostname or ""
        self._hosts = {host, *(one.lower() for one in settings.hosts)}
        self._here = loopback(host)
        self._lock = threading.Lock()
        self._described: _Described | None = None
        self._keys: KeySet | None = None
        self._keys_until = self._keys_refetched = -math.inf

    # -- the three steps

    def start(self, state: str, nonce: str, verifier: str) -> str:
        """The provider's address to send the browser to. Raises `Down`."""
        with self._line() as line:
            address, _ = line.create_authorization_url(
                self._description(line).authorize, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address)

    def finish(self, code: str, verifier: str, nonce: str, issuer: str | None) -> Outsider:
        """Who came back with `code`; `issuer` is what the browser brought as `iss`. Raises `Down`, `NotBelieved`."""
        with self._line() as line:
            told = self._description(line)
            if issuer != self.settings.issuer and (issuer is not None or told.names_issuer):
                raise NotBelieved("iss")
            if told.posts_secret:
                line.token_endpoint_auth_method = "client_secret_post"
            try:
                given = line.fetch_token(told.token, code=code, code_verifier=verifier, grant_type="authorization_code")
            except OAuthError:
                raise NotBelieved("code") from None
            except (requests.RequestException, AuthlibBaseError, ValueError):
                raise Down("token") from None
            claims = self._claims(line, told, given, nonce)
        return self._outsider(claims)

    def end_address(self) -> str:
        """Where a browser ends its session at the provider; empty where it has no such place. Raises `Down`."""
        with self._line() as line:
            end = self._description(line).end
        return str(add_params_to_uri(end, [("client_id", self.settings.client_id)])) if end else ""

    # -- what is asked of the provider

    def _line(self) -> OAuth2Session:
        one = self.settings
        line = OAuth2Session(
            one.client_id, one.secret.get_secret_value() or None, redirect_uri=self.return_address,
            scope=" ".join(dict.fromkeys(("openid", *one.scopes))), code_challenge_method="S256",
            default_timeout=TIMEOUT, leeway=0,  # the access token is used at once, however short its life
        )  # fmt: skip
        line.max_redirects = 0  # what the provider's answers lead on to is not the provider
        line.trust_env = not self._here
        line.verify = str(one.ca_file) if one.ca_file is not None else True
        return line

    def _json(self, line: OAuth2Session, url: str, reason: str, **how: Any) -> dict[str, Any]:
        try:
            answer = line.get(url, headers={"Accept": "application/json"}, **how)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, AuthlibBaseError, ValueError):
            raise Down(reason) from None
        if not isinstance(found, dict):
            raise Down(reason)
        return found

    def _description(self, line: OAuth2Session) -> _Described:
        with self._lock:
            found = self._described
        if found is not None and found.until > time.monotonic():
            return found
        url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        told = self._json(line, url, "description", withhold_token=True)
        if told.get("issuer") != self.settings.issuer:
            raise Down("issuer")
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        made = _Described(
            self._place(told, "authorization_endpoint"), self._place(told, "token_endpoint"),
            self._place(told, "jwks_uri"), self._place(told, "userinfo_endpoint", False),
            self._place(told, "end_session_endpoint", False),
            bool(self.settings.secret.get_secret_value()) and "client_secret_basic" not in methods,
            told.get("authorization_response_iss_parameter_supported") is True, time.monotonic() + KEPT,
        )  # fmt: skip
        with self._lock:
            self._described = made
        return made

    def _place(self, told: dict[str, Any], name: str, must: bool = True) -> str:
        """An address in the description: with TLS, at the issuer's own host or one that the configuration names."""
        url = told.get(name)
        if url is None and not must:
            return ""
        if not isinstance(url, str) or not safe_address(url):
            raise Down("address")
        host = urlsplit(url).hostname or ""
        if host not in self._hosts or (loopback(host) and not self._here):
            raise Down("host")
        return url

    def _key_set(self, line: OAuth2Session, told: _Described, unknown: bool = False) -> KeySet:
        """The provider's keys; `unknown` where a token named one that the kept ones lack."""
        with self._lock:
            kept, moment = self._keys, time.monotonic()
            if unknown and kept is not None and moment < self._keys_refetched + KEYS_AGAIN:
                return kept
            if not unknown and kept is not None and moment < self._keys_until:
                return kept
            if unknown:
                self._keys_refetched = moment
        listed = self._json(line, told.keys, "keys", withhold_token=True).get("keys")
        made = KeySet([key for one in listed if (key := _key(one))] if isinstance(listed, list) else [])
        if not made.keys:
            raise Down("no_keys")
        with self._lock:
            self._keys, self._keys_until = made, time.monotonic() + KEPT
        return made

    # -- what is believed

    def _claims(
        self, line: OAuth2Session, told: _Described, given: dict[str, Any], nonce: str
    ) -> dict[str, Any]:  # fmt: skip
        token = given.get("id_token")
        if not isinstance(token, str):
            raise NotBelieved("no_token")
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            try:
                read = jwt.decode(token, self._key_set(line, told), registry=registry)
            except InvalidKeyIdError:
                read = jwt.decode(token, self._key_set(line, told, unknown=True), registry=registry)
            one = self.settings
            options: Any = {"iss": {"essential": True, "value": one.issuer},
                            "aud": {"essential": True, "value": one.client_id}}  # fmt: skip
            params = {"nonce": nonce, "client_id": one.client_id, "access_token": given.get("access_token")}
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as fault:
            raise NotBelieved(type(fault).__name__) from None
        if not isinstance(claims["iat"], (int, float)) or claims["iat"] < time.time() - OLDEST - LEEWAY:
            raise NotBelieved("old")
        found = dict(claims)
        if told.userinfo and not {one.groups_claim, one.name_claim, one.login_claim} <= found.keys():
            more = self._json(line, told.userinfo, "userinfo")
            if more.get("sub") != found.get("sub"):
                raise NotBelieved("userinfo")
            found = {**more, **found}
        return found

    def _outsider(self, claims: dict[str, Any]) -> Outsider:
        subject, one = claims.get("sub"), self.settings
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise NotBelieved("sub")
        groups = claims.get(one.groups_claim)
        if isinstance(groups, str):
            groups = [groups]
        known = frozenset(group for group in groups if isinstance(group, str)) if isinstance(groups, list) else ()
        name, login = (claims.get(key) for key in (one.name_claim, one.login_claim))
        return Outsider(
            "oidc", f"{one.issuer}\n{subject}", login if isinstance(login, str) else "",
            name if isinstance(name, str) else "", frozenset(known),
        )  # fmt: skip


def _key(told: Any) -> RSAKey | ECKey | None:
    """A key that checks signatures; None for one of another kind, which a provider may list too.

    Only what checking needs is taken: the hints of use and of operations differ from one provider to the next.
    """
    kinds: dict[Any, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    kind = kinds.get(told.get("kty")) if isinstance(told, dict) and told.get("use", "sig") == "sig" else None
    if kind is None:
        return None
    names = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
    try:
        return kind.import_key({name: told[name] for name in names if name in told})
    except (JoseError, ValueError, KeyError, TypeError):
        return None
