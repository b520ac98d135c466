"""The bounds of a unit's YAML: each is refused by name, file and line, before anything is built of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import DefinitionError
from docgen.regulations.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_NODES, load_file, load_text

_LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (_LAUGHS, "errors.definition.yaml_alias", 2),
        ("a: 1\nb: &b [*b]\n", "errors.definition.yaml_alias", 2),
        ("a: &a\n  <<: *a\n", "errors.definition.yaml_alias", 2),
        ("a:\n  " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "errors.definition.too_deep", 2),
        ("[" * 100_000, "errors.definition.too_deep", 1),
        ("a:\n- x" + "\n- x" * MAX_NODES, "errors.definition.too_many", MAX_NODES - 1),
        ("a: 1\nb: \x01\n", "errors.definition.not_yaml", 2),
        ("a: 1\nb: [\n", "errors.definition.not_yaml", 3),
    ],
)
def test_a_bound_is_named_with_file_and_line(text: str, code: str, line: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_text(text, "don-vi.yaml")
    assert (caught.value.code, caught.value.facts["file"], caught.value.facts["line"]) == (code, "don-vi.yaml", line)


def test_within_the_bounds_all_is_read() -> None:
    deep = "[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1)
    value = load_text(f"a: {deep}", "don-vi.yaml")["a"]
    for _ in range(MAX_DEPTH - 1):
        (value,) = value
    assert value == "x"


def test_a_file_in_another_encoding_and_one_too_large(tmp_path: Path) -> None:
    path = tmp_path / "regulation.yaml"
    path.write_bytes("a: 1\nb: Quốc\n".encode("cp1258", "replace") + b"\xff\n")
    with pytest.raises(DefinitionError) as caught:
        load_file(path)
    assert caught.value.code == "errors.definition.not_utf8"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(DefinitionError) as caught:
        load_file(path)
    assert caught.value.code == "errors.definition.too_large"
