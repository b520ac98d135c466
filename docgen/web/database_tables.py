"""The tables. A change here needs a step in `docgen/web/migrations/versions`; a test holds the two together.

Times are seconds since 1970 (UTC); ids are random and never told to who may not see the row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()
ID = String(40)

#: An organisation: a node of the tree of units. `parent` is empty at the top.
UNIT = Table(
    "unit", METADATA, Column("id", ID, primary_key=True), Column("name", Text, nullable=False),
    Column("parent", ID, nullable=False, default=""),
)  # fmt: skip

#: A key of the HTTP interface. Only a digest of it is kept. An empty role is all of this server.
API_KEY = Table(
    "api_key", METADATA, Column("id", ID, primary_key=True), Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True), Column("role", String(20), nullable=False),
    Column("unit", ID, nullable=False), Column("created", Float, nullable=False), Column("revoked", Float),
)  # fmt: skip

#: A dossier. Its content stands in `record`; `version` grows by one with each change. `closed`: when its grades were.
DOSSIER = Table(
    "dossier", METADATA, Column("id", ID, primary_key=True), Column("unit", ID, nullable=False),
    Column("regulation", String(80), nullable=False), Column("version", Integer, nullable=False),
    Column("created", Float, nullable=False), Column("changed", Float, nullable=False), Column("deleted", Float),
    Column("closed", Float), Index("dossier_unit", "unit"),
)  # fmt: skip

#: A part of a dossier as JSON: position -1 is everything but the members, 0 and up are the members in their order.
RECORD = Table(
    "record", METADATA, Column("dossier", ID, primary_key=True), Column("position", Integer, primary_key=True),
    Column("content", Text, nullable=False),
)  # fmt: skip

#: What was changed by whom, never altered: `chain` is the digest of the line and of the chain before it.
CHANGE = Table(
    "change", METADATA, Column("number", Integer, primary_key=True, autoincrement=True),
    Column("dossier", ID, nullable=False), Column("version", Integer, nullable=False),
    Column("at", Float, nullable=False), Column("who", Text, nullable=False), Column("pointer", Text, nullable=False),
    Column("old", Text), Column("new", Text), Column("chain", String(64), nullable=False),
    Index("change_dossier", "dossier", "number"),
)  # fmt: skip

#: Work that outlives a request. `claim` names the worker that has it.
JOB = Table(
    "job", METADATA, Column("id", ID, primary_key=True), Column("kind", String(20), nullable=False),
    Column("dossier", ID, nullable=False), Column("asked", Text, nullable=False),
    Column("state", String(12), nullable=False), Column("tries", Integer, nullable=False),
    Column("claim", ID, nullable=False), Column("heard", Float, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False), Column("packet", ID, nullable=False), Column("problem", Text),
    Column("created", Float, nullable=False), Column("ended", Float), Index("job_state", "state", "created"),
    Index("job_dossier", "dossier", "created"),
)  # fmt: skip

#: A packet that was made; its files lie in the folder of its id.
PACKET = Table(
    "packet", METADATA, Column("id", ID, primary_key=True), Column("dossier", ID, nullable=False),
    Column("dossier_version", Integer, nullable=False), Column("draft", Integer, nullable=False),
    Column("created", Float, nullable=False), Index("packet_dossier", "dossier", "created"),
)  # fmt: skip

#: What was answered to a request with an idempotency key: the same answer is given again.
ANSWERED = Table(
    "answered", METADATA, Column("owner", ID, primary_key=True), Column("key", String(128), primary_key=True),
    Column("request", String(64), nullable=False), Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False), Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)  # fmt: skip

#: Somebody with an account. `password` is an argon2 hash, empty until the one-time link was used. Of one who signs in
#: elsewhere `origin` says where and `subject` who he is there; he never has a password here.
PERSON = Table(
    "person", METADATA, Column("id", ID, primary_key=True), Column("login", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False), Column("role", String(20), nullable=False),
    Column("unit", ID, nullable=False),
    Column("password", Text, nullable=False), Column("created", Float, nullable=False), Column("closed", Float),
    Column("origin", String(10)), Column("subject", Text), Index("person_subject", "subject", unique=True),
)  # fmt: skip

#: A browser in which somebody signed in. Only a digest of what the cookie holds is kept.
SESSION = Table(
    "session", METADATA, Column("digest", String(64), primary_key=True), Column("person", ID, nullable=False),
    Column("token", String(64), nullable=False), Column("begun", Float, nullable=False),
    Column("seen", Float, nullable=False), Index("session_person", "person"),
)  # fmt: skip

#: A link that is good for once: to make the first account (no person), or to choose a password.
LINK = Table(
    "link", METADATA, Column("digest", String(64), primary_key=True), Column("person", ID, nullable=False),
    Column("until", Float, nullable=False),
)  # fmt: skip

#: A file that is good for one signing: whose digest, for which papers of a packet; `person` handed it out.
SIGN_TICKET = Table(
    "sign_ticket", METADATA, Column("digest", String(64), primary_key=True), Column("packet", ID, nullable=False),
    Column("role", Text, nullable=False), Column("name", Text, nullable=False), Column("papers", Text, nullable=False),
    Column("person", ID, nullable=False), Column("until", Float, nullable=False), Column("used", Float),
)  # fmt: skip

#: A sign-in that failed; `who` is a digest of the name and the address.
LOGIN_TRY = Table(
    "login_try", METADATA, Column("number", Integer, primary_key=True, autoincrement=True),
    Column("who", String(64), nullable=False), Column("at", Float, nullable=False), Index("login_try_who", "who", "at"),
)  # fmt: skip

#: Who is told of events: `events` are names with spaces between, `bearer` a token of the receiver's own (or empty).
WEBHOOK = Table(
    "webhook", METADATA, Column("id", ID, primary_key=True), Column("unit", ID, nullable=False),
    Column("url", Text, nullable=False), Column("events", Text, nullable=False), Column("secret", Text, nullable=False),
    Column("bearer", Text, nullable=False), Column("created", Float, nullable=False), Column("removed", Float),
)  # fmt: skip

#: An event for one receiver, and what became of it: `waiting`, `delivered` or `given_up`; `told` is the last answer.
DELIVERY = Table(
    "delivery", METADATA, Column("number", Integer, primary_key=True, autoincrement=True),
    Column("webhook", ID, nullable=False), Column("event", ID, nullable=False),
    Column("kind", String(40), nullable=False), Column("body", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("state", String(12), nullable=False), Column("tries", Integer, nullable=False),
    Column("due", Float, nullable=False), Column("told", String(80), nullable=False), Column("ended", Float),
    Index("delivery_webhook", "webhook", "state", "number"),
)  # fmt: skip
