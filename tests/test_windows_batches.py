"""The batch files of the folder for Windows, read as cmd reads them: what they say, what they leave when stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cmd_stand_in import Cmd, Run

from tools.windows_zip import PARTS, parts

BATCHES = sorted(PARTS.glob("*.bat"))
#: What a batch file can go on from without asking how it went.
SURE = ("@echo off", "rem ", "setlocal ", "chcp ", "set ", "type ", "echo ", "pause", "exit /b ", "goto ", "if ", ":")
PATHS = r"%(?:~dp0|~1|HERE|SYSTEM|MACHINE|OLD|USERPROFILE|LOCALAPPDATA|ProgramFiles)"
#: What a batch file has Python do.
STEPS = ("kiem-tra.py", "noi-cai.py", "venv", "cai.py", "--version", "mo.py", "sao-luu.py", "dat-lai.py")
CLERKS = ("mo-docgen.bat", "sao-luu.bat", "dat-lai.bat")


def test_every_file_has_the_line_ends_of_windows() -> None:
    for name, content in parts("1.0").items():
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r") > 0, name
        assert content.endswith(b"\r\n"), name


def labels(text: str) -> dict[str, list[str]]:
    """The lines below each label; those above the first one under no name."""
    out: dict[str, list[str]] = {"": []}
    for line in text.splitlines():
        if line.startswith(":"):
            out[line[1:]] = []
        elif line:
            out[list(out)[-1]].append(line)
    return out


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.name)
def test_batch_file(path: Path) -> None:
    text = path.read_bytes().decode("ascii")  # cmd reads labels by byte: words in Vietnamese lie in files beside it
    lines = text.splitlines()
    assert lines[0] == "@echo off"
    assert "setlocal EnableExtensions DisableDelayedExpansion" in lines  # a path may have "!"
    assert "chcp 65001 >nul" in lines
    blocks = labels(text)
    gone_to = set(re.findall(r"goto (\w+)", text))
    assert gone_to == set(blocks) - {""}
    for line in lines:
        # A path with a blank is one word only within quotes, and "C:\\x\\" would escape the quote after it.
        for found in re.finditer(PATHS, line):
            assert line.startswith("rem ") or line[: found.start()].count('"') % 2 == 1, line
        assert '%~dp0"' not in line or line == 'set "HERE=%~dp0"', line
        assert '%~1"' not in line or line.startswith("if ") or "dat-lai.py" in line, line  # a file, not `E:`
        assert not re.search(r"[()]", line) or line.startswith("rem "), line  # a path may have ")"
        assert "errorlevel 1" not in line.lower(), line  # is not true of the negative codes of a crash
        # `python` alone may be a batch file, which would end this one.
        assert not re.search(r"(?:^|=)(?:py|python)(?: |$)", line), line
        assert not re.search(r"\d>", line.replace("2>nul", "")), line  # `echo 1>file` is a redirection of handle 1
    for shown in re.findall(r'type "%SYSTEM%\\([^"]+)"', text):
        assert (PARTS / "he-thong" / shown).is_file(), shown
    for called in re.findall(r'"%SYSTEM%\\([^"]+\.py)"', text):
        assert (PARTS / "he-thong" / called).is_file(), called


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.name)
def test_a_batch_file_that_stops_says_why_and_waits(path: Path) -> None:
    text = path.read_text(encoding="ascii")
    lines = [line for line in text.splitlines() if line and not line.startswith("rem ")]
    stops = 0
    for name, block in labels(text).items():
        if "exit /b 1" in block:
            stops += 1
            assert any(line.startswith(("type ", "echo ")) for line in block), name
            assert block[-2:] == ["pause", "exit /b 1"], name
    assert stops >= 4
    assert lines[-1] == "exit /b 1"
    # Nothing falls from one way to stop into the next.
    for line, after in zip(lines, [*lines[1:], ":"], strict=True):
        if line.startswith("exit /b "):
            assert after.startswith(":"), line
        if not line.lower().startswith(SURE) and not line.startswith(("rmdir ", "ren ")):
            assert after.startswith(('if "%ERRORLEVEL%"=="0" goto ', 'if not "%ERRORLEVEL%"=="0" goto ')), line
        if line.startswith(("rmdir ", "ren ")):
            assert after.startswith("if "), line


def test_what_the_reading_of_batch_files_would_catch(tmp_path: Path) -> None:
    good = (PARTS / "mo-docgen.bat").read_text(encoding="ascii")
    for what, instead in (
        ('"%SYSTEM%\\da-dung.txt"', "%SYSTEM%\\da-dung.txt"), ("goto stopped", "goto halted"),
        ('set "MACHINE=%~dp0may"', 'cd "%~dp0"'), ("rem Opens", "rem Mở"), ("da-dung.txt", "not-there.txt"),
        ('"%MACHINE%\\Scripts\\python.exe" "%SYSTEM%\\mo.py"', "python mo.py"), ("pause", "echo 1>x"),
    ):  # fmt: skip
        assert what in good
        (tmp_path / "x.bat").write_text(good.replace(what, instead), encoding="utf-8")
        with pytest.raises((AssertionError, UnicodeDecodeError)):
            test_batch_file(tmp_path / "x.bat")
    for what, instead in (("pause\n", ""), ('if not "%ERRORLEVEL%"=="0" goto stopped\n', "")):
        (tmp_path / "x.bat").write_text(good.replace(what, instead), encoding="utf-8")
        with pytest.raises(AssertionError):
            test_a_batch_file_that_stops_says_why_and_waits(tmp_path / "x.bat")


def test_words_are_shown_and_no_file_of_words_is_left_over() -> None:
    batches = "".join(path.read_text(encoding="ascii") for path in BATCHES)
    for path in (PARTS / "he-thong").iterdir():
        if path.suffix == ".txt":
            assert path.name in batches, path.name
            assert not path.read_bytes().startswith(b"\xef\xbb\xbf")  # `type` would show the mark


def test_the_guide_names_no_folder_twice() -> None:
    """One place for the program, another for the data: whoever deletes the one keeps the other."""
    texts = [path.read_text(encoding="utf-8") for path in (PARTS / "he-thong").glob("*.txt")]
    texts.append((PARTS / "HUONG-DAN.html").read_text(encoding="utf-8"))
    places = {place for text in texts for place in re.findall(r"C:\\Users\\\(tên của bạn\)\\([\w-]+)", text)}
    assert places == {"docgen-chuong-trinh", "docgen-du-lieu"}
    assert not any("thư mục người dùng của mình" in text for text in texts)


# --- run by a stand-in for cmd ---------------------------------------------------------------------------------------


class Office:
    """A PC with the folder unzipped, and a Python that does what the test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "docgen-chuong-trinh (1)"
        for name, content in parts("1.0").items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.replace(b"\r\n", b"\n"))
        (self.folder / "wheels").mkdir()
        self.found = "py.exe"
        self.codes: dict[str, int] = {}
        self.stop_at = ""
        self.made = 0
        self.cmd = Cmd(self.program, {"LOCALAPPDATA": "C:\\nobody", "ProgramFiles": "C:\\Program Files"})

    @property
    def machine(self) -> Path:
        return self.folder / "may"

    def program(self, words: list[str]) -> int:
        step = next((name for name in STEPS if any(word.endswith(name) for word in words[1:])), "?")
        if step == self.stop_at:
            raise KeyboardInterrupt
        if step == "kiem-tra.py":
            assert words[-1] == "3.13"
            return 0 if self.found in words[0] or str(self.machine) in words[0].replace("\\", "/") else 9009
        if step == "venv":
            assert not self.machine.exists()
            self.made += 1
            (self.machine / "Scripts").mkdir(parents=True)
            (self.machine / "bản").write_text(str(self.made), encoding="utf-8")
        return self.codes.get(step, 0)

    def install(self) -> Run:
        return self.cmd.run(self.folder / "cai-dat.bat")

    def opened(self) -> Run:
        return self.cmd.run(self.folder / "mo-docgen.bat")

    def which(self) -> str:
        """Which of the installations is there, whole."""
        return (self.machine / "bản").read_text(encoding="utf-8") if (self.machine / "xong").exists() else ""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_installed_and_opened(office: Office) -> None:
    assert "chưa được cài" in office.opened().shown[0]
    done = office.install()
    assert (done.code, office.which()) == (0, "1")
    assert "Đã cài xong" in done.shown[-2]
    opened = office.opened()
    assert (opened.code, opened.programs[-1][1].rpartition("\\")[2]) == (0, "mo.py")
    assert "ĐỪNG BẤM CHUỘT" in opened.shown[0].strip().splitlines()[0]
    assert office.install().code == 0  # once more: the new one takes the place of the old one
    assert office.which() == "2"
    assert not (office.folder / "may-cu").exists()


@pytest.mark.parametrize("step", ["venv", "cai.py", "--version"])
def test_an_install_that_fails_leaves_the_earlier_one(office: Office, step: str) -> None:
    office.install()
    office.codes[step] = -1073741819  # as of a crash
    failed = office.install()
    assert (failed.code, office.which()) == (1, "1")
    assert "còn nguyên" in failed.shown[-2]
    assert not (office.folder / "may-cu").exists()


@pytest.mark.parametrize("step", ["venv", "cai.py", "--version"])
@pytest.mark.parametrize("before", [True, False])
def test_an_install_that_is_stopped_is_noticed_and_made_good(office: Office, step: str, before: bool) -> None:
    """The window closed, the power gone: `may` without its mark is no docgen, and the next run begins afresh."""
    if before:
        office.install()
    office.stop_at = step
    with pytest.raises(KeyboardInterrupt):
        office.install()
    for name in CLERKS:
        done = office.cmd.run(office.folder / name, "C:\\x.zip")
        assert (done.code, "dừng giữa chừng" in done.shown[0]) == (1, True), name
    office.stop_at = ""
    office.codes["cai.py"] = 1
    assert office.install().code == 1
    assert office.which() == ("1" if before else "")  # the earlier one came back
    office.codes.clear()
    assert office.install().code == 0
    assert office.which() == str(office.made)
    assert not (office.folder / "may-cu").exists()


def test_nothing_is_deleted_while_docgen_is_open(office: Office) -> None:
    office.install()
    office.cmd.busy.add(office.machine)
    done = office.install()
    assert (done.code, office.which()) == (1, "1")
    assert "Chưa có gì bị xóa" in done.shown[-2]
    assert not any("venv" in words for words in done.programs)


@pytest.mark.parametrize("place", ["py.exe", "python.exe", "C:\\nobody\\Programs\\Python\\Python313\\python.exe",
                                   "C:\\nobody\\Python\\pythoncore-3.13-64\\python.exe",
                                   "C:\\Program Files\\Python313\\python.exe"])  # fmt: skip
def test_python_is_found_wherever_its_installers_put_it(office: Office, place: str) -> None:
    office.found = place
    done = office.install()
    assert (done.code, office.which()) == (0, "1")
    assert next(words for words in done.programs if "venv" in words)[0] == place


def test_no_python_the_wrong_place_a_share(office: Office) -> None:
    office.found = "nowhere"
    done = office.install()
    assert done.code == 1
    assert "Python 3.13.14" in done.shown[0]
    office.found = "py.exe"
    office.codes["noi-cai.py"] = 1
    assert office.install().code == 1
    assert not office.machine.exists()


def test_python_that_went_away_is_said_to_be_gone(office: Office) -> None:
    office.install()
    office.codes = {}
    real = office.program
    office.cmd.program = lambda words: 103 if words[1].endswith("kiem-tra.py") else real(words)
    for name in CLERKS:
        done = office.cmd.run(office.folder / name, "C:\\x.zip")
        assert done.code == 1
        assert "Không chạy được Python 3.13" in done.shown[0]


@pytest.mark.parametrize("name", CLERKS)
def test_a_copy_on_the_desktop_says_how_to_do_it(office: Office, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text((office.folder / name).read_text(encoding="ascii"), encoding="ascii")
    done = office.cmd.run(tmp_path / name)
    assert done.code == 1
    assert "Send to" in done.shown[1]


def test_what_is_dropped_on_a_batch_file_is_handed_on(office: Office) -> None:
    office.install()
    run: Callable[..., Run] = office.cmd.run
    saved = [run(office.folder / "sao-luu.bat", *given).programs[-1][2:] for given in ((), ("E:\\",), ("C:\\Sao lưu",))]
    assert saved == [[], ["E:\\\\."], ["C:\\Sao lưu\\."]]
    assert run(office.folder / "dat-lai.bat", "C:\\a b.zip").programs[-1][2:] == ["C:\\a b.zip"]
    assert "thả lên" in run(office.folder / "dat-lai.bat").shown[0]
    office.codes = {"sao-luu.py": 1, "dat-lai.py": 1}
    assert run(office.folder / "sao-luu.bat").code == run(office.folder / "dat-lai.bat", "C:\\x.zip").code == 1
