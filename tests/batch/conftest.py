"""Small data files for batches, and a batch run in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batch_samples import FORM, REGULATION, Fill, Records

from docgen.batch import Batch, Summary, run_batch
from docgen.forms.definition import load_form
from docgen.forms.example import sample_record
from docgen.regulations.loader import load_regulation


@pytest.fixture
def records() -> Records:
    """Twelve complete records with ids of their own."""
    regulation = load_regulation(REGULATION)
    text = json.dumps(sample_record(load_form(regulation, FORM)))
    made: Records = [json.loads(text) for _ in range(12)]
    for number, record in enumerate(made, start=1):
        record["id"] = f"dv-{number:02d}"
        record["member"]["full_name"] = f"Nguyễn Văn {number}"
    return made


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Write the records as JSON lines and fill the form for them into `tmp_path/out`."""

    def go(records: Records | str | bytes, suffix: str = ".jsonl", **options: Any) -> Summary:
        source = tmp_path / f"data{suffix}"
        if isinstance(records, list):
            records = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
        source.write_bytes(records.encode() if isinstance(records, str) else records)
        options = {"output": tmp_path / "out", "jobs": 1, **options}
        return run_batch(Batch(REGULATION, FORM, source, **options))

    return go
