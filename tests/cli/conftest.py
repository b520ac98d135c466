"""Running the console script inside the test: exit code, stdout, stderr."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cli_run import Ran, Run

from docgen import cli
from docgen.dossier.sample import sample_dossier


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def go(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["docgen", *map(str, arguments)])
        monkeypatch.setattr(cli, "HELP_LANGUAGE", "en" if "en" in arguments else "vi")
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as done:
            code = int(done.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return go


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """The sample dossier, cut to three members."""
    data = sample_dossier("kh55-2018")
    data["members"] = data["members"][:3]
    data.pop("ballots", None)
    for member in data["members"]:
        member.pop("votes", None)
    path = tmp_path / "ho-so.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
