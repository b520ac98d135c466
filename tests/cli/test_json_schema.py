"""What every `--json` prints is described by `docs/json/output.schema.json`, and holds to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import jsonschema
import pytest
from cli_run import Run
from click.testing import CliRunner
from referencing import Registry, Resource

from docgen.cli import COMMANDS, cli

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "docs" / "json" / "output.schema.json").read_text(encoding="utf-8"))
REGISTRY: Any = Registry().with_resource(SCHEMA["$id"], Resource.from_contents(SCHEMA))
BROKEN = str(ROOT / "examples" / "ho-so-loi.json")


def faults(command: str, value: Any) -> list[str]:
    """What of `value` is not as `command` is described."""
    reference = {"$ref": f"{SCHEMA['$id']}#/$defs/{quote(command)}"}
    found = jsonschema.Draft202012Validator(reference, registry=REGISTRY).iter_errors(value)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in found]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample dossier, facts, a form that came back, and a packet."""
    folder = tmp_path_factory.mktemp("json")
    run = CliRunner()
    for arguments in (
        ["init", str(folder / "hs"), "-r", "khbvp-2021"],
        ["blank", "mau-02", "-r", "kh55-2018", "-o", str(folder / "mau-02.docx")],
        ["packet", str(folder / "hs" / "ho-so.json"), "-o", str(folder / "bo")],
    ):
        done = run.invoke(cli, arguments)
        assert done.exit_code == 0, done.output
    rows = [
        {"id": "a", "regulation": "kh55-2018", "subject": "dang_vien", "facts": {"gpa": "hai"}},
        {"id": "b", "regulation": "hd16-2018", "subject": "cohort", "facts": {"cohort_kind": "dang_vien", "n_good": 9}},
        {"id": "c"},
    ]
    (folder / "facts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    record = {"id": "r1", "member": {"full_name": "Nguyễn Văn A"}}
    (folder / "records.jsonl").write_text(json.dumps(record), encoding="utf-8")
    return folder


#: Command as it is named in the schema -> what is run (`{}`: the folder).
RUNS = {
    "validate": ["validate", BROKEN],
    "template check": ["template", "check", "{}/mau-02.docx", "--form", "mau-02", "-r", "kh55-2018"],
    "grade": ["grade", "{}/hs/ho-so.json"],
    "tally": ["tally", "{}/hs/ho-so.json"],
    "status": ["status", "{}/hs/ho-so.json"],
    "calendar": ["calendar", "{}/hs/ho-so.json"],
    "read": ["read", "{}/mau-02.docx"],
    "convert": ["convert", "{}/hs/ho-so.json", "{}/hs/so.xlsx"],
    "regulations": ["regulations", "--regulations", str(ROOT / "examples" / "don-vi" / "van-ban")],
    "regulations --check": ["regulations", "--check", "khbvp-2021"],
    "forms": ["forms"],
    "doctor": ["doctor"],
    "packet": ["packet", "{}/hs/ho-so.json", "-o", "{}/bo-2"],
    "packet (many)": ["packet", "{}/hs/ho-so.json", BROKEN, "-o", "{}/nhieu", "--jobs", "1"],
    "fill": ["fill", "mau-02", "{}/records.jsonl", "-r", "kh55-2018", "-o", "{}/dien", "--jobs", "1"],
    "open": ["open", "{}/bo"],
    "sign --list": ["sign", "--list", "{}/bo"],
    "verify": ["verify", "{}/bo"],
    "pdf": ["pdf", "{}/mau-02.docx", "-o", "{}/pdf", "--engine", "rdocx"],
}


@pytest.mark.parametrize("command", RUNS)
def test_the_output_is_as_described(place: Path, command: str, run: Run) -> None:
    done = run(*(part.format(place) for part in RUNS[command]), "--json")
    assert done.code in (0, 1, 3), done.err
    value = done.json
    assert value, command
    assert faults(command, value) == []


def test_each_line_of_facts_is_as_described(place: Path, run: Run) -> None:
    done = run("grade", "--facts", place / "facts.jsonl", "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["id"] for line in lines] == ["a", "b", "c"]
    assert [faults("grade --facts", line) for line in lines] == [[], [], []]


def test_what_is_not_as_described_is_noticed() -> None:
    finding = {"code": "a.b", "severity": "error", "file": "", "pointer": "", "source": "", "who": "", "message": "",
               "hint": "", "line": 3}  # fmt: skip
    assert faults("validate", [finding]) == []
    assert faults("validate", [{**finding, "severity": "bad"}]) != []
    assert faults("validate", [{**finding, "row": "3"}]) != []
    assert faults("validate", [{**finding, "more": 1}]) != []
    assert faults("validate", [{key: value for key, value in finding.items() if key != "code"}]) != []


def test_every_command_with_json_is_described() -> None:
    """`sign`, which needs a key and changes a packet, is described, and only its `--list` is run here."""
    group: Any = cli
    context = click.Context(group)
    with_json: set[str] = set()

    def walk(name: str, command: click.Command) -> None:
        if isinstance(command, click.Group):
            for inner, below in command.commands.items():
                walk(f"{name} {inner}", below)
        elif any("--json" in parameter.opts for parameter in command.params):
            with_json.add(name)

    for name in COMMANDS:
        walk(name, group.get_command(context, name))
    assert len(with_json) > 10
    assert with_json - SCHEMA["$defs"].keys() == set()
