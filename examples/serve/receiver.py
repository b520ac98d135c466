"""A receiver of docgen's webhooks: checks the signature, takes each event once. python receiver.py PORT SECRET FILE"""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT, SECRET, FILE = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
SEEN: set[str] = set()  # in earnest: a table


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stamp = self.headers.get("Docgen-Timestamp", "0")
        made = "v1=" + hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) < 300
        if not fresh or not hmac.compare_digest(made, self.headers.get("Docgen-Signature", "")):
            self.send_response(401)
        else:
            event = json.loads(body)
            if event["id"] not in SEEN:
                with open(FILE, "a", encoding="utf-8") as out:
                    out.write(json.dumps(event) + "\n")
                SEEN.add(event["id"])
            self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
