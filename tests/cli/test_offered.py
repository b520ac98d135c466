"""What is said to people names only options that they have."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from cli_run import Run

from docgen.cli import COMMANDS, cli, command_named
from docgen.cli.offered import named, offers, options_of
from docgen.i18n import LANGUAGES

LOCALE = Path(__file__).parents[2] / "docgen" / "locale"


def said() -> list[tuple[str, str, str]]:
    """Language, key and words of every message; texts for the help of a command aside."""
    entry = re.compile(r'^msgid "(.*)"\nmsgstr ((?:".*"\n?)+)', re.M)
    found = []
    for lang in LANGUAGES:
        for path in sorted((LOCALE / lang / "LC_MESSAGES").glob("*.po")):
            for key, words in entry.findall(path.read_text(encoding="utf-8")):
                if key and path.stem != "click":
                    found.append((lang, key, "".join(re.findall(r'"(.*)"', words))))
    return found


def test_every_option_that_is_named_is_one() -> None:
    """Alone it is the option of some command; after `docgen NAME` it is one of that command."""
    everything = set().union(*(options_of(c) for c in map(command_named, COMMANDS) if c is not None))
    lost = [(lang, key, f"{name} {option}") for lang, key, words in said() for name, option in named(words)
            if option not in (options_of(c) if (c := command_named(name)) is not None else everything)]  # fmt: skip
    assert lost == []


def test_an_option_that_is_not_there_is_noticed() -> None:
    init = command_named("init")
    assert not offers(init, "Chọn nơi khác, hoặc thêm --overwrite.", command_named)
    assert offers(init, "lấy từ sổ mẫu (docgen init --excel)", command_named)
    assert not offers(init, "docgen init --excel, rồi docgen schema --excel", command_named)
    assert offers(command_named("template"), "nêu rõ bằng --form", command_named)
    assert list(named("docgen sign BỘ --list, --role")) == [("sign", "--list"), ("", "--role")]
    assert list(named("docgen fill a.json --draft")) == [("fill", "--draft")]


def test_a_command_without_overwrite_does_not_offer_it(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "h").code == 0
    ran = run("init", tmp_path / "h")
    assert ran.code == 2
    assert "đã có" in ran.err
    assert "--overwrite" not in ran.err
    assert "→" in ran.err, "there is still a way out"


def test_a_command_with_overwrite_offers_it(run: Run, tmp_path: Path) -> None:
    assert run("blank", "mau-02", "-o", tmp_path / "a.docx").code == 0
    assert "--overwrite" in run("blank", "mau-02", "-o", tmp_path / "a.docx").err


def test_one_form_of_one_member_goes_to_the_file_that_is_named(run: Run, dossier: Path, tmp_path: Path) -> None:
    target = tmp_path / "phat" / "a.docx"
    ran = run("blank", "mau-02", "--dossier", dossier, "--member", "dv-02", "-o", target)
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str(target)
    assert target.is_file()


@pytest.mark.parametrize("more", [["mau-02", "--all-members"], ["--all", "--member", "dv-02"]])
def test_several_forms_are_no_one_file(run: Run, dossier: Path, tmp_path: Path, more: list[str]) -> None:
    ran = run("blank", *more, "--dossier", dossier, "-o", tmp_path / "a.docx")
    assert ran.code == 2
    assert "thư mục" in ran.err
    assert not (tmp_path / "a.docx").exists()


def test_all_forms_are_no_one_file(run: Run, tmp_path: Path) -> None:
    assert run("blank", "--all", "-o", tmp_path / "a.docx").code == 2
    assert not (tmp_path / "a.docx").exists()


def test_a_group_offers_what_its_commands_do() -> None:
    group = command_named("template")
    assert isinstance(group, click.Group)
    assert "--form" in options_of(group)
    assert cli.get_command(click.Context(cli), "no-such-command") is None
