"""A form named without its regulation: the one in force where it has such a form, else the one everybody means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_run import Run


@pytest.mark.parametrize(
    ("form", "regulation"), [("mau-02a", "hd43-2025"), ("mau-02", "kh55-2018"), ("mau-05", "kh55-2018")]
)
def test_the_form_tells_its_regulation(run: Run, form: str, regulation: str) -> None:
    done = run("schema", form)
    assert done.code == 0, done.err
    assert json.dumps(json.loads(done.out)) == json.dumps(json.loads(run("schema", f"{regulation}/{form}").out))


def test_a_form_of_no_regulation_is_told(run: Run, tmp_path: Path) -> None:
    done = run("blank", "mau-99", "-o", tmp_path)
    assert done.code == 2
    assert "mau-99" in done.err
