"""The command line as its users meet it: results on stdout, messages on stderr, exit codes that mean something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_run import Run

from docgen import cli
from docgen.cli import COMMANDS
from docgen.word.after.written import paragraphs


def edit(dossier: Path, **changes: object) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data.update(changes)
    dossier.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.out


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_a_help(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert "cli.help" not in done.out


def test_a_misspelt_command_is_answered_with_the_nearest(run: Run) -> None:
    done = run("pakcet")
    assert (done.code, done.out) == (2, "")
    assert "'packet'" in done.err


def test_english_is_there_too(run: Run, dossier: Path) -> None:
    edit(dossier, colour="red")
    vietnamese = run("validate", dossier)
    english = run("--lang", "en", "validate", dossier)
    assert vietnamese.code == english.code == 1
    assert "lỗi" in vietnamese.out.lower()
    assert "error" in english.out.lower()
    assert "lỗi" not in english.out.lower()


def test_regulations_and_forms(run: Run) -> None:
    names = [r["regulation"] for r in run("regulations", "--json").json]
    assert {"hd16-2018", "kh55-2018"} <= set(names)
    forms = run("forms", "-r", "kh55-2018", "--json").json
    assert "mau-03b" in {f["form"] for f in forms}
    assert all(f["basis"] for f in forms if f["status"] == "reconstructed")


def test_schema_is_json_schema(run: Run) -> None:
    schema = run("schema", "mau-05", "--regulation", "hd16-2018").json
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False
    assert run("schema").json["title"].startswith("Hồ sơ")


def test_unknown_names_are_usage_errors(run: Run) -> None:
    done = run("schema", "kh55-2018/mau-99")
    assert (done.code, done.out) == (2, "")
    assert "mau-99" in done.err
    assert "mau-05" in done.err
    assert run("schema", "mau-05", "-r", "kh-99").code == 2


def test_blank_forms_of_all_regulations(run: Run, tmp_path: Path) -> None:
    done = run("blank", "--all", "-o", tmp_path / "b")
    assert done.code == 0
    assert (tmp_path / "b" / "kh55-2018" / "mau-03a.docx").is_file()
    assert len(done.out.split()) == len(list((tmp_path / "b").rglob("*.docx")))


def test_blank_forms_carry_what_is_known(run: Run, tmp_path: Path, dossier: Path) -> None:
    done = run("blank", "mau-02", "--dossier", dossier, "--all-members", "-o", tmp_path / "b")
    assert done.code == 0
    page = paragraphs((tmp_path / "b" / "mau-02-dv-02.docx").read_bytes())
    assert any("Trần Thị B" in text for text in page)
    assert any("…………" in text for text in page)
    assert run("blank", "mau-02", "--dossier", dossier, "--member", "dv-77", "-o", tmp_path / "b").code == 2


def test_an_existing_file_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.docx"
    target.write_bytes(b"mine")
    done = run("blank", "kh55-2018/mau-05", "-o", target)
    assert done.code == 2
    assert "--overwrite" in done.err
    assert target.read_bytes() == b"mine"
    assert run("blank", "kh55-2018/mau-05", "-o", target, "--overwrite").code == 0


def test_fill_from_the_example(run: Run, tmp_path: Path) -> None:
    example = run("fill", "mau-05", "--regulation", "hd16-2018", "--example")
    record = example.json
    source = tmp_path / "d.jsonl"
    source.write_text(example.out + example.out.replace(record["id"], "thu-2"), encoding="utf-8")
    done = run("fill", "mau-05", "--regulation", "hd16-2018", "--data", source, "-o", tmp_path / "o")
    assert done.code == 0, done.err
    assert {p.name for p in (tmp_path / "o").glob("*.docx")} == {f"{record['id']}.docx", "thu-2.docx"}


def test_a_bad_record_is_reported_and_the_rest_is_made(run: Run, tmp_path: Path) -> None:
    record = run("fill", "mau-05", "-r", "hd16-2018", "--example").out
    source = tmp_path / "d.jsonl"
    source.write_text(record + "{oops\n" + '{"id": "hai", "member": {"full_name": 7}}\n', encoding="utf-8")
    done = run("fill", "mau-05", "-r", "hd16-2018", "--data", source, "-o", tmp_path / "o")
    assert done.code == 3
    assert len(list((tmp_path / "o").glob("*.docx"))) == 1
    assert "dòng 2" in done.err
    assert "dòng 3" in done.err


def test_grades_of_a_dossier(run: Run, dossier: Path) -> None:
    board = run("grade", dossier, "--json").json
    ids = [row["id"] for row in board["rows"]]
    assert ids == ["dv-01", "dv-02", "dv-03", "party_organization", "collective", "dv-01.can_bo"]
    text = run("grade", dossier).out
    assert "KH 55 II.B.2.3.1" in text


def test_write_fills_only_what_nobody_entered(run: Run, dossier: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data["members"][0]["cell"].pop("grade")
    data["members"][1]["cell"]["grade"] = "HTNV"
    edit(dossier, members=data["members"])
    done = run("grade", dossier, "--write")
    after = json.loads(dossier.read_text(encoding="utf-8"))
    assert done.code == 0
    assert after["members"][0]["cell"]["grade"] == "HTTNV"
    assert after["members"][1]["cell"]["grade"] == "HTNV"


def test_write_finds_a_member_however_the_id_was_typed(run: Run, dossier: Path) -> None:
    data = json.loads(dossier.read_text(encoding="utf-8"))
    data["members"][0]["cell"].pop("grade")
    data["members"][0]["id"] = " dv-01 "
    edit(dossier, members=data["members"])
    assert run("grade", dossier, "--write").code == 0
    assert json.loads(dossier.read_text(encoding="utf-8"))["members"][0]["cell"]["grade"] == "HTTNV"


def test_grade_facts_line_by_line(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "f.jsonl"
    case = {"id": "a", "pack": "hd16-2018", "subject": "cohort", "facts": {"cohort_kind": "dang_vien", "n_good": 14}}
    facts.write_text(json.dumps(case) + "\n", encoding="utf-8")
    done = run("grade", "--facts", facts, "--json")
    answer = json.loads(done.out)
    assert (answer["id"], answer["max_excellent"], answer["needs_human"]) == ("a", 2, [])


def test_packet(run: Run, dossier: Path, tmp_path: Path) -> None:
    done = run("packet", dossier, "-o", tmp_path / "p")
    assert done.code == 0, done.err
    assert (tmp_path / "p" / "manifest.json").is_file()
    again = run("packet", dossier, "-o", tmp_path / "p")
    assert again.code == 2
    assert "--overwrite" in again.err


def test_packet_refuses_a_faulty_dossier(run: Run, dossier: Path, tmp_path: Path) -> None:
    edit(dossier, colour="red")
    done = run("packet", dossier, "-o", tmp_path / "p")
    assert done.code == 1
    assert not (tmp_path / "p").exists()
    assert "colour" in done.err
    assert run("packet", dossier, "-o", tmp_path / "p", "--draft").code == 0


BROKEN = {
    "broken.json": b'{"regulation": "kh55-2018",\n  "period": {]}',
    "utf16.json": '{"regulation": "kh55-2018"}'.encode("utf-16"),
    "list.json": b"[1, 2]",
    "empty.json": b"",
    "binary.json": bytes(range(256)),
    "deep.json": b"[" * 100_000,
    "twice.json": b'{"regulation": "kh55-2018", "regulation": "hd16-2018"}',
}


@pytest.mark.parametrize("name", list(BROKEN))
@pytest.mark.parametrize("command", ["validate", "grade", "packet"])
def test_a_broken_file_gives_one_clear_report(run: Run, tmp_path: Path, name: str, command: str) -> None:
    path = tmp_path / name
    path.write_bytes(BROKEN[name])
    more = ["-o", tmp_path / "p"] if command == "packet" else []
    done = run(command, path, *more)
    assert done.code == 1, done
    assert "Traceback" not in done.err
    assert name in done.out + done.err
    assert not (tmp_path / "p").exists()


def test_an_unforeseen_fault_shows_no_data(run: Run, dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise ValueError("Nguyễn Văn A")

    monkeypatch.setattr("docgen.pipeline.check_dossier", fail)
    monkeypatch.delenv("DOCGEN_DEBUG", raising=False)
    done = run("grade", dossier)
    assert done.code == 5
    assert "ValueError" in done.err
    assert "Nguyễn" not in done.err


def test_help_imports_little() -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.argv=['docgen','--help']\nfrom docgen.cli import cli\ntry: cli.main(standalone_mode=False)\n"
        "except SystemExit: pass\nprint(sorted(m for m in sys.modules if m.split('.')[0] in "
        "('lxml','docx','docxtpl','jinja2','babel','yaml','jsonschema_rs','holidays','pikepdf')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_the_error_path_of_main_is_one(run: Run) -> None:
    assert cli.main.__module__ == "docgen.cli"
    done = run("validate", "/khong/co/tep.json")
    assert done.code == 2
