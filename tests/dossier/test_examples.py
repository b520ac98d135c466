"""The examples: the sample is what `init` writes, the faulty dossier shows what its README says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docgen.dossier import load_dossier
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import load_regulation
from docgen.validation import render_text, validate_dossier

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_sample_is_what_init_writes() -> None:
    text = (EXAMPLES / "ho-so-mau.json").read_text("utf-8")
    assert json.loads(text) == sample_dossier("kh55-2018")


def test_faulty_dossier_shows_each_fault_of_the_readme() -> None:
    dossier, _ = load_dossier(EXAMPLES / "ho-so-loi.json")
    assert dossier is not None
    findings = validate_dossier(dossier, load_regulation(dossier.regulation))
    table = (EXAMPLES / "README.md").read_text("utf-8").rpartition("| Ở đâu |")[2]
    assert {f.code for f in findings} == set(re.findall(r"`((?:dossier|validation)\.[a-z_.]+)`", table))
    for language in ("vi", "en"):
        assert not re.search(r"(?:dossier|validation)\.[a-z]+\.[a-z_]+ \{", render_text(findings, language))
