"""Many threads, mixed calls, two languages: does each kind of call have exactly one answer?

    python -m tools.threads [--seconds 60] [--threads 8]

What a server does, through the public names: check a dossier, grade it, fill a form, read one, make a packet, each in
both languages, while somebody lets the regulations be read anew. Ends with 1 where a kind of call gave two answers, or
raised.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import docgen
from docgen.dossier.sample import sample_dossier

LANGUAGES = ("vi", "en")
#: A regulation without scores and one with them; a form of each.
FORMS = {"kh55-2018": "mau-05", "hd43-2025": "mau-02b"}
#: After so many calls of one thread the regulations are read anew.
RELOAD = 10

Call = Callable[[], object]


def calls(regulations: docgen.Regulations) -> dict[str, Call]:
    """The kinds of calls by name; each gives an answer that must always be the same."""
    out: dict[str, Call] = {}
    for regulation, form in FORMS.items():
        # One member has a mistake, so that there is something to say.
        data = sample_dossier(regulation, members=2)
        sound = json.dumps(data, ensure_ascii=False).encode()
        data["members"][0]["member"]["full_nam"] = "Nguyễn Văn A"
        faulty = json.dumps(data, ensure_ascii=False).encode()
        first = regulations[regulation].form(form)
        record, page = first.example(), first.fill(first.example())
        for language in LANGUAGES:
            kinds = {
                "check": _check(faulty, language, regulations),
                "grade": _grade(sound, language, regulations),
                "fill": _fill(regulations, regulation, form, record, language),
                "read": _read(regulations, regulation, form, page, language),
                "packet": _packet(sound, language, regulations),
            }
            out |= {f"{name} {regulation} {language}": call for name, call in kinds.items()}
    return out


def _words(findings: list[docgen.Finding], language: str) -> list[dict[str, Any]]:
    return [finding.as_json(language) for finding in findings]


def _check(content: bytes, language: str, regulations: docgen.Regulations) -> Call:
    def check() -> object:
        dossier, findings = docgen.load_dossier(content, regulations=regulations)
        assert dossier is not None
        return _words([*findings, *docgen.validate(dossier, regulations=regulations)], language)

    return check


def _grade(content: bytes, language: str, regulations: docgen.Regulations) -> Call:
    def grade() -> object:
        dossier, _ = docgen.load_dossier(content, regulations=regulations)
        assert dossier is not None
        board = docgen.grade(dossier, regulations=regulations)
        return [(row.id, row.grade, [r.text(language) for r in row.proposal.reasons]) for row in board.rows]

    return grade


def _fill(regulations: docgen.Regulations, regulation: str, form: str, record: dict[str, Any], language: str) -> Call:
    def fill() -> object:
        chosen = regulations[regulation].form(form)
        wrong = _words(chosen.check(record | {"stranger": 1}), language)
        return chosen.fill(record), wrong

    return fill


def _read(regulations: docgen.Regulations, regulation: str, form: str, page: bytes, language: str) -> Call:
    def read() -> object:
        result = regulations[regulation].form(form).read(page)
        return json.dumps(result.data, sort_keys=True), _words(result.findings, language)

    return read


def _packet(content: bytes, language: str, regulations: docgen.Regulations) -> Call:
    def packet() -> object:
        out = io.BytesIO()
        _, checked = docgen.build_packet(content, out, regulations=regulations)
        return out.getvalue(), _words(checked.findings, language)

    return packet


def fingerprint(answer: object) -> str:
    """What stands for an answer."""
    return hashlib.sha256(repr(answer).encode()).hexdigest()[:12]


@dataclass(slots=True)
class Answers:
    """What the threads got: by kind of call, how often each answer came; and what was raised."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    raised: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many calls were answered."""
        return sum(sum(found.values()) for found in self.counts.values())

    def problems(self, kinds: dict[str, Call]) -> list[str]:
        """Kinds of calls without exactly one answer, and what was raised."""
        several = [f"{kind}: {len(self.counts[kind])} answers" for kind in kinds if len(self.counts[kind]) != 1]
        return [*several, *self.raised]


def run(threads: int, until: Callable[[int], bool], kinds: dict[str, Call], reload: Callable[[], None]) -> Answers:
    """Let `threads` call the kinds by turns, each in an order of its own, until `until(calls of this thread)`."""
    answers, lock = Answers(), threading.Lock()
    start = threading.Barrier(threads)

    def work(number: int) -> None:
        chance = random.Random(number)
        turn: list[str] = []
        done = 0
        start.wait()
        while not until(done):
            if not turn:
                turn = sorted(kinds)
                chance.shuffle(turn)
            kind = turn.pop()
            try:
                answer = fingerprint(kinds[kind]())
            except Exception as fault:
                with lock:
                    answers.raised.append(f"{kind}: {fault!r}")
                continue
            finally:
                done += 1
            with lock:
                answers.counts[kind][answer] += 1
            if done % RELOAD == 0 and number == 0:
                reload()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return answers


def main() -> int:
    """Run and print; ends with 1 where a kind of call has not exactly one answer."""
    parser = argparse.ArgumentParser(prog="python -m tools.threads", description="One answer a kind, in many threads.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    regulations = docgen.Regulations()
    kinds = calls(regulations)
    end = time.monotonic() + options.seconds
    answers = run(options.threads, lambda done: time.monotonic() > end, kinds, regulations.reload)
    for kind in kinds:
        found = answers.counts[kind]
        print(f"{kind:28} {sum(found.values()):6} calls  {len(found)} answer(s)")
    problems = answers.problems(kinds)
    print(f"{answers.calls} calls, {options.threads} threads, {options.seconds:.0f} s: {len(problems)} problem(s)")
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
