"""Signing in by an LDAP directory: over TLS, over StartTLS, plain on loopback; what it must never let in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_office import PASSWORD, Browser, add_person, signed_in
from stand_in_ldap import GROUPS, PEOPLE, SERVICE, SERVICE_PASSWORD, THU_KY, Directory, directory_here
from test_sign_in_oidc import accounts, enter_units
from web_office import Office

from docgen.web import sessions
from docgen.web.lan import own_identity
from docgen.web.ldap_directory import Directory as Asked
from docgen.web.ldap_directory import _dn_key, _id_text
from docgen.web.outside import Down
from docgen.web.settings import Settings
from docgen.web.sign_in_file import Ldap

RULES = [{"group": THU_KY.upper(), "role": "thu_ky", "unit": "chi-bo-a"}]
SECRET = "mat khau cua Lan"
Opened = Callable[..., Office]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    made = own_identity(tmp_path_factory.mktemp("tls"), [])
    return made.certificate, made.key


@pytest.fixture
def directory() -> Iterator[Directory]:
    with directory_here() as made:
        made.add("lan", SECRET)
        yield made


@pytest.fixture
def opened(open_office: Callable[..., Office], directory: Directory, tmp_path: Path) -> Opened:
    """A server that knows the directory; `ldap` other settings of it."""

    def make(rules: list[dict[str, str]] = RULES, **ldap: Any) -> Office:
        enter_units(Settings(tmp_path / "data"))
        file = tmp_path / "dang-nhap.yaml"
        file.write_text(json.dumps({"ldap": told(directory, tmp_path, **ldap), "rules": rules}), encoding="utf-8")
        return open_office(sign_in=file)

    return make


def told(directory: Directory, folder: Path, **ldap: Any) -> dict[str, Any]:
    """The directory as the file of `--sign-in` says it."""
    (folder / "secret").write_text(SERVICE_PASSWORD, encoding="utf-8")
    return {"url": f"ldap://127.0.0.1:{directory.port}", "base": PEOPLE, "bind_dn": SERVICE,
            "bind_password_file": str(folder / "secret"), **ldap}  # fmt: skip


def asked(directory: Directory, folder: Path, **ldap: Any) -> Asked:
    return Asked(Ldap.model_validate(told(directory, folder, **ldap)), (THU_KY,))


# -- the whole way


def test_somebody_of_the_directory_comes_in_with_the_role_of_his_group(opened: Opened, directory: Directory) -> None:
    office = opened()
    browser = Browser(office)
    assert "Dùng tên và mật khẩu của cơ quan" in browser.get("/dang-nhap").text
    answer = browser.sign_in("lan", SECRET, "/ho-so")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ho-so"), answer.text
    (person,) = accounts(office)
    assert (person.login, person.name, person.role, person.unit, person.origin, person.waiting) == (
        "lan", "Người lan", "thu_ky", "chi-bo-a", "ldap", False,
    )  # fmt: skip
    assert directory.asked == ["bind", "search", "bind"]
    assert [bind[:2] for bind in directory.binds] == [(SERVICE, SERVICE_PASSWORD), (f"cn=lan,{PEOPLE}", SECRET)]
    assert browser.post("/ra").headers["location"] == "/dang-nhap"
    assert Browser(office).sign_in("LAN ", SECRET).status_code == 303
    assert [one.id for one in accounts(office)] == [person.id]
    listed = signed_in(office, "dat", "", "truong").get("/quan-tri").text
    assert "đăng nhập bằng danh bạ của cơ quan (LDAP)" in listed
    assert f"{person.id}/duong-dan" not in listed


def test_a_group_that_is_taken_away_takes_the_account_along(opened: Opened, directory: Directory) -> None:
    office, browser = opened(), None
    browser = Browser(office)
    assert browser.sign_in("lan", SECRET).status_code == 303
    directory.entries[0]["attributes"]["memberOf"] = [f"cn=Thu ky,ou=khac,{GROUPS}"]  # the name alone is no group
    answer = Browser(office).sign_in("lan", SECRET)
    assert answer.status_code == 403
    assert "chưa được vào docgen" in answer.text
    assert browser.get("/ho-so").status_code == 303


def test_without_a_rule_there_is_no_account(opened: Opened, directory: Directory) -> None:
    office = opened()
    directory.add("dung", SECRET, groups=())
    answer = Browser(office).sign_in("dung", SECRET)
    assert answer.status_code == 403
    assert "chưa được vào docgen" in answer.text
    assert accounts(office) == []


def test_a_password_of_docgens_own_is_asked_of_nobody_else(opened: Opened, directory: Directory) -> None:
    office = opened()
    add_person(office, "lan", "can_bo")
    assert Browser(office).sign_in("lan", SECRET).status_code == 403
    assert Browser(office).sign_in("lan", PASSWORD).status_code == 303
    assert directory.asked == []


def test_groups_may_be_looked_for(directory: Directory, tmp_path: Path) -> None:
    dn = directory.add("dung", SECRET, groups=())
    directory.entries.append({"dn": THU_KY, "attributes": {"cn": ["Thu ky"], "member": [dn]}})
    directory.entries.append({"dn": f"cn=Khac,{GROUPS}", "attributes": {"cn": ["Khac"], "member": ["cn=x"]}})
    for asked_for in ({}, {"group_base": GROUPS, "group_filter": "(member={dn})"}):
        found = asked(directory, tmp_path, **asked_for).find("dung", SECRET)
        assert found is not None
        assert found.groups == (frozenset({THU_KY}) if asked_for else frozenset())


def test_an_id_of_active_directory_is_read(directory: Directory, tmp_path: Path) -> None:
    number = bytes(range(200, 216))
    directory.add("dung", SECRET, objectGUID=[number], sAMAccountName=["dung"])
    settings = {"id_attribute": "objectGUID", "filter": "(&(sAMAccountName={login})(!(disabled=*)))"}
    found = asked(directory, tmp_path, **settings).find("dung", SECRET)
    assert found is not None
    assert found.subject == number.hex()
    assert _id_text(b"6ba7b810-9dad") == "6ba7b810-9dad"


# -- on the wire


@pytest.mark.parametrize(("ldaps", "start_tls"), [(True, False), (False, True)])
def test_over_tls(identity: tuple[Path, Path], tmp_path: Path, ldaps: bool, start_tls: bool) -> None:
    with directory_here(identity, ldaps) as directory:
        directory.add("lan", SECRET)
        how = {"url": f"{'ldaps' if ldaps else 'ldap'}://localhost:{directory.port}", "start_tls": start_tls}
        found = asked(directory, tmp_path, ca_file=str(identity[0]), **how).find("lan", SECRET)
        assert found is not None
        assert found.groups == {THU_KY}
        assert [encrypted for _, _, encrypted in directory.binds] == [True, True]
        assert directory.asked.count("start_tls") == (2 if start_tls else 0)


@pytest.mark.parametrize(("ldaps", "start_tls"), [(True, False), (False, True)])
@pytest.mark.parametrize("what", ["another name", "another authority", "no authority"])
def test_who_the_directory_is_must_be_proved(
    identity: tuple[Path, Path], tmp_path: Path, ldaps: bool, start_tls: bool, what: str
) -> None:
    other = own_identity(tmp_path, [])
    authority = {"another name": identity[0], "another authority": other.certificate, "no authority": None}[what]
    host = "127.0.0.2" if what == "another name" else "127.0.0.1"
    with directory_here(identity, ldaps, host) as directory:
        directory.add("lan", SECRET)
        how = {"url": f"{'ldaps' if ldaps else 'ldap'}://{host}:{directory.port}", "start_tls": start_tls}
        given = {} if authority is None else {"ca_file": str(authority)}
        with pytest.raises(Down):
            asked(directory, tmp_path, **how, **given).find("lan", SECRET)
        assert directory.binds == []


def test_without_start_tls_nothing_is_said(identity: tuple[Path, Path], tmp_path: Path) -> None:
    with directory_here(identity) as directory:
        directory.add("lan", SECRET)
        directory.refuses_tls = True
        with pytest.raises(Down):
            asked(directory, tmp_path, start_tls=True, ca_file=str(identity[0])).find("lan", SECRET)
        assert directory.asked == ["start_tls"]


# -- what must never let anybody in


def test_an_empty_password_is_asked_of_nobody(opened: Opened, directory: Directory, tmp_path: Path) -> None:
    """A directory says yes to a bind without a password: it is one without a name, too."""
    assert directory.bind(f"cn=lan,{PEOPLE}", "", False) == directory.result(0x61, 0)
    directory.asked.clear()
    assert asked(directory, tmp_path).find("lan", "") is None
    assert Browser(opened()).sign_in("lan", "").status_code == 403
    assert Browser(opened()).sign_in("lan", "\0").status_code == 403
    assert directory.asked == []


INJECTIONS = ["*)(uid=*", "*", "l*", "lan)(cn=*", "lan\0", "\\2a", "(|(uid=*))", "", " ", "a" * 81, "lạn", "lan,ou=x"]


@pytest.mark.parametrize("login", INJECTIONS)
def test_what_is_no_login_is_asked_of_nobody(directory: Directory, tmp_path: Path, login: str) -> None:
    assert asked(directory, tmp_path).find(login, SECRET) is None
    assert directory.asked == []


@pytest.mark.parametrize("login", ["*)(uid=*", "*", "l*", "lan)(cn=*", "\\2a"])
def test_a_filter_means_what_was_typed(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    """The second wall, were the first not there: the characters of a filter are written as what they are."""
    import re

    monkeypatch.setattr("docgen.web.ldap_directory._LOGIN", re.compile(r".*", re.DOTALL))
    assert asked(directory, tmp_path).find(login, SECRET) is None
    assert directory.asked == ["bind", "search"]  # nobody was found to bind as
    directory.add(login, SECRET, dn=f"cn=so-hai,{PEOPLE}")
    found = asked(directory, tmp_path).find(login, SECRET)
    assert found is not None
    assert found.login == login


def test_two_entries_are_nobody(directory: Directory, tmp_path: Path) -> None:
    directory.add("lan", "khac", dn=f"cn=lan-2,{PEOPLE}")
    for password in (SECRET, "khac"):
        assert asked(directory, tmp_path).find("lan", password) is None
    assert [dn for dn, _, _ in directory.binds] == [SERVICE, SERVICE]


def test_a_wrong_password_is_one_sentence_and_counted(opened: Opened, directory: Directory) -> None:
    office = opened()
    browser = Browser(office)
    wrong, unknown = browser.sign_in("lan", "sai"), browser.sign_in("khong-co", "sai")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert "Còn 4 lần thử" in wrong.text
    assert "Còn 4 lần thử" in unknown.text
    for _ in range(4):
        browser.sign_in("lan", "sai")
    before = len(directory.asked)
    assert browser.sign_in("LAN", SECRET).status_code == 429
    assert len(directory.asked) == before


def down(directory: Directory, what: str) -> dict[str, Any]:
    if what == "service password":
        directory.passwords[SERVICE] = "khac"
    elif what == "referral":
        directory.search_result = 10
    elif what == "busy":
        directory.search_result = 51
    elif what == "no id":
        del directory.entries[0]["attributes"]["entryUUID"]
    return {"url": "ldap://127.0.0.1:1"} if what == "not there" else {}


@pytest.mark.parametrize("what", ["service password", "referral", "busy", "no id", "not there"])
def test_a_directory_that_is_down_keeps_nobody_out_who_has_a_password(
    opened: Opened, directory: Directory, what: str
) -> None:
    office = opened(**down(directory, what))
    browser = Browser(office)
    for _ in range(sessions.TRIES + 1):  # what could not be looked at is no failed try
        answer = browser.sign_in("lan", SECRET)
        assert answer.status_code == 503
    assert "Chưa hỏi được máy đăng nhập" in answer.text
    assert 'name="ten" value="lan"' in answer.text
    assert accounts(office) == []
    add_person(office, "dung", "can_bo")
    assert browser.sign_in("dung").status_code == 303


def test_no_secret_is_in_the_log(
    opened: Opened, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    office = opened(**down(directory, "service password"))
    Browser(office).sign_in("lan", SECRET)
    lines = [record for record in caplog.records if record.name == "docgen.web"]
    assert [(record.code, record.told) for record in lines] == [("down", "bind")]  # type: ignore[attr-defined]
    said = caplog.text + repr([vars(record) for record in caplog.records])
    assert SECRET not in said
    assert SERVICE_PASSWORD not in said
    assert SERVICE_PASSWORD not in repr(office.client.app.state.outside)  # type: ignore[attr-defined]


def test_a_dn_compares_as_directories_do() -> None:
    assert _dn_key("CN=Thu Ky,OU=nhom,DC=x") == _dn_key("cn=thu ky, ou=Nhom,dc=X")
    assert _dn_key("cn=a,dc=x") != _dn_key("cn=a,ou=b,dc=x")
    assert _dn_key("Thu ky") == ""
