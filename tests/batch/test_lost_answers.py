"""A packet proves what it is: whoever made it and was not heard has still made it, once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docgen import sharing
from docgen.batch.journal import read_entries
from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.batch.request import Summary
from docgen.dossier.sample import sample_dossier
from docgen.pipeline import PacketOptions

NAMES = ("chi-bo-a", "chi-bo-b", "chi-bo-c")
Go = Callable[..., Summary]


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    return sample_dossier("kh55-2018", members=1)


@pytest.fixture
def sources(tmp_path: Path, small: dict[str, Any]) -> Path:
    """Three dossiers in files of their own; the second has a warning, the third an error."""
    folder = tmp_path / "ho-so"
    folder.mkdir()
    for name in NAMES:
        one = copy.deepcopy(small)
        one["organization"]["name"] = name
        if name == NAMES[1]:
            one["members"][0]["member"].pop("birth_date", None)
        if name == NAMES[2]:
            one["members"][0]["member"].pop("full_name")
        (folder / f"{name}.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture
def go(sources: Path, tmp_path: Path) -> Go:
    def run(output: str = "out", share: sharing.Share = sharing.share, **options: Any) -> Summary:
        batch = PacketBatch((sources,), tmp_path / output, PacketOptions(jobs=1, **options))
        return run_packets(batch, share=share)

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Everything a run left: the packets, the findings, the journal."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


class Gone(BaseException):
    """The command was killed."""


def deaf_after(count: int) -> sharing.Share:
    """Hands out as `share` does; the answer after `count` others is lost, and with it the command."""

    def share(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        for number, answer in enumerate(sharing.share(tasks, jobs, hire)):
            if number == count:
                raise Gone
            yield answer

    return share


@pytest.mark.parametrize("count", range(3))
def test_a_packet_that_was_made_and_not_reported_is_kept(go: Go, tmp_path: Path, count: int) -> None:
    undisturbed = go("calm")
    assert (undisturbed.made, undisturbed.skipped) == (2, 1)
    with pytest.raises(Gone):
        go(share=deaf_after(count))
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.docx")}
    assert made
    again = go()
    assert (again.made + again.kept, again.skipped) == (2, 1)
    assert again.kept == min(count + 1, 2)
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert tree(tmp_path / "out") == {
        name: content.replace(b"/calm/", b"/out/") for name, content in tree(tmp_path / "calm").items()
    }
    assert (go().kept, go().made) == (2, 0)


def test_a_task_done_twice_counts_once(go: Go, tmp_path: Path) -> None:
    def twice(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        first, second = hire(0), hire(1)
        for task in tasks:
            lost = first.run(task, lambda: True)  # the worker dies, the task is given to another
            yield second.run(task, lambda: True)
            yield lost  # … who was only slow

    calm, twofold = go("calm"), go(share=twice)
    assert (twofold.made + twofold.kept, twofold.skipped, twofold.noted) == (2, 1, calm.noted)
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_workers_need_not_reach_the_dossiers(go: Go, sources: Path, tmp_path: Path) -> None:
    def elsewhere(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        given = list(tasks)
        hidden = sources.rename(sources.with_name("elsewhere"))
        hand = hire(0)
        for task in given:
            yield hand.run(task, lambda: True)
        hidden.rename(sources)

    go("calm")
    assert go(share=elsewhere).made == 2
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_a_dossier_changed_after_a_lost_answer_is_made_anew(go: Go, sources: Path, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        go(share=deaf_after(0))
    file = sources / f"{NAMES[0]}.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    data["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    summary = go()
    assert (summary.made, summary.kept) == (2, 0)
    go("calm")
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_a_packet_made_otherwise_is_no_answer(go: Go, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        go(share=deaf_after(0))
    manifest = tmp_path / "out" / NAMES[0] / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    assert len(content["key"]) == 32
    for key, file in (("0" * 32, "cua-ai.json"), ("", f"{NAMES[0]}.json")):
        content |= {"key": key, "dossier": content["dossier"] | {"file": file}}
        manifest.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        mine = manifest.read_bytes()
        summary = go()
        assert summary.skipped == 2
        assert "batch.packet.exists" in (tmp_path / "out" / "findings.jsonl").read_text(encoding="utf-8")
        assert manifest.read_bytes() == mine


def test_a_signed_packet_whose_answer_was_lost_is_kept(go: Go, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        go(share=deaf_after(0))
    manifest = tmp_path / "out" / NAMES[0] / "manifest.json"
    signed = json.loads(manifest.read_text(encoding="utf-8"))
    signed["files"][0]["signers"][0]["status"] = "signed"
    manifest.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
    mine = manifest.read_bytes()
    for overwrite in (False, True):
        summary = go(overwrite=overwrite)
        assert summary.kept + summary.made == 2
        assert manifest.read_bytes() == mine
    assert "batch.packet.signed" in (tmp_path / "out" / "findings.jsonl").read_text(encoding="utf-8")


def test_the_journal_of_lost_answers_says_what_is_there(go: Go, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        go(share=deaf_after(1))
    go()
    entries = list(read_entries(tmp_path / "out" / ".docgen-journal" / "packets"))
    assert [entry.name for entry in entries] == list(NAMES[:2])
    for entry in entries:
        manifest = tmp_path / "out" / entry.name / "manifest.json"
        assert manifest.stat().st_size == entry.size
        assert json.loads(manifest.read_bytes())["key"] == entry.key.decode()
