"""An OpenID Connect provider on loopback with a key of its own: as careful as one should be, or made to err."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from tools.loopback import answering

CLIENT, SECRET = "docgen", "bi-mat-cua-phep-thu"
RETURN = "https://testserver/dang-nhap/co-quan/ve"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """What it says and to whom; every part may be changed by a test."""

    def __init__(self) -> None:
        self.url, self.back = "", RETURN
        self.key = KEY
        self.listed = [self.key]
        self.person: dict[str, Any] = {
            "sub": "u-1", "preferred_username": "hanh.nt", "name": "Nguyễn Thị Hạnh", "groups": ["docgen-thu-ky"],
        }  # fmt: skip
        self.described: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any], dict[str, Any]], str] = self.signed
        self.userinfo: dict[str, Any] = {}
        self.asked: list[str] = []
        self.moved = ""  # what stands at this path now stands below /moved
        self.codes: dict[str, dict[str, str]] = {}

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/end", **self.described,
        }  # fmt: skip

    def visit(self, address: str, **answer: str) -> str:
        """Somebody signs in at the provider; the address that his browser is sent to."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert address.startswith(f"{self.url}/authorize?"), address
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == self.back
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state'], **answer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer to a code: good for once, for who set out for it, with his verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not known:
            return 401, {"error": "invalid_client"}
        if asked is None or asked["code_challenge"] != proof or form.get("redirect_uri") != self.back:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"], **self.person}
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        return 200, {
            "access_token": "at", "token_type": "Bearer", "expires_in": 60,
            "id_token": self.sign(header, self.alter(claims)),
        }  # fmt: skip

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        return jwt.encode(header, claims, self.key, registry=JWSRegistry(strict_check_header=False))

    def unsigned(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """`alg: none`."""
        return ".".join((b64(json.dumps({**header, "alg": "none"}).encode()), b64(json.dumps(claims).encode()), ""))

    def by_public_key(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """HS256 with the bytes of the public key as the shared secret."""
        said = ".".join(b64(json.dumps(part).encode()) for part in ({**header, "alg": "HS256"}, claims))
        return f"{said}.{b64(hmac.digest(self.key.as_pem(private=False), said.encode(), 'sha256'))}"


@contextmanager
def provider_here() -> Iterator[Provider]:
    """A provider that answers on loopback while the block runs."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(path := urlsplit(self.path).path.removeprefix("/moved"))
            if self.path == made.moved:
                self.move()
            elif path == "/.well-known/openid-configuration":
                self.answer(200, made.description())
            elif path == "/keys":
                self.answer(200, {"keys": [key.as_dict(private=False) for key in made.listed]})
            elif path == "/authorize":  # nobody is asked anything: the browser goes back at once
                self.send_response(302)
                self.send_header("Location", made.visit(made.url + self.path))
                self.end_headers()
            elif path == "/end":
                self.answer(200, {})
            elif path == "/userinfo" and self.headers["Authorization"] == "Bearer at":
                self.answer(200, made.userinfo)
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            made.asked.append(self.path)
            if self.path == made.moved:
                self.move()
                return
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*made.token(form, self.headers.get("Authorization", "")))

        def move(self) -> None:
            self.send_response(307)
            self.send_header("Location", f"{made.url}/moved{made.moved}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer(self, status: int, told: dict[str, Any]) -> None:
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with answering(Handler) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
