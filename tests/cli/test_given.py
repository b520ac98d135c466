"""What is neither a file nor a folder is named, at once; what steers a terminal is spelled out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.cli import cli
from docgen.errors import InputError
from docgen.i18n import message, shown
from docgen.pdf.files import find_jobs

COMMANDS = [
    ["validate", "X"], ["grade", "X"], ["grade", "--facts", "X"], ["tally", "X"], ["packet", "X"],
    ["packet", "--data", "X"], ["read", "X"], ["open", "X"], ["verify", "X"], ["verify", ".", "--trust", "X"],
    ["verify", ".", "--crl", "X"], ["pdf", "X"], ["fill", "mau-02", "X"], ["fill", "mau-02", "--data", "X"],
    ["sign", ".", "--import", "X"], ["template", "check", "X"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, arguments: list[str], kind: str) -> None:
    path = tmp_path / "a.docx"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null")  # /dev/zero would never end, were it read
    result = CliRunner().invoke(cli, [str(path) if part == "X" else part for part in arguments])
    assert result.exit_code == 2, result.output
    assert "ống hay thiết bị" in " ".join(result.output.split())


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/null")], ids=["pipe", "device"])
def test_nor_in_a_folder_of_word_files(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "a.docx")
    with pytest.raises(InputError, match="no_file"):
        list(find_jobs([tmp_path], tmp_path / "out"))


def test_what_steers_a_terminal_is_spelled_out() -> None:
    assert shown("Lê\x1b[2J Cẩn\nĐẠT\u202e\x9b") == "Lê\\x1b[2J Cẩn\\nĐẠT\\u202e\\x9b"
    text = message("signing.reason.file_extra", "vi", file="a\x1b[2Jb")
    assert "\x1b" not in text
    assert "\\x1b" in text
