"""Work that outlives a request: a table, claimed in one transaction, given up after three deaths, ended once.

`queued` → `running` → `done` or `failed`. A worker says every few seconds that it lives; one that has been silent for
too long is taken for dead and its job begun again. What a job makes has the id of the job, so that a second beginning
finds what the first one made.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from docgen.paths import JsonDict, JsonMap
from docgen.web.access import new_id
from docgen.web.database_tables import JOB

STATES = ("queued", "running", "done", "failed")
#: Why a job failed that somebody stopped.
STOPPED = "web.job.stopped"


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table; `asked` is what the request said, `problem` why it failed."""

    id: str
    kind: str
    dossier: str
    asked: JsonDict
    state: str
    tries: int
    claim: str
    done: int
    total: int
    packet: str
    problem: JsonDict | None
    created: float
    ended: float | None

    def as_json(self) -> JsonDict:
        """What `GET /jobs/{id}` answers."""
        out: JsonDict = {
            "id": self.id, "kind": self.kind, "dossier": self.dossier, "state": self.state, "tries": self.tries,
            "done": self.done, "total": self.total, "packet": self.packet or None, "problem": self.problem,
        }  # fmt: skip
        return out

    @property
    def ended_now(self) -> bool:
        """True where nothing more will happen to it."""
        return self.state in ("done", "failed")

    @property
    def stopped(self) -> bool:
        """True where somebody stopped it."""
        return self.problem is not None and self.problem.get("code") == STOPPED


def _job(row: RowMapping) -> Job:
    return Job(
        row["id"], row["kind"], row["dossier"], json.loads(row["asked"]), row["state"], row["tries"], row["claim"],
        row["done"], row["total"], row["packet"], json.loads(row["problem"]) if row["problem"] else None,
        row["created"], row["ended"],
    )  # fmt: skip


def add(db: Connection, kind: str, dossier: str, asked: JsonMap) -> Job:
    """A new job; the same one again where the dossier has one that asks the same and has not begun."""
    text = json.dumps(asked, sort_keys=True)
    waiting = db.execute(
        select(JOB).where(JOB.c.dossier == dossier, JOB.c.kind == kind, JOB.c.state == "queued", JOB.c.asked == text)
    )
    if (row := waiting.mappings().first()) is not None:
        return _job(row)
    number = new_id()
    db.execute(
        insert(JOB).values(
            id=number, kind=kind, dossier=dossier, asked=text, state="queued", tries=0, claim="", heard=0.0, done=0,
            total=0, packet="", created=time.time(),
        )
    )  # fmt: skip
    found = find(db, number)
    assert found is not None
    return found


def find(db: Connection, number: str) -> Job | None:
    """The job with this id."""
    row = db.execute(select(JOB).where(JOB.c.id == number)).mappings().first()
    return None if row is None else _job(row)


def latest(db: Connection, dossier: str, kind: str) -> Job | None:
    """The job of this kind that was asked for last for a dossier."""
    query = select(JOB).where(JOB.c.dossier == dossier, JOB.c.kind == kind).order_by(JOB.c.created.desc()).limit(1)
    row = db.execute(query).mappings().first()
    return None if row is None else _job(row)


def unended(db: Connection) -> bool:
    """True where a job waits or is being done."""
    return db.execute(select(JOB.c.id).where(JOB.c.state.in_(("queued", "running"))).limit(1)).first() is not None


def stop(db: Connection, number: str) -> bool:
    """End a job that nobody wants any more (`STOPPED`); False where it had ended. Its worker finds out and lets go."""
    row = db.execute(select(JOB).where(JOB.c.id == number).with_for_update()).mappings().first()
    if row is None or _job(row).ended_now:
        return False
    _end(db, number, "failed", problem={"code": STOPPED})
    return True


def note(db: Connection, number: str, asked: JsonMap) -> None:
    """Write down what a job is really made from."""
    db.execute(update(JOB).where(JOB.c.id == number).values(asked=json.dumps(asked, sort_keys=True)))


def asked_of(db: Connection, number: str) -> JsonDict:
    """What a job is made from, as it stands now."""
    found: JsonDict = json.loads(db.execute(select(JOB.c.asked).where(JOB.c.id == number)).scalar_one())
    return found


def claim(db: Connection, worker: str, silence: float, tries: int) -> Job | None:
    """The next job for `worker`, the oldest first: one that waits, or one that was silent for `silence` seconds.

    A job that was begun `tries` times already is failed (`web.job.killed`) and passed over.
    """
    while True:
        late = time.time() - silence
        row = db.execute(
            select(JOB)
            .where(or_(JOB.c.state == "queued", (JOB.c.state == "running") & (JOB.c.heard < late)))
            .order_by(JOB.c.created)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = row.mappings().first()
        if found is None:
            return None
        if found["tries"] >= tries:
            _end(db, found["id"], "failed", problem={"code": "web.job.killed", "tries": found["tries"]})
            continue
        db.execute(
            update(JOB)
            .where(JOB.c.id == found["id"])
            .values(state="running", claim=worker, heard=time.time(), tries=found["tries"] + 1, done=0, total=0)
        )
        return find(db, found["id"])


def hear(db: Connection, number: str, worker: str, done: int, total: int) -> bool:
    """Note that `worker` lives and how far it is; False where the job is not its own any more."""
    heard = db.execute(
        update(JOB)
        .where(JOB.c.id == number, JOB.c.claim == worker, JOB.c.state == "running")
        .values(heard=time.time(), done=done, total=total)
    )
    return heard.rowcount == 1


def finish(db: Connection, number: str, worker: str, *, packet: str = "", problem: JsonMap | None = None) -> bool:
    """End a job, once; False where it is not the worker's own any more."""
    row = db.execute(select(JOB).where(JOB.c.id == number).with_for_update()).mappings().first()
    if row is None or row["claim"] != worker or row["state"] != "running":
        return False
    _end(db, number, "failed" if problem else "done", packet=packet, problem=problem)
    return True


def release(db: Connection, number: str, worker: str) -> None:
    """Give a job back that was begun and is not the worker's fault: the server is being stopped."""
    db.execute(
        update(JOB)
        .where(JOB.c.id == number, JOB.c.claim == worker, JOB.c.state == "running")
        .values(state="queued", claim="", tries=JOB.c.tries - 1)
    )


def _end(db: Connection, number: str, state: str, packet: str = "", problem: JsonMap | None = None) -> None:
    text = json.dumps(problem, ensure_ascii=False) if problem else None
    db.execute(
        update(JOB).where(JOB.c.id == number).values(state=state, packet=packet, problem=text, ended=time.time())
    )
