"""What version 0.2.0 handed out, filled and signed is still read and judged (docs/en/upgrades.md).

The files were made by the code of 0.2.0 and are never made again: `tests/data/0.2.0/README.md`.
"""

from __future__ import annotations

import copy
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import docgen
from docgen.signing.check import Trust
from docgen.signing.keys import load_certificates
from docgen.signing.verify import Asked

DATA = Path(__file__).parent / "data" / "0.2.0"
#: When the packet is judged: twenty days after it was signed.
LATER = datetime.datetime(2022, 1, 9, tzinfo=datetime.UTC)
#: Places that a form had in 0.2.0 and that its source (HD 19 B.III.2) does not have: taken out since.
REMOVED = {"hd19-2024/kb-02a": {"review.grade_civil", "civil.comment", "civil.grade", "signers.manager"}}
#: What a form of another definition may be told of; anything else would be a doubt about a value.
ABOUT_WORDING = {"read.identity.other_definition", "read.fixed.added", "read.fixed.changed", "read.control.unknown"}

FORMS = {
    "kh55-2018/mau-02": "kh55-2018-mau-02",
    "kh55-2018/mau-05": "kh55-2018-mau-05",
    "hd16-2018/mau-02": "hd16-2018-mau-02",
    "hd19-2024/kb-02a": "hd19-2024-kb-02a",
}


def without(record: dict[str, Any], bindings: set[str]) -> tuple[dict[str, Any], set[str]]:
    """The record without these places, and which of them it had."""
    out, had = copy.deepcopy(record), set()
    for binding in bindings:
        root, _, name = binding.partition(".")
        if name in out.get(root, {}):
            had.add(binding)
            del out[root][name]
            if not out[root]:
                del out[root]
    return out, had


@pytest.mark.parametrize("kind", ["handed", "filled", "typed"])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_0_2_0_gives_the_same_values(name: str, kind: str) -> None:
    record = json.loads((DATA / f"{FORMS[name]}.json").read_text(encoding="utf-8"))[kind]
    regulation, form = name.split("/")
    read = docgen.Regulations()[regulation].form(form).read((DATA / f"{FORMS[name]}.{kind}.docx").read_bytes())
    wanted, removed = without(record, REMOVED.get(name, set()))
    assert read.data == wanted
    assert {f.code for f in read.findings} <= ABOUT_WORDING
    assert [f.severity for f in read.findings if f.code == "read.identity.other_definition"] == ["warning"]
    # What today's form has no place for is not lost in silence.
    assert {f.params["tag"] for f in read.findings if f.code == "read.control.unknown"} == removed


@pytest.mark.parametrize("dossier", [None, DATA / "ho-so.json"])
def test_a_packet_that_0_2_0_signed_is_whole_and_waits_for_a_person(dossier: Path | None) -> None:
    """For 0.2.0 it passed. Today every signature passes still, and the packet is `cannot_tell` for one reason only.

    Who must sign is now taken from the regulation's form too (docs/signing.md, "Ai phải ký"), and the form at hand is
    not the one that was used: `form_changed`.
    No revocation list was given: a note, no doubt. With the dossier, its hash is that of the manifest.
    """
    trust = Trust(load_certificates([DATA / "ca.pem"]), moment=LATER)
    verdict = docgen.verify(DATA / "bo-ho-so.zip", Asked(trust, dossier=dossier))
    assert verdict.status == "cannot_tell"
    assert [r.code for r in verdict.reasons] == (["dossier_same"] if dossier else [])
    documents = verdict.documents
    assert [[(r.code, r.weight) for r in d.reasons] for d in documents] == [[("form_changed", "cannot_tell")]] * 4
    signed = [(d.number, s.role, s.status, [r.code for r in s.reasons]) for d in documents for s in d.signatures]
    assert signed == [
        (1, "collective", "passed", ["no_revocation_data"]),
        (2, "author", "passed", ["no_revocation_data"]),
        (2, "cell", "passed", ["no_revocation_data"]),
    ]
    assert [d.state for d in documents] == ["signed", "signed", "draft", "draft"]


def test_the_files_are_small_and_the_page_about_upgrades_names_this_test() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 1_500_000
    page = Path(__file__).parents[1] / "docs" / "en" / "upgrades.md"
    assert page.read_text(encoding="utf-8").count("tests/test_upgrades.py") == 2  # in either language
