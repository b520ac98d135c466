"""`docgen.toml`: a value of another kind is refused by its name, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import InputError
from docgen.signing.config import load_setups


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("pkcs11 = {module = 5}", "sign.x.pkcs11.module"),
        ('pkcs11 = {module = "a", slot = "1"}', "sign.x.pkcs11.slot"),
        ('pkcs11 = {module = "a", slot = true}', "sign.x.pkcs11.slot"),
        ('pkcs11 = {module = "a", others = [1]}', "sign.x.pkcs11.others"),
        ('pkcs12 = ["a"]', "sign.x.pkcs12"),
        ('image = "a\\u0000b"', "sign.x.image"),
        ("trust = 5", "sign.x.trust"),
        ('chain = ["a", 5]', "sign.x.chain"),
        ("name = 1979-05-27", "sign.x.name"),
    ],
)
def test_a_value_of_another_kind_is_named(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "docgen.toml"
    path.write_text(f"[sign.x]\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_setups(path)
    assert (caught.value.code, caught.value.facts["key"]) == ("signing.error.config_value", where)


def test_what_is_of_its_kind_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "docgen.toml"
    path.write_text('[sign.x]\npkcs11 = {module = "a", slot = 1, others = ["b"]}\ntrust = "t.pem"\n', encoding="utf-8")
    found = load_setups(path)["x"]
    assert found.token is not None
    assert (found.token.slot, found.token.others, found.trust) == (1, ("b",), (tmp_path / "t.pem",))


def test_a_file_nested_without_end_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "docgen.toml"
    path.write_text("a = " + "[" * 50_000, encoding="utf-8")
    with pytest.raises(InputError, match="config"):
        load_setups(path)
