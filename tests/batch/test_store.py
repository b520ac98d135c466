"""Packets in an object store: one zip each, created once, the same as those in a folder."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docgen.batch.many_packets import PacketBatch, run_packets
from docgen.batch.object_store import Store
from docgen.batch.request import Summary
from docgen.dossier.sample import sample_dossier
from docgen.errors import EXIT_ENVIRONMENT, EXIT_USAGE, EnvironmentFault, UsageError
from docgen.pipeline import PacketOptions
from docgen.sharing import Share, share
from docgen.signing.bundle import zip_packet
from tools.kill_test import DOCGEN
from tools.local_store import BUCKET, files, local_store, objects

# The libraries of the store and of its stand-in leave sockets to the garbage.
pytestmark = pytest.mark.filterwarnings("default")
NAMES = ("a", "b", "c")


@pytest.fixture(scope="module", autouse=True)
def _store() -> Iterator[None]:
    with local_store():
        yield


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """A place of the test's own."""
    return str(request.node.name).replace("[", "-").replace("]", "")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Three dossiers, the last with an error."""
    folder = tmp_path / "ho-so"
    folder.mkdir()
    for name in NAMES:
        one = sample_dossier("kh55-2018", members=1)
        one["organization"]["name"] = name
        if name == "c":
            one["members"][0]["member"].pop("full_name")
        (folder / f"{name}.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture
def go(sources: Path, tmp_path: Path, prefix: str) -> Callable[..., Summary]:
    def run(share: Share = share, *, stored: bool = True, jobs: int = 1, **options: Any) -> Summary:
        store = f"s3://{BUCKET}/{prefix}/" if stored else ""
        batch = PacketBatch((sources,), tmp_path / ("here" if stored else "out"), store=store.rstrip("/"))
        return run_packets(_with(batch, jobs=jobs, **options), share=share)

    return run


def _with(batch: PacketBatch, **options: Any) -> PacketBatch:
    from dataclasses import replace

    return replace(batch, options=PacketOptions(**options))


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    zip_packet(folder, out)
    return out.getvalue()


def journal(folder: Path) -> bytes:
    return (folder / ".docgen-journal" / "packets").read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_same_packets_as_in_a_folder(go: Callable[..., Summary], tmp_path: Path, prefix: str, jobs: int) -> None:
    there, here = go(jobs=jobs), go(stored=False)
    assert (there.made, there.skipped) == (here.made, here.skipped) == (2, 1)
    assert objects(prefix) == {f"{name}.zip": zipped(tmp_path / "out" / name) for name in NAMES[:2]}
    assert journal(tmp_path / "here") == journal(tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "here").iterdir()) == [".docgen-journal", "findings.jsonl"]
    before = objects(prefix)
    again = go()
    assert (again.made, again.kept, again.skipped) == (0, 2, 1)
    assert objects(prefix) == before


def test_a_changed_dossier_replaces_its_packet_and_a_strangers_is_left(
    go: Callable[..., Summary], sources: Path, tmp_path: Path, prefix: str
) -> None:
    go()
    before = objects(prefix)
    changed = json.loads((sources / "a.json").read_text(encoding="utf-8"))
    changed["members"][0]["member"]["full_name"] = "Nguyễn Thị Mới"
    (sources / "a.json").write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    summary = go()
    assert (summary.made, summary.kept) == (1, 1)
    after = objects(prefix)
    assert after["a.zip"] != before["a.zip"]
    assert after["b.zip"] == before["b.zip"]
    # Another's packet under our name, and our journal lost: it is not ours to replace.
    files().pipe_file(f"{BUCKET}/{prefix}/b.zip", after["a.zip"])
    (tmp_path / "here" / ".docgen-journal" / "packets").unlink()
    summary = go()
    assert (summary.kept, summary.skipped) == (1, 2)
    assert f"s3://{BUCKET}/{prefix}/b.zip" in (tmp_path / "here" / "findings.jsonl").read_text(encoding="utf-8")
    assert objects(prefix)["b.zip"] == after["a.zip"]


def test_two_workers_at_one_dossier_create_it_once(
    go: Callable[..., Summary], prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    real = Store.fetch

    def blind(self: Store, name: str, folder: Path) -> bool:
        """At first nobody sees what the other is about to put there."""
        fetched.append(name)
        return fetched.count(name) > 2 and real(self, name, folder)

    def twice(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        first, second = hire(0), hire(1)
        for task in tasks:
            yield first.run(task, lambda: True)
            answer = second.run(task, lambda: True)
            assert answer.state in ("kept", "skipped")
            yield answer

    monkeypatch.setattr(Store, "fetch", blind)
    summary = go(share=twice, shared=True)
    assert summary.made == 2
    assert fetched.count("a") == 3
    assert sorted(objects(prefix)) == ["a.zip", "b.zip"]


def test_an_answer_that_was_lost_is_kept(go: Callable[..., Summary], prefix: str) -> None:
    def lost(tasks: Iterable[Any], jobs: int, hire: Callable[[int], Any]) -> Iterator[Any]:
        yield from share(tasks, jobs, hire)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(share=lost)
    made = objects(prefix)
    summary = go()
    assert (summary.made, summary.kept, summary.skipped) == (0, 2, 1)
    assert objects(prefix) == made


def test_a_store_that_refuses_or_that_nobody_knows_is_told(
    go: Callable[..., Summary], sources: Path, tmp_path: Path, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as unknown:
        Store("kho://a/b")
    assert unknown.value.code == "batch.usage.no_store"
    with pytest.raises(UsageError) as zips:
        run_packets(PacketBatch((sources,), tmp_path / "here", zip_each=True, store=f"s3://{BUCKET}/{prefix}"))
    assert zips.value.code == "batch.usage.store_zips"
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(EnvironmentFault) as extra:
        go()
    assert extra.value.facts["extra"] == "s3"


@pytest.mark.parametrize(("address", "code"), [(f"s3://{BUCKET}", 0), ("s3://no-such-bucket/x", EXIT_ENVIRONMENT),
                                               ("kho://a/b", EXIT_USAGE)])  # fmt: skip
def test_the_command(sources: Path, tmp_path: Path, prefix: str, address: str, code: int) -> None:
    """Journal and findings lie in a folder where it was called."""
    command = [*DOCGEN, "packet", str(sources / "a.json"), "-o", f"{address}/cli"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    if not code:
        assert sorted(objects("cli")) == ["a.zip"]
        assert (tmp_path / f"s3-{BUCKET}-cli" / ".docgen-journal" / "packets").is_file()
        assert f"s3://{BUCKET}/cli" in done.stderr
    else:
        assert address in done.stderr
