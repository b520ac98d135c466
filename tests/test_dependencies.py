"""What `pyproject.toml` says of the libraries: each has a lower bound that can be pinned, and a licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools.licences import BINDING, closure, own_name
from tools.lowest import pins

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_library_has_a_lower_bound() -> None:
    lowest = pins(PROJECT, ("excel", "pdf", "sign", "fast"))
    assert "docxtpl==0.19" in lowest
    assert all(pin.count("==") == 1 for pin in lowest)


@pytest.mark.parametrize("requirement", ["lxml", "lxml==5.4", "lxml<6", "lxml>=5.4,<6"])
def test_another_kind_of_bound_is_refused(requirement: str) -> None:
    with pytest.raises(ValueError, match="lxml"):
        pins({"name": "x", "dependencies": [requirement], "optional-dependencies": {}}, ())


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("GPL-3.0-or-later", True), ("GNU Affero General Public License v3", True), ("AGPL-3.0", True),
        ("GNU General Public License v2 (GPLv2)", True), ("LGPL-2.1-only", False), ("MIT", False),
        ("GNU Lesser General Public License v2 (LGPLv2)", False), ("MPL-2.0", False),
    ],
)  # fmt: skip
def test_licences_that_bind(licence: str, binds: bool) -> None:
    assert bool(BINDING.search(licence)) == binds


def test_what_a_library_needs_is_needed_too() -> None:
    needed = closure(own_name(), frozenset({"all"}))
    assert {"docxtpl", "python-docx", "pyhanko", "pyhanko-certvalidator", "python-pkcs11"} <= set(needed)
    assert "pytest" not in needed
    assert "pikepdf" not in closure(own_name(), frozenset())


def test_nobody_is_sent_to_a_strangers_distribution() -> None:
    """`docgen` on the index of Python packages is another project; ours has a name of its own."""
    root = Path(__file__).parents[1]
    texts = [
        *root.glob("*.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("docgen/locale/**/*.po"),
        *root.glob("scripts/*"),
    ]
    assert own_name() != "docgen"
    for path in filter(Path.is_file, texts):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"pip\S* install\s+(-\S+\s+)*['\"]?docgen(\[|['\"`\s]|$)", line), path.name
