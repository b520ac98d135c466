"""docgen in a program that runs for long: many threads get one answer, memory does not grow.

The long runs are `python -m tools.threads` and `python -m tools.steady_memory`; these are short ones of the same.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

import docgen
from docgen.owner import Owner
from tools.steady_memory import BLOCKS_A_CALL, measure
from tools.threads import FORMS, LANGUAGES, Call, calls, run

THREADS, EACH = 8, 25


@pytest.fixture(scope="module")
def regulations() -> docgen.Regulations:
    return docgen.Regulations()


@pytest.fixture(scope="module")
def kinds(regulations: docgen.Regulations) -> dict[str, Call]:
    return calls(regulations)


def test_mixed_calls_of_many_threads_have_one_answer_a_kind(
    kinds: dict[str, Call], regulations: docgen.Regulations
) -> None:
    answers = run(THREADS, lambda done: done >= EACH, kinds, regulations.reload)
    assert answers.problems(kinds) == []
    assert answers.calls == THREADS * EACH
    for regulation in FORMS:  # and the two languages are two
        for kind in ("check", "grade"):
            said = [set(answers.counts[f"{kind} {regulation} {language}"]) for language in LANGUAGES]
            assert said[0] != said[1]


def test_a_second_answer_and_a_fault_are_noticed() -> None:
    number = itertools.count()

    def fails() -> object:
        raise ValueError(threading.active_count())

    found = run(2, lambda done: done >= 30, {"changing": lambda: next(number), "fails": fails}, lambda: None)
    assert found.problems({"changing": fails, "fails": fails})[0].startswith("changing: ")
    assert len(found.raised) > 1


def test_memory_does_not_grow_with_calls_and_reloads(kinds: dict[str, Call], regulations: docgen.Regulations) -> None:
    found = measure(2 * len(kinds), kinds, regulations.reload, warm_up=2 * len(kinds))
    assert found.blocks_a_call <= BLOCKS_A_CALL


def test_what_is_kept_for_every_call_is_noticed(regulations: docgen.Regulations) -> None:
    """A cache by identity, as there once were many, keeps every regulation that was ever loaded."""
    kept: dict[int, Any] = {}

    def leaking() -> object:
        owner: Owner = regulations["kh55-2018"].data
        return kept.setdefault(id(owner), owner)

    assert measure(5, {"leaking": leaking}, regulations.reload, warm_up=2).blocks_a_call > 50 * BLOCKS_A_CALL
