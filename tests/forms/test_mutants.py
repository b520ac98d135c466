"""A short form of `tools/fuzz_forms.py`: whatever stands in a returned form, the answer is findings."""

from __future__ import annotations

import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import form_mutants
import fuzz_forms

from docgen.dossier.sample import sample_dossier

KINDS = sorted(form_mutants.CHANGES)


@cache
def source(regulation: str, form: str) -> tuple[bytes, dict[str, Any]]:
    return fuzz_forms.filled(regulation, form), sample_dossier(regulation)


def test_there_are_fourteen_kinds_of_change_and_each_changes_something() -> None:
    assert len(KINDS) == 14
    content = form_mutants.parts_of(source("kh55-2018", "mau-05")[0])["word/document.xml"]
    same = form_mutants.changed_xml(content, (), lambda n: 0)
    for kind in KINDS:
        made = {form_mutants.changed_xml(content, (kind,), random.Random(seed).randrange) for seed in range(5)}
        assert made - {same}, kind


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_one_kind_of_change_is_no_fault(kind: str, data: st.DataObject) -> None:
    docx, dossier = source("kh55-2018", "mau-06")
    parts = form_mutants.parts_of(docx)

    def pick(n: int) -> int:
        return data.draw(st.integers(0, n - 1))

    times = data.draw(st.sampled_from([1, 2, 5]))
    parts["word/document.xml"] = form_mutants.changed_xml(parts["word/document.xml"], (kind,) * times, pick)
    fuzz_forms.use(form_mutants.package(parts), dossier)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_changes_are_no_fault(data: st.DataObject) -> None:
    regulation, form = data.draw(st.sampled_from(fuzz_forms.FORMS))
    docx, dossier = source(regulation, form)
    made, _ = form_mutants.mutant(docx, lambda n: data.draw(st.integers(0, n - 1)))
    fuzz_forms.use(made, dossier)


def test_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    docx, dossier = source("kh55-2018", "mau-05")
    assert fuzz_forms.run_one(docx, dossier, 10, 700)[0] == "read"
    assert fuzz_forms.run_one(b"PK", dossier, 10, 700)[0] == "refused"

    def broken(*_: object) -> list[str]:
        raise OverflowError("int too large to convert to float")

    def greedy(*_: object) -> list[str]:
        return ["x" * (2000 << 20)]

    def endless(*_: object) -> list[str]:
        while True:
            pass

    for wrong, outcome in ((broken, "fault"), (greedy, "memory"), (endless, "time")):
        monkeypatch.setattr(fuzz_forms, "use", wrong)
        assert fuzz_forms.run_one(docx, dossier, 1, 500)[0] == outcome
