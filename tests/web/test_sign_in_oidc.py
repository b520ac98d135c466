"""Signing in at an OpenID Connect provider: the whole way, and every way in which it must not succeed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from page_office import Browser, add_person, signed_in
from sqlalchemy import select, update
from stand_in_oidc import RETURN, SECRET, Provider, provider_here
from web_office import Office

from docgen.web import access, page_outside, people, sessions
from docgen.web.database import Database
from docgen.web.database_tables import PERSON, SESSION
from docgen.web.settings import Settings

START = "/dang-nhap/co-quan"
RULES = [{"group": "docgen-thu-ky", "role": "thu_ky", "unit": "chi-bo-a"},
         {"group": "docgen-dang-uy", "role": "dang_uy", "unit": "truong"}]  # fmt: skip


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_here() as made:
        yield made


def enter_units(settings: Settings) -> None:
    """The units that the rules name, before the server is opened."""
    settings.prepare()
    database = Database(settings.url)
    database.upgrade()
    for unit, parent in (("truong", ""), ("chi-bo-a", "truong")):
        access.add_unit(database, unit, f"Đơn vị {unit}", parent)
    database.close()


Opened = Callable[..., Office]


@pytest.fixture
def opened(open_office: Callable[..., Office], provider: Provider, tmp_path: Path) -> Opened:
    """A server that knows the provider; `database` another one, `oidc` other settings."""

    def make(database: str = "", rules: list[dict[str, str]] = RULES, **oidc: Any) -> Office:
        enter_units(Settings(tmp_path / "data", database))
        (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
        told = {"issuer": provider.url, "client_id": "docgen", "client_secret_file": str(tmp_path / "secret"),
                "address": "https://testserver", "label": "Cổng cơ quan", **oidc}  # fmt: skip
        file = tmp_path / "dang-nhap.yaml"
        file.write_text(json.dumps({"oidc": told, "rules": rules}), encoding="utf-8")
        return open_office(database=database, sign_in=file)

    return make


@pytest.fixture
def here(opened: Opened) -> Office:
    return opened()


def browser_of(office: Office) -> Browser:
    browser = Browser(office)
    browser.client.base_url = "https://testserver"  # type: ignore[assignment]
    return browser


def there(browser: Browser, back: str = "/") -> str:
    """The address at the provider that the browser is sent to."""
    answer = browser.get(f"{START}?ve={back}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def through(browser: Browser, provider: Provider, back: str = "/", **answer: str) -> Any:
    """To the provider and back."""
    return browser.get(provider.visit(there(browser, back), **answer).removeprefix("https://testserver"))


def accounts(office: Office) -> list[people.Person]:
    with office.database.read() as db:
        return people.everybody(db)


def refused(office: Office, answer: Any, status: int = 403, words: str = "chưa ai được vào") -> None:
    """Nobody came in and no account was made; the page says so and still takes a password."""
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert 'name="mk"' in answer.text
    assert sessions.COOKIE not in answer.headers.get("set-cookie", "")
    assert accounts(office) == []
    with office.database.read() as db:
        assert db.execute(select(SESSION)).all() == []


# -- the whole way


def test_somebody_of_the_office_comes_in_with_the_role_of_his_group(
    each_office: Office, opened: Opened, provider: Provider
) -> None:
    office = opened(database=each_office.settings.database)
    dossier = office.dossier(unit="chi-bo-a")
    browser = browser_of(office)
    page = browser.get("/dang-nhap?ve=/ho-so")
    assert "Đăng nhập bằng Cổng cơ quan" in page.text
    assert f'href="{START}?ve=/ho-so"' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    answer = through(browser, provider, "/ho-so")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ho-so")
    cookies = [one.lower() for one in answer.headers.get_list("set-cookie") if one.startswith(sessions.COOKIE)]
    assert len(cookies) == 1
    assert all(part in cookies[0] for part in ("httponly", "samesite=lax", "secure"))
    assert browser.get(f"/ho-so/{dossier}").status_code == 200
    (person,) = accounts(office)
    assert (person.login, person.name, person.role, person.unit, person.origin, person.waiting) == (
        "hanh.nt", "Nguyễn Thị Hạnh", "thu_ky", "chi-bo-a", "oidc", False,
    )  # fmt: skip
    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/keys"]
    assert through(browser_of(office), provider).status_code == 303
    assert [one.id for one in accounts(office)] == [person.id]
    assert provider.asked[3:] == ["/token"]  # description and keys are kept


def test_the_rule_is_asked_anew_each_time(here: Office, provider: Provider) -> None:
    browser = browser_of(here)
    through(browser, provider)
    provider.person |= {"groups": ["khac", "docgen-dang-uy"], "name": "Nguyễn Thị Hạnh (mới)"}
    assert through(browser_of(here), provider).status_code == 303
    (person,) = accounts(here)
    assert (person.role, person.unit, person.name) == ("dang_uy", "truong", "Nguyễn Thị Hạnh (mới)")
    assert browser.get("/tong-hop").status_code == 200  # the first browser has the new role at once
    provider.person["groups"] = []
    answer = through(browser_of(here), provider)
    assert answer.status_code == 403
    assert "chưa được vào docgen" in answer.text
    assert browser.get("/ho-so").headers["location"].startswith("/dang-nhap")  # every browser is out


def test_the_first_rule_of_several_counts(opened: Opened, provider: Provider) -> None:
    office = opened(rules=RULES[::-1])
    provider.person["groups"] = ["docgen-thu-ky", "docgen-dang-uy"]
    through(browser_of(office), provider)
    assert [one.role for one in accounts(office)] == ["dang_uy"]


def test_without_a_rule_there_is_no_account(here: Office, provider: Provider) -> None:
    for groups in ([], ["docgen-thu-ky-2"], "docgen", None, [["docgen-thu-ky"]], {"docgen-thu-ky": 1}):
        provider.person["groups"] = groups
        refused(here, through(browser_of(here), provider), 403, "chưa được vào docgen")


def test_groups_may_come_from_the_userinfo_of_the_same_person(here: Office, provider: Provider) -> None:
    provider.described["userinfo_endpoint"] = f"{provider.url}/userinfo"
    provider.userinfo = {"sub": "u-2", "groups": ["docgen-thu-ky"]}
    del provider.person["groups"]
    refused(here, through(browser_of(here), provider))
    provider.userinfo["sub"] = "u-1"
    assert through(browser_of(here), provider).status_code == 303


def test_a_name_opens_nobody_elses_account(here: Office, provider: Provider) -> None:
    local = add_person(here, "hanh.nt", "quan_tri")
    assert through(browser_of(here), provider).status_code == 303
    assert sorted((one.login, one.role, one.origin) for one in accounts(here)) == [
        ("hanh.nt", "quan_tri", ""), ("hanh.nt-2", "thu_ky", "oidc"),
    ]  # fmt: skip
    for subject, login in (("u-8", "hanh.nt"), ("u-9", "HẠNH.NT@khac.example"), ("u-9", "ten-moi")):
        provider.person |= {"sub": subject, "preferred_username": login}
        assert through(browser_of(here), provider).status_code == 303
    assert {one.login for one in accounts(here)} == {"hanh.nt", "hanh.nt-2", "hanh.nt-3", "hanh.nt-4"}
    assert next(one for one in accounts(here) if one.id == local.id).role == "quan_tri"


def test_an_account_from_outside_has_no_password_here(here: Office, provider: Provider) -> None:
    browser = browser_of(here)
    through(browser, provider)
    (person,) = accounts(here)
    with here.database.write() as db:  # even if one had come into the table somehow
        db.execute(update(PERSON).values(password=people.hashed("mot cau de nho 2026")))
        assert people.hash_of(db, person.login)[0] is None
    assert Browser(here).sign_in(person.login).status_code == 403
    page = browser.get("/tai-khoan").text
    assert "mật khẩu đổi ở đó" in page
    assert 'name="mk0"' not in page
    boss = signed_in(here, "dat", "", "truong")
    listed = boss.get("/quan-tri").text
    assert "đăng nhập ở cổng của cơ quan (OpenID Connect)" in listed
    assert f"{person.id}/duong-dan" not in listed
    assert boss.post(f"/quan-tri/tai-khoan/{person.id}/duong-dan").status_code == 403
    assert boss.post(f"/quan-tri/tai-khoan/{person.id}/dong").status_code == 303
    answer = through(browser_of(here), provider)
    assert answer.status_code == 403
    assert "đã bị khóa" in answer.text


def test_a_session_from_outside_ends_within_a_working_day(here: Office, provider: Provider) -> None:
    browser = browser_of(here)
    through(browser, provider, "/ho-so")
    with here.database.write() as db:
        db.execute(update(SESSION).values(begun=time.time() - sessions.OUTSIDE + 60))
    assert browser.get("/ho-so").status_code == 200
    with here.database.write() as db:
        db.execute(update(SESSION).values(begun=time.time() - sessions.OUTSIDE - 1))
    assert browser.get("/ho-so").status_code == 303


def test_the_session_is_new_and_the_old_one_ends(here: Office, provider: Provider) -> None:
    browser = browser_of(here)
    through(browser, provider)
    old = browser.client.cookies[sessions.COOKIE]
    through(browser, provider)
    assert browser.client.cookies[sessions.COOKIE] != old
    thief = browser_of(here)
    thief.client.cookies.set(sessions.COOKIE, old)
    assert thief.get("/ho-so").status_code == 303


def test_signing_out_names_the_providers_own_way_out(here: Office, provider: Provider) -> None:
    browser = browser_of(here)
    through(browser, provider)
    answer = browser.post("/ra")
    assert answer.headers["location"] == "/dang-nhap?ra=1"
    page = browser.get("/dang-nhap?ra=1").text
    assert "Ra khỏi Cổng cơ quan" in page
    assert browser.get(f"{START}/ra").headers["location"] == f"{provider.url}/end?client_id=docgen"
    assert browser.get("/ho-so").status_code == 303


def test_another_key_of_the_provider_is_fetched_once(
    here: Office, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(browser_of(here), provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    provider.listed = [provider.key]
    assert through(browser_of(here), provider).status_code == 303
    assert provider.asked.count("/keys") == 2
    provider.header = {"kid": "never-seen"}
    for _ in range(3):
        assert through(browser_of(here), provider).status_code == 403
    assert provider.asked.count("/keys") == 2  # not again within a minute, whoever asks
    monkeypatch.setattr("docgen.web.oidc_provider.KEYS_AGAIN", 0.0)
    assert through(browser_of(here), provider).status_code == 403
    assert provider.asked.count("/keys") == 3


# -- ways in which it must not succeed


def altered(**more: Any) -> Callable[[Provider], None]:
    """Claims of the token that are otherwise; None leaves one out."""

    def change(provider: Provider) -> None:
        provider.alter = lambda claims: {k: v for k, v in {**claims, **more}.items() if v is not None}

    return change


def header(**more: Any) -> Callable[[Provider], None]:
    def change(provider: Provider) -> None:
        provider.header = more

    return change


def foreign_key(provider: Provider) -> None:
    """Signed by a key of somebody else, who brings it along in the token."""
    own = RSAKey.generate_key(2048, {"kid": "k1"})
    provider.listed, provider.key = [provider.key], own
    provider.header = {"jwk": own.as_dict(private=False), "jku": "http://127.0.0.1:1/keys"}


def tampered(provider: Provider) -> None:
    def sign(told: dict[str, Any], claims: dict[str, Any]) -> str:
        first, _, last = provider.signed(told, {**claims, "groups": []}).split(".")
        return ".".join((first, provider.signed(told, claims).split(".")[1], last))

    provider.sign = sign


def setting(name: str, value: Any) -> Callable[[Provider], None]:
    return lambda provider: setattr(provider, name, value)


#: When the tests were collected; they may run an hour later.
NOW = int(time.time())
TOKENS: dict[str, Callable[[Provider], None]] = {
    "alg none": lambda p: setattr(p, "sign", p.unsigned),
    "HS256 with the public key": lambda p: setattr(p, "sign", p.by_public_key),
    "a key of somebody else": foreign_key,
    "altered after signing": tampered,
    "an unknown kid": header(kid="k9"),
    "another nonce": altered(nonce="x"),
    "no nonce": altered(nonce=None),
    "another issuer": altered(iss="https://khac.example"),
    "no issuer": altered(iss=None),
    "another audience": altered(aud="khac"),
    "another audience, with our name beside it": altered(aud="khac", azp="docgen"),
    "no audience": altered(aud=None),
    "several audiences, for another": altered(aud=["docgen", "khac"], azp="khac"),
    "several audiences, for nobody": altered(aud=["docgen", "khac"]),
    "expired": altered(exp=NOW - 120),
    "no expiry": altered(exp=None),
    "not good yet": altered(nbf=NOW + 100 * 86_400),
    "made in the future": altered(iat=NOW + 100 * 86_400),
    "made long ago": altered(iat=NOW - 3600),
    "no subject": altered(sub=None),
    "a subject that is no text": altered(sub=["u-1"]),
    "an empty subject": altered(sub=""),
    "another access token": altered(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no token": setting("sign", lambda *_: None),
    "no JWT": setting("sign", lambda *_: "a.b"),
}  # fmt: skip


@pytest.mark.parametrize("attack", TOKENS)
def test_a_token_that_is_not_to_be_believed(here: Office, provider: Provider, attack: str) -> None:
    TOKENS[attack](provider)
    refused(here, through(browser_of(here), provider))


def test_a_clock_may_be_a_little_off(here: Office, provider: Provider) -> None:
    altered(exp=int(time.time()) - 30, iat=int(time.time()) + 30)(provider)
    assert through(browser_of(here), provider).status_code == 303


def returned(office: Office, provider: Provider) -> tuple[Browser, str]:
    """A browser, and the address that the provider sent it to."""
    browser = browser_of(office)
    return browser, provider.visit(there(browser)).removeprefix("https://testserver")


def test_a_state_is_one_browsers_and_good_for_once(here: Office, provider: Provider) -> None:
    _, way = returned(here, provider)
    refused(here, browser_of(here).get(way))  # another browser: a forged sign-in
    browser, way = returned(here, provider)
    refused(here, browser.get(re.sub(r"state=[^&]+", "state=x", way)))
    refused(here, browser.get(re.sub(r"state=[^&]+", "", way)))
    assert provider.asked.count("/token") == 0
    cookie = browser.client.cookies[page_outside.COOKIE]
    assert browser.get(way).status_code == 303
    browser.client.cookies.set(page_outside.COOKIE, cookie, path="/dang-nhap")
    again = browser.get(way)  # the code comes a second time, with all that belongs to it
    assert again.status_code == 403
    assert provider.asked.count("/token") == 1


def test_a_state_ends_after_ten_minutes(here: Office, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, way = returned(here, provider)
    moment = time.monotonic
    monkeypatch.setattr(page_outside.time, "monotonic", lambda: moment() + page_outside.GOOD_FOR + 1)
    refused(here, browser.get(way))


def test_a_code_of_another_way_is_worth_nothing(here: Office, provider: Provider) -> None:
    """The provider holds to PKCE: a code that was given to another browser does not fit this one's verifier."""
    browser, way = returned(here, provider)
    other = parse_qs(urlsplit(returned(here, provider)[1]).query)["code"][0]
    refused(here, browser.get(re.sub(r"code=[^&]+", f"code={other}", way)))


@pytest.mark.parametrize(
    "told", ["error=access_denied", "code=", "error=<script>alert(1)</script>&code=", "code=a%00b"]
)
def test_what_comes_back_without_a_code(here: Office, provider: Provider, told: str) -> None:
    browser, way = returned(here, provider)
    answer = browser.get(re.sub(r"code=[^&]+", told, way))
    refused(here, answer)
    assert "<script>alert" not in answer.text
    assert "access_denied" not in answer.text


def test_the_issuer_that_comes_back_must_be_the_one(here: Office, provider: Provider) -> None:
    refused(here, through(browser_of(here), provider, iss="https://khac.example"))
    assert through(browser_of(here), provider, iss=provider.url).status_code == 303


def test_the_issuer_must_come_back_where_the_provider_says_so(here: Office, provider: Provider) -> None:
    provider.described["authorization_response_iss_parameter_supported"] = True
    refused(here, through(browser_of(here), provider))


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_coming_back(here: Office, provider: Provider, back: str) -> None:
    assert through(browser_of(here), provider, back).headers["location"] == "/"


def test_a_forged_host_changes_nothing_of_the_way_back(here: Office, provider: Provider) -> None:
    answer = browser_of(here).get(START, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"] == [RETURN]


DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://khac.example"},
    "keys elsewhere": {"jwks_uri": "https://khac.example/keys"},
    "tokens elsewhere": {"token_endpoint": "https://khac.example/token"},
    "not encrypted": {"authorization_endpoint": "http://khac.example/authorize"},
    "no keys": {"jwks_uri": None},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("what", DESCRIPTIONS)
def test_a_description_that_cannot_be_used(here: Office, provider: Provider, what: str) -> None:
    provider.described = DESCRIPTIONS[what]
    refused(here, browser_of(here).get(START), 503, "Chưa hỏi được máy đăng nhập")


def test_a_provider_that_is_down_keeps_nobody_out_who_has_a_password(opened: Opened, unused_port: int) -> None:
    office = opened(issuer=f"http://127.0.0.1:{unused_port}")
    refused(office, browser_of(office).get(START), 503, "Chưa hỏi được máy đăng nhập")
    add_person(office, "lan", "can_bo")
    assert browser_of(office).sign_in("lan").status_code == 303


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_no_redirect_of_the_provider_is_followed(here: Office, provider: Provider, path: str) -> None:
    """What stands at the end of one is not the configured issuer."""
    browser, way = browser_of(here), START
    if path != "/.well-known/openid-configuration":
        browser, way = returned(here, provider)
    provider.moved = path
    refused(here, browser.get(way), 503, "Chưa hỏi được máy đăng nhập")


def test_no_more_than_four_wait_for_the_provider(here: Office) -> None:
    outside = here.client.app.state.outside  # type: ignore[attr-defined]
    for _ in range(4):
        assert outside._at_work.acquire(blocking=False)
    refused(here, browser_of(here).get(START), 503, "Chưa hỏi được máy đăng nhập")
    outside._at_work.release(4)
    assert browser_of(here).get(START).status_code == 303


def test_so_many_are_on_their_way_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_outside, "MOST", 4)
    monkeypatch.setattr(page_outside, "MOST_FROM_ONE", 2)
    errands = page_outside.Errands()
    first = errands.begin("a", "/")
    many = [errands.begin("b", "/") for _ in range(5)]
    assert [errands.end(*one[:2]) is not None for one in many] == [False, False, False, True, True]
    assert errands.end(*first[:2]) is not None  # the many of another address put nobody out
    many = [errands.begin(str(n), "/") for n in range(6)]
    assert [errands.end(*one[:2]) is not None for one in many] == [False, False, True, True, True, True]


def test_nothing_of_anybody_is_in_the_log(here: Office, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.person["groups"] = []
    through(browser_of(here), provider)
    altered(nonce="x")(provider)
    through(browser_of(here), provider)
    lines = [record for record in caplog.records if record.name == "docgen.web"]
    assert [(record.code, record.told) for record in lines] == [  # type: ignore[attr-defined]
        ("no_rule", "no_rule"), ("not_believed", "InvalidClaimError"),
    ]  # fmt: skip
    told = caplog.text + repr([vars(record) for record in caplog.records if record.name.startswith("docgen")])
    assert not re.search(f"hanh|Hạnh|u-1|{SECRET}|code=", told)


def test_without_the_file_there_is_no_way_in_from_outside(office: Office) -> None:
    browser = Browser(office)
    assert "/co-quan" not in browser.get("/dang-nhap").text
    assert [browser.get(START + end).status_code for end in ("", "/ve?state=a&code=b", "/ra")] == [404, 404, 404]


def test_no_proxy_stands_between_this_machine_and_itself(
    here: Office, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert through(browser_of(here), provider).status_code == 303
