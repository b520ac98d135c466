"""A client of the Cloud Signature Consortium's API, version 1 (CSC v1.0.4): a key that a trust service keeps.

Three calls a packet: `credentials/info` (11.5), `credentials/authorize` over all hashes (11.6; SCAL 2), `signatures/
signHash` (11.9). The access token is the caller's: how one signs in (8) differs from service to service. Token, PIN and
one-time password are never logged and stand in no error text. Proved on a service of the tests alone.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from docgen.errors import EnvironmentFault, InputError, UsageError
from docgen.i18n import shown
from docgen.signing.from_server import opener, service_address
from docgen.signing.libraries import need

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

#: The variables that the access token and the one-time password are taken from.
TOKEN_VARIABLE, OTP_VARIABLE = "DOCGEN_CSC_TOKEN", "DOCGEN_OTP"
#: SHA-256; and what signs it: PKCS#1 v1.5 for RSA, ECDSA for a curve.
_SHA256 = "2.16.840.1.101.3.4.2.1"
_SIGNS = {"rsa": "1.2.840.113549.1.1.11", "ec": "1.2.840.10045.4.3.2"}
#: `authorize` may answer only when the holder has agreed on a phone.
_SECONDS, _LARGEST = 300.0, 16 * 1024 * 1024

Secret = Callable[[], str | None]


class CscKey:
    """One credential of a service; a `docgen.signing.remote_key.RemoteKey`."""

    def __init__(
        self, url: str, credential: str, token: str, pin: Secret, otp: Secret, *, seconds: float = _SECONDS
    ) -> None:
        """`url` is the root that `/credentials/info` follows; `pin`, `otp` are called where the credential asks for it.

        Raises `UsageError` for an address that a secret must not be sent to, or where there is no token.
        """
        self._root, self.host = service_address(url)
        if not token.isascii() or not token.isprintable() or not token.strip():
            raise UsageError("signing.error.csc_token")
        self._token, self._credential, self._seconds = token.strip(), credential, seconds
        self._pin, self._otp = pin, otp
        self._opener = opener(self._root)
        self._secrets = [self._token]
        self._info: dict[str, Any] = {}
        self._kind = ""

    def certificates(self) -> Sequence[Certificate]:
        """See `RemoteKey`. Raises `InputError` for a credential that is not to be used."""
        x509 = need("asn1crypto.x509")
        self._info = self._ask(
            "credentials/info",
            {"credentialID": self._credential, "certificates": "chain", "certInfo": True, "authInfo": True},
        )
        try:
            states = self._info["key"]["status"], self._info["cert"].get("status", "valid")
            found = [
                x509.Certificate.load(base64.b64decode(one, validate=True), strict=True)
                for one in self._info["cert"]["certificates"]
            ]
            self._kind = str(found[0].public_key.algorithm)
            self._info["multisign"] = int(self._info.get("multisign", 1))
            self._mode = str(self._info.get("authMode", "implicit"))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise self._not_csc() from None
        if states != ("enabled", "valid"):
            raise InputError("signing.error.csc_state", key=shown(str(states[0])), certificate=shown(str(states[1])))
        if self._kind not in _SIGNS or self._mode not in ("explicit", "implicit"):
            raise InputError("signing.error.csc_kind", kind=shown(self._kind), mode=shown(self._mode))
        return found

    def sign(self, hashes: Sequence[bytes]) -> Sequence[bytes]:
        """See `RemoteKey`: one authorisation, one request for all signatures."""
        if len(hashes) > self._info["multisign"]:
            raise InputError("signing.error.csc_multisign", asked=len(hashes), most=self._info["multisign"])
        texts = [base64.b64encode(one).decode("ascii") for one in hashes]
        wanted = {"credentialID": self._credential, "numSignatures": len(texts), "hash": texts}
        given = self._ask("credentials/authorize", {**wanted, **self._consent()})
        sad = given.get("SAD")
        if not isinstance(sad, str):
            raise self._not_csc()
        self._secrets.append(sad)
        answer = self._ask(
            "signatures/signHash",
            {
                "credentialID": self._credential, "SAD": sad, "hash": texts, "hashAlgo": _SHA256,
                "signAlgo": _SIGNS[self._kind],
            },
        )  # fmt: skip
        try:
            return [base64.b64decode(one, validate=True) for one in answer["signatures"]]
        except (KeyError, TypeError, ValueError):
            raise self._not_csc() from None

    def _consent(self) -> dict[str, str]:
        """The PIN and the one-time password, where the credential asks for them."""
        out: dict[str, str] = {}
        if self._mode != "explicit":
            return out
        for name, ask in (("PIN", self._pin), ("OTP", self._otp)):
            told = self._info.get(name)
            if not isinstance(told, dict) or told.get("presence") != "true":
                continue
            if name == "OTP" and told.get("type") == "online":
                self._ask("credentials/sendOTP", {"credentialID": self._credential})
            value = ask()
            if not value:
                raise UsageError("signing.error.csc_secret", secret=name)
            self._secrets.append(value)
            out[name] = value
        return out

    def _ask(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON of an answer. Raises `InputError` for a refusal, `EnvironmentFault` where none comes."""
        request = urllib.request.Request(f"{self._root}/{call}", json.dumps(body).encode(), method="POST")
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                content = answer.read(_LARGEST + 1)
        except urllib.error.HTTPError as fault:
            with fault:
                raise self._refusal(fault, call) from None
        except (OSError, ValueError) as fault:
            problem = self._hidden(str(getattr(fault, "reason", fault)))
            raise EnvironmentFault("signing.error.csc_unreachable", host=self.host, problem=problem) from None
        try:
            told = json.loads(content) if content or call != "credentials/sendOTP" else {}
        except (ValueError, RecursionError):
            raise self._not_csc() from None
        if not isinstance(told, dict):
            raise self._not_csc()
        return told

    def _refusal(self, fault: urllib.error.HTTPError, call: str) -> InputError:
        try:
            told = json.loads(fault.read(100_000))
            said = f"{told['error']}: {told.get('error_description', '')}"
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            said = str(fault.reason)
        return InputError("signing.error.csc_refused", status=fault.code, call=call, said=self._hidden(said))

    def _hidden(self, text: str) -> str:
        """What a service said, without the secrets that it was told."""
        for one in self._secrets:
            text = text.replace(one, "•••")
        return shown(text)[:300]

    def _not_csc(self) -> InputError:
        return InputError("signing.error.csc_answer", host=self.host)
