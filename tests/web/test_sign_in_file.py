"""The file of `docgen serve --sign-in`: what is wrong in it is said before the server starts, its secrets never."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from web_office import Office

from docgen.errors import EnvironmentFault, InputError
from docgen.i18n import has_message
from docgen.web import access, outside_ways
from docgen.web.job_worker import settings_from, settings_line
from docgen.web.oidc_provider import RETURN_PATH
from docgen.web.outside import Outsider, let_in
from docgen.web.settings import Settings
from docgen.web.sign_in_file import Ldap, Oidc, Rule, SignIn, loopback, read_sign_in, safe_address

SOUND = """
oidc:
  issuer: https://dang-nhap.coquan.example/realms/tinh
  client_id: docgen
  client_secret_env: DOCGEN_OIDC
  address: https://docgen.coquan.example
ldap:
  url: ldaps://danh-ba.coquan.example
  base: ou=nguoi,dc=coquan,dc=example
  bind_dn: cn=docgen,dc=coquan,dc=example
  bind_password_env: DOCGEN_LDAP
rules:
  - {group: docgen-thu-ky, role: thu_ky, unit: chi-bo-a}
  - {group: "cn=Bi thu,ou=nhom,dc=coquan,dc=example", role: can_bo, unit: chi-bo-a}
"""
SECRETS = {"DOCGEN_OIDC": "bi mat mot", "DOCGEN_LDAP": "bi mat hai"}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes a file; the secrets that the sound one names are there."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def write(content: str | bytes) -> Path:
        path = tmp_path / "dang-nhap.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_sound_file_is_read(written: Callable[[str], Path]) -> None:
    found = read_sign_in(written(SOUND))
    assert found.oidc is not None
    assert found.ldap is not None
    assert found.oidc.secret.get_secret_value() == "bi mat mot"
    assert found.ldap.secret.get_secret_value() == "bi mat hai"
    assert not any(secret in repr(found) + str(found.model_dump()) for secret in SECRETS.values())
    assert found.rule_for({"docgen-thu-ky", "x"}) == Rule(group="docgen-thu-ky", role="thu_ky", unit="chi-bo-a")
    assert found.rule_for({"docgen-thu-ky2", ""}) is None


def test_the_file_in_the_documentation_can_be_read(written: Callable[[str], Path], tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "bi-mat").write_text("bi mat\n", encoding="utf-8")
    for place in ("/etc/docgen/oidc", "/etc/docgen/ldap"):
        assert place in block
        block = block.replace(place, str(tmp_path / "bi-mat"))
    found = read_sign_in(written(block))
    assert found.oidc is not None
    assert found.ldap is not None
    named = set(re.findall(r"(?<!\w)([a-z_]+):", block)) - {
        "oidc",
        "ldap",
        "rules",
        "group",
        "role",
        "unit",
        "https",
        "ldaps",
    }
    known = {*Oidc.model_fields, *Ldap.model_fields, "client_secret_file", "client_secret_env", "bind_password_file"}
    assert named <= known
    assert found.oidc.address + RETURN_PATH in block


#: What is put in the place of what, and the code and place of what is said.
FAULTS = {
    "no YAML": (SOUND, "a: [", "file", ""),
    "no text": (SOUND, "\x00", "file", ""),
    "a list": (SOUND, "[]", "value", "/"),
    "nothing": (SOUND, "", "value", "/"),
    "a key twice": ("rules:", "rules: []\nrules:", "file", ""),
    "an unknown key": ("rules:", "rule: []\nrules:", "unknown", "rule"),
    "an unknown key within": ("  client_id:", "  scope: x\n  client_id:", "unknown", "oidc/scope"),
    "no issuer": ("  issuer: https://dang-nhap.coquan.example/realms/tinh\n", "", "missing", "oidc/issuer"),
    "no rules": (SOUND[SOUND.index("rules:") :], "rules: []", "value", "rules"),
    "an unknown role": ("role: thu_ky", "role: vua", "value", "rules/0/role"),
    "the role that may do everything": ("role: thu_ky", "role: ''", "value", "rules/0/role"),
    "an empty group": ("group: docgen-thu-ky", "group: ''", "value", "rules/0/group"),
    "a plain issuer": ("issuer: https", "issuer: http", "https", "oidc"),
    "a plain address": ("address: https", "address: http", "https", "oidc"),
    "an address with a path": ("docgen.coquan.example", "docgen.coquan.example/trang", "https", "oidc"),
    "a plain directory": ("ldaps:", "ldap:", "ldaps", "ldap"),
    "a directory of another kind": ("ldaps:", "https:", "ldaps", "ldap"),
    "StartTLS within TLS": ("  base:", "  start_tls: true\n  base:", "ldaps", "ldap"),
    "a filter without a login": ("  base:", "  filter: (uid=*)\n  base:", "filter", "ldap"),
    "a secret in the file": ("client_secret_env: DOCGEN_OIDC", "client_secret: abc", "unknown", "oidc/client_secret"),
    "a secret under our own name": ("client_secret_env: DOCGEN_OIDC", "secret: abc", "secret", "oidc"),
    "two secrets": ("  client_id:", "  client_secret_file: /x\n  client_id:", "secret", "oidc"),
    "a secret that is not there": ("DOCGEN_OIDC", "DOCGEN_NOWHERE", "secret", "oidc"),
    "a secret file that is not there": ("client_secret_env: D", "client_secret_file: /khong-co/D", "secret", "oidc"),
    "a name without its password": ("  bind_password_env: DOCGEN_LDAP\n", "", "secret", "ldap"),
    "no such authority": ("  base:", "  ca_file: /khong-co.pem\n  base:", "ca_file", "ldap"),
    "neither": (SOUND[: SOUND.index("rules:")], "", "nowhere", "/"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_what_is_wrong_is_said_with_its_place(written: Callable[[str], Path], what: str) -> None:
    old, new, code, where = FAULTS[what]
    assert old in SOUND
    with pytest.raises(InputError) as caught:
        read_sign_in(written(SOUND.replace(old, new)))
    assert caught.value.code == f"web.sign_in.{code}"
    assert caught.value.facts.get("where", "") == where
    for language in ("vi", "en"):
        assert "dang-nhap.yaml" in caught.value.text(language)
        assert not any(secret in caught.value.text(language) for secret in (*SECRETS.values(), "abc"))
        assert "web.sign_in" not in caught.value.text(language)


def test_a_file_without_end_is_no_file(written: Callable[[str], Path]) -> None:
    with pytest.raises(InputError):
        read_sign_in(written("#" * 1_048_577))


@pytest.mark.parametrize(("url", "safe"), [
    ("https://a.example", True), ("http://127.0.0.1:1", True), ("http://localhost", True), ("http://[::1]:1", True),
    ("http://a.example", False), ("http://127.0.0.1.a.example", False), ("http://localhost.a.example", False),
    ("https://a:b@a.example", False), ("https://a.example#x", False), ("https://", False), ("https://a b", False),
    ("javascript:alert(1)", False), ("ftp://127.0.0.1", False), ("https://a.example:99999", False), ("", False),
])  # fmt: skip
def test_an_address_is_encrypted_or_this_machine(url: str, safe: bool) -> None:
    assert safe_address(url) == safe
    assert not loopback("10.0.0.1")


def test_a_unit_that_is_not_entered_is_said_at_the_start(tmp_path: Path, written: Callable[[str], Path]) -> None:
    command = [sys.executable, "-m", "docgen", "serve", "--data", str(tmp_path / "du-lieu"), "--sign-in",
               str(written(SOUND))]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert "rules/0/unit: máy chủ chưa có đơn vị chi-bo-a" in done.stderr
    assert "--add-unit" in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(secret in done.stderr for secret in SECRETS.values())


def test_without_the_extra_one_clear_line(
    office: Office, written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    access.add_unit(office.database, "chi-bo-a", "A")
    monkeypatch.setattr(outside_ways, "find_spec", lambda name: None if name == "ldap3" else object())
    with pytest.raises(EnvironmentFault) as caught:
        outside_ways.open_outside(Settings(office.settings.data, sign_in=written(SOUND)), office.database)
    assert (caught.value.code, caught.value.facts["extra"]) == ("errors.environment.extra_missing", "sso")


def test_the_libraries_are_imported_only_where_they_are_asked_for(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from docgen.web.app import create_app; "
        "from docgen.web.settings import Settings; create_app(Settings(Path(sys.argv[1]))).state.database.close(); "
        "print([name for name in ('authlib', 'ldap3', 'requests') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "du-lieu")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_the_worker_is_told_the_settings_too(tmp_path: Path) -> None:
    settings = Settings(tmp_path, sign_in=tmp_path / "dang-nhap.yaml")
    assert settings_from(settings_line(settings)) == settings
    assert settings_from(settings_line(Settings(tmp_path))) == Settings(tmp_path)


def test_two_browsers_of_a_new_person_make_one_account(each_office: Office, written: Callable[[str], Path]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    office, rules = each_office, SignIn.model_validate(yaml.safe_load(SOUND))
    access.add_unit(office.database, "chi-bo-a", "A")
    lan = Outsider("ldap", "id-1", "lan", "Lan", frozenset({"docgen-thu-ky"}))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: let_in(office.database, lan, rules), range(12)))
    assert {one.login for one in found} == {"lan"}
    assert len({one.id for one in found}) == 1


def test_a_name_that_no_login_can_be_gets_one(office: Office, written: Callable[[str], Path]) -> None:
    rules = SignIn.model_validate(yaml.safe_load(SOUND))
    access.add_unit(office.database, "chi-bo-a", "A")
    given = ["", "Đặng Thị Hạnh", "x", "a" * 300, "<script>", "../..", "hanh\0", "a%_b@x"]
    found = [
        let_in(office.database, Outsider("oidc", f"s{n}", login, f"<b>{n}</b>", frozenset({"docgen-thu-ky"})), rules)
        for n, login in enumerate(given)
    ]
    assert [one.login for one in found][1:] == [
        "dang-thi-hanh", "nguoi-x", "a" * 30, "script", found[5].login, "hanh", "a-_b",
    ]  # fmt: skip
    assert all(one.login.startswith("nguoi-") for one in (found[0], found[5]))


@pytest.mark.parametrize("reason", ["no_rule", "closed", "down", "not_believed"])
def test_every_refusal_has_its_words(reason: str) -> None:
    for language in ("vi", "en"):
        assert has_message(f"page.outside.{reason}", language)
        assert has_message(f"page.outside.{reason}_hint", language)
