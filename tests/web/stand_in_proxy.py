"""A reverse proxy as examples/serve/nginx.conf says (TLS, a gate before the pages, headers): nginx, or a stand-in."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tools.loopback import answering, free_port


def _certificate(place: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", place / "docgen.key", "-out", place / "docgen.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def tls_proxy(place: Path, port: int) -> Iterator[int]:
    """A proxy before 127.0.0.1:`port`; gives its own port. Its certificate is `docgen.pem` in `place`."""
    _certificate(place)

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            gated = not self.path.startswith(("/api/", "/health", "/metrics"))
            if gated and "sso=" not in self.headers.get("Cookie", ""):
                self.send_error(401)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            passed = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            behind.request(self.command, self.path, body, {**passed, "X-Forwarded-For": self.client_address[0]})
            answer = behind.getresponse()
            content = answer.read()
            behind.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "docgen.pem", place / "docgen.key")
    with answering(Handler, context) as outside:
        yield outside


@contextmanager
def nginx(place: Path, port: int, program: str) -> Iterator[int]:
    """nginx with examples/serve/nginx.conf before 127.0.0.1:`port`, and a gate for single sign-on that it asks."""
    _certificate(place)
    conf = (Path(__file__).parents[2] / "examples" / "serve" / "nginx.conf").read_text(encoding="utf-8")
    with _gate() as asked:
        outside = free_port()
        for old, new in {
            "443 ssl": f"127.0.0.1:{outside} ssl", "docgen.coquan.vn": "localhost", "/etc/ssl/": f"{place}/",
            "127.0.0.1:8765": f"127.0.0.1:{port}", "127.0.0.1:4180": f"127.0.0.1:{asked}",
        }.items():  # fmt: skip
            assert old in conf, old
            conf = conf.replace(old, new)
        temporary = "".join(f"{kind}_temp_path {place}/{kind};" for kind in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        (place / "nginx.conf").write_text(
            f"pid {place}/pid; error_log {place}/error.log; daemon off; events {{}}\n"
            f"http {{ access_log off; {temporary}\n{conf}\n}}\n", encoding="utf-8",
        )  # fmt: skip
        process = subprocess.Popen([program, "-e", str(place / "error.log"), "-c", str(place / "nginx.conf")])
        try:
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", outside), timeout=5).close()
                    break
                except OSError:
                    threading.Event().wait(0.05)
            assert process.poll() is None, (place / "error.log").read_text(encoding="utf-8")
            yield outside
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def _gate() -> Iterator[int]:
    """What an office's oauth2-proxy answers: 202 for who has signed in there, 401 for who has not."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(202 if "sso=" in self.headers.get("Cookie", "") else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with answering(Handler) as port:
        yield port
