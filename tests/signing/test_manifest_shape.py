"""A manifest of any broken shape is one clear report, from every command that reads one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from signing_packets import MEMBERS

from docgen.errors import InputError
from docgen.packet.handover import look_into
from docgen.signing import Asked, due, verify_packet
from docgen.signing.bundle import packet_names
from docgen.signing.signed_manifest import load_manifest

#: The member, what stands in its place, where the report says it is.
BROKEN = [
    (("files",), 5, "files"),
    (("files",), None, "files"),
    (("files", 0), "x", "files[0]"),
    (("files", 0, "sha256"), None, "files[0].sha256"),
    (("files", 0, "number"), True, "files[0].number"),
    (("files", 0, "number"), "1", "files[0].number"),
    (("files", 0, "file"), ["a"], "files[0].file"),
    (("files", 0, "pdf"), "x", "files[0].pdf"),
    (("files", 0, "pdf", "file"), 5, "files[0].pdf.file"),
    (("files", 0, "pdf", "sha256"), None, "files[0].pdf.sha256"),
    (("files", 0, "pdf", "signatures"), [5], "files[0].pdf.signatures[0]"),
    (("files", 0, "pdf", "signatures"), {}, "files[0].pdf.signatures"),
    (("files", 0, "signers"), "x", "files[0].signers"),
    (("files", 0, "signers", 0), 1, "files[0].signers[0]"),
    (("files", 0, "signers", 0, "role"), None, "files[0].signers[0].role"),
    (("files", 0, "signers", 0, "name"), 5, "files[0].signers[0].name"),
    (("extras",), ["x"], "extras[0]"),
    (("extras",), {"a": 1}, "extras"),
    (("extras", 0, "file"), None, "extras[0].file"),
    (("regulation",), "kh55-2018", "regulation"),
    (("dossier",), [], "dossier"),
    (("supersedes",), "x", "supersedes"),
    (("draft",), "no", "draft"),
    (("archival",), 3, "archival"),
]


def _put(content: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    at: Any = content
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value


def _write(packet: Path, text: str) -> None:
    (packet / "manifest.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("path", "value", "where"), BROKEN)
def test_it_is_told_where_it_is_broken(packet: Path, path: tuple[Any, ...], value: Any, where: str) -> None:
    content = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    _put(content, path, value)
    _write(packet, json.dumps(content))
    for command in (load_manifest, look_into, due, packet_names):
        with pytest.raises(InputError) as caught:
            command(packet)
        assert (caught.value.code, caught.value.facts["problem"]) == ("signing.error.manifest", where)
    (reason,) = verify_packet(packet).reasons
    assert (reason.code, reason.params) == ("manifest_broken", {"problem": where})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"files": ' * 50_000, '{"format": "\\ud800"}', "\ufeff{}", "5", "null"]
)
def test_it_is_told_when_it_is_no_manifest_at_all(packet: Path, text: str) -> None:
    _write(packet, text)
    for command in (look_into, due):
        with pytest.raises(InputError):
            command(packet)
    assert [reason.code for reason in verify_packet(packet).reasons] == ["manifest_broken"]


def test_half_a_character_in_a_name_is_told(packet: Path) -> None:
    text = (packet / "manifest.json").read_text(encoding="utf-8")
    _write(packet, text.replace(MEMBERS["dv-01"], "\\ud800"))
    with pytest.raises(InputError, match=r"signing\.error\.manifest"):
        due(packet)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for step, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(item, (*path, step))


def test_no_value_anywhere_stops_a_command(packet: Path) -> None:
    """Every member of the manifest in turn replaced by every kind of value: a report or an answer, nothing else."""
    original = json.loads((packet / "manifest.json").read_text(encoding="utf-8"))
    original["files"] = original["files"][2:3]
    tried = 0
    for path in list(_places(original)):
        for value in (None, 5, True, "x", [], [5], {}, {"a": 1}, -1, "../x", "\0", "x" * 5000):
            content = copy.deepcopy(original)
            _put(content, path, value)
            _write(packet, json.dumps(content))
            for command in (look_into, due):
                try:
                    command(packet)
                except InputError:
                    tried += 1
            assert not (path == ("files",) and verify_packet(packet, Asked()).passed)
    assert tried > 200


@pytest.mark.parametrize("text", ["[" * 100_000, "5", '{"superseded_by": "x", "path": "\\u0000"}', '{"path": []}', "{"])
def test_a_broken_mark_is_told(packet: Path, text: str) -> None:
    (packet / "thay-the.json").write_text(text, encoding="utf-8")
    assert "superseded" in [reason.code for reason in verify_packet(packet).reasons]
