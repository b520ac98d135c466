"""Loading a JSON dossier: faults of the file, canonical form, places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier.json_reader import scan
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.sample import sample_dossier
from docgen.errors import DocgenError, UsageError
from docgen.model import Finding, has_errors
from docgen.regulations.loader import load_regulation
from docgen.validation import validate_dossier

SMALL: dict[str, Any] = {
    "regulation": "hd16-2018",
    "period": {"year": 2018},
    "organization": {"name": "Chi bộ 1"},
    "members": [{"id": "dv-01", "member": {"full_name": "Nguyễn Văn A"}}],
}


def codes(findings: list[Finding]) -> list[str]:
    return [f.code for f in findings]


def load(raw: bytes | str) -> tuple[Any, list[Finding]]:
    return dossier_from_bytes(raw.encode() if isinstance(raw, str) else raw, "ho-so.json")


def text_of(**changes: Any) -> str:
    return json.dumps(SMALL | changes, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "dossier.file.empty"),
        ("  \n", "dossier.file.empty"),
        ("[1, 2]", "dossier.json.not_object"),
        ("null", "dossier.json.not_object"),
        ('{"a": 1 "b": 2}', "dossier.json.comma"),
        ('{"a" 1}', "dossier.json.colon"),
        ("{a: 1}", "dossier.json.name"),
        ('{"a": Nguyễn}', "dossier.json.value"),
        ('{"a": 1} x', "dossier.json.extra"),
        ('{"a": "x}', "dossier.json.open_text"),
        ('{"a": "C:\\HoSo"}', "dossier.json.escape"),
        ('{"a": "x\ny"}', "dossier.json.line_break"),
        ("{“a”: 1}", "dossier.json.quotes"),
        ("{'a': 1}", "dossier.json.quotes"),
        ('{"a": 1,}', "dossier.json.trailing_comma"),
        ('{"a": [1,\n ]}', "dossier.json.trailing_comma"),
        ('{"a": [1, 2', "dossier.json.cut_off"),
        ("[" * 200_000, "dossier.json.too_deep"),
        (b"%PDF-1.7 ...", "dossier.file.kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "dossier.file.kind"),
        ('{"a": "Nguyễn Văn Á"}'.encode("cp1258", "replace"), "dossier.file.encoding"),
        (b"\xff\xfe{\x00\x00", "dossier.file.encoding_broken"),
        ('{"members": []}', "dossier.regulation.missing"),
        ('{"regulation": "hd16-2081"}', "dossier.regulation.unknown"),
    ],
)
def test_what_is_no_dossier_is_one_finding(raw: bytes | str, code: str) -> None:
    dossier, findings = load(raw)
    assert dossier is None
    assert codes(findings) == [code]
    assert has_errors(findings)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", []), ("utf-8-sig", ["dossier.file.bom"]), ("utf-16", ["dossier.file.utf16"]),
     ("utf-16-le", ["dossier.file.utf16"]), ("utf-32", ["dossier.file.utf16"])],
)  # fmt: skip
def test_every_unicode_encoding_is_read(encoding: str, expected: list[str]) -> None:
    dossier, findings = load(text_of().encode(encoding))
    assert dossier is not None
    assert dossier.data["organization"]["name"] == "Chi bộ 1"
    assert codes(findings) == expected


def test_names_given_twice_are_found_with_their_line() -> None:
    raw = text_of().replace('"id": "dv-01"', '"id": "dv-01",\n   "id": "dv-02"')
    dossier, findings = load(raw)
    assert dossier is not None
    assert [(f.code, f.place.pointer) for f in findings] == [("dossier.json.duplicate_key", "/members/0/id")]
    assert findings[0].params["line"] == raw[: raw.index("dv-02")].count("\n") + 1


def test_numbers_that_are_none() -> None:
    raw = text_of(meeting={"days": 1}, ballots={"issued": 1}).replace('"days": 1', '"days": NaN')
    dossier, findings = load(raw.replace('"issued": 1', f'"issued": {"9" * 5000}'))
    assert codes(findings) == ["dossier.value.not_a_number", "dossier.value.huge_number"]
    assert dossier is not None
    assert "meeting" not in dossier.data


def test_canonical_form() -> None:
    member = {
        "id": " dv-01 ", "member": {"full_name": "  Nguye\u0302\u0303n   Văn A\n", "birth_date": "2/9/1978"},
        "review": {"ideology": "Một\r\n\n  Hai  ba ", "ethics": ["Ba\nBốn", " ", "Năm"], "style": "",
                   "grade_party": "httnv"},
        "civil": {}, "cell": None,
        "facts": {"exemplary_attested": None, "targets_completed_pct": 96.0, "led_units": []},
    }  # fmt: skip
    dossier, findings = dossier_from_data(SMALL | {"members": [member], "period": {"year": "2018"}})
    assert dossier is not None
    assert dossier.data["period"] == {"year": 2018}
    assert dossier.data["members"] == [{
        "id": "dv-01", "member": {"full_name": "Nguyễn Văn A", "birth_date": "1978-09-02"},
        "review": {"ideology": ["Một", "Hai ba"], "ethics": ["Ba", "Bốn", "Năm"], "grade_party": "HTTNV"},
        "facts": {"exemplary_attested": None, "targets_completed_pct": 96, "led_units": []},
    }]  # fmt: skip
    assert sorted(codes(findings)) == ["dossier.text.nfd", *["dossier.value.converted"] * 3]
    again, more = dossier_from_data(dossier.data)
    assert again is not None
    assert (again.data, more) == (dossier.data, [])


def test_every_value_knows_its_line() -> None:
    raw = text_of()
    dossier, _ = load(raw)
    assert dossier is not None
    lines = raw.split("\n")
    place = dossier.place("/members/0/member/full_name")
    assert place.pointer == "/members/0/member/full_name"
    assert f"(dòng {next(i for i, line in enumerate(lines, 1) if 'full_name' in line)})" in place.inner("vi")
    missing = dossier.place("/members/0/member/birth_date")
    assert missing.pointer.endswith("birth_date")
    assert (
        f"(dòng {next(i for i, line in enumerate(lines, 1) if chr(34) + 'member' + chr(34) in line)})"
        in missing.inner("vi")
    )


def test_scanner_follows_every_json_text() -> None:
    text = '{"a/b": [1, {"c~": "x, [y] \\" }"}, []],\n "d": {"e":\n null}}'
    lines, twice = scan(text)
    assert lines == {
        "": 1, "/a~1b": 1, "/a~1b/0": 1, "/a~1b/1": 1, "/a~1b/1/c~0": 1, "/a~1b/2": 1, "/d": 2, "/d/e": 2,
    }  # fmt: skip
    assert twice == []


def test_member_by_id_and_the_nearest_for_an_unknown_one() -> None:
    dossier, _ = dossier_from_data(sample_dossier("hd16-2018", members=3))
    assert dossier is not None
    assert dossier.member("dv-02")["id"] == "dv-02"
    with pytest.raises(UsageError) as fault:
        dossier.member("dv02")
    assert fault.value.facts["near"] == "dv-02"


def test_folder_with_one_dossier_none_and_several(tmp_path: Path) -> None:
    assert codes(load_dossier(tmp_path)[1]) == ["dossier.file.none_in_folder"]
    (tmp_path / "a.json").write_text(text_of(), "utf-8")
    (tmp_path / "~$b.xlsx").write_text("x")
    dossier, findings = load_dossier(tmp_path)
    assert dossier is not None
    assert findings == []
    assert len(dossier.sha256) == 64
    (tmp_path / "b.json").write_text("{}")
    assert codes(load_dossier(tmp_path)[1]) == ["dossier.file.several"]
    assert codes(load_dossier(tmp_path / "c.json")[1]) == ["dossier.file.missing"]
    assert codes(load_dossier("a\0b")[1])[0] in ("dossier.file.missing", "dossier.file.unreadable")


def test_findings_of_loading_come_back_from_validation() -> None:
    dossier, findings = load(text_of(document={"place": "Cần\u200b Thơ"}))
    assert dossier is not None
    assert codes(findings) == ["dossier.text.invisible"]
    assert "dossier.text.invisible" in codes(validate_dossier(dossier, load_regulation("hd16-2018")))


# -- nothing but findings, whatever comes in --------------------------------------------------------------------------

_NAMES = st.sampled_from([
    "id", "member", "members", "full_name", "birth_date", "review", "ideology", "assessments", "chi_uy", "levels", "i1",
    "signs", "b1", "votes", "HTTNV", "facts", "exemplary_attested", "period", "year", "meeting", "held", "days",
    "organization", "collective", "party_organization", "ballots", "issued", "grade_party", "kind", "name", "", "/~",
])  # fmt: skip
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["HTTNV", "2018-12-20", "2018-02-30", "20/12/2018", "…", "\ud800", "Không", "[Nhập]", "CON"]),
)  # fmt: skip
_DATA = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(_NAMES, st.text(max_size=5)), inner, max_size=6)
    ),
    max_leaves=25,
)
_SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(st.dictionaries(_NAMES, _DATA, max_size=6), st.lists(_DATA, max_size=3))
def test_arbitrary_data_give_findings_only(data: dict[str, Any], members: list[Any]) -> None:
    shaped = data | {"regulation": "kh55-2018", "members": members or data.get("members")}
    dossier, _ = dossier_from_data(shaped)
    assert dossier is not None
    for finding in validate_dossier(dossier, load_regulation("kh55-2018")):
        assert finding.code.split(".")[0] in ("dossier", "validation")


@_SLOW
@given(st.one_of(st.binary(max_size=300), _DATA.map(lambda d: json.dumps(d).encode())))
def test_arbitrary_bytes_give_findings_only(raw: bytes) -> None:
    try:
        dossier, findings = dossier_from_bytes(raw, "ho-so.json")
    except DocgenError:
        return
    assert dossier is not None or has_errors(findings)


@_SLOW
@given(st.data())
def test_a_sample_with_one_value_replaced_gives_findings_only(data: st.DataObject) -> None:
    dossier: Any = sample_dossier("kh55-2018", members=2)
    node: Any = dossier
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and data.draw(st.integers(0, 3)):
            node = node[key]
            continue
        node[key] = data.draw(_DATA)
        break
    loaded, findings = dossier_from_data(dossier)
    if loaded is None:
        assert has_errors(findings)
    else:
        validate_dossier(loaded, load_regulation("kh55-2018"))


def test_every_value_has_the_line_it_stands_on() -> None:
    """Also where a hundred thousand unknown names ask, one after the other."""
    from docgen.dossier.json_reader import JsonPlaces, scan

    text = '{\n "a": {"b":\n [1,\n  {"c/d": 2}]},\n\n "members": [\n{"id": 1}, {\n"id": 2}],\n "z":\n 5}'
    places = JsonPlaces("x.json", text)
    lines, _ = scan(text)
    assert lines["/a/b/1/c~1d"] == 4
    assert {pointer: places.line(pointer) for pointer in lines} == lines
    assert places.line("/a/khong-co") == lines["/a"]
    assert places.line("/khong-co") == 1


@pytest.mark.parametrize("name", ["full_name", "workplace"])
def test_of_a_text_without_end_the_beginning_is_taken(name: str) -> None:
    """Not even a draft holds a file of megabytes that was pasted into one place."""
    member = {"id": "dv-01", "member": {"full_name": "Nguyễn Văn A"} | {name: "chữ " * 2_500_000}}
    dossier, findings = load(text_of(members=[member]))
    found = [f for f in findings if f.code == "dossier.text.long"]
    assert [(f.severity, f.place.pointer, f.params) for f in found] == [
        ("error", f"/members/0/member/{name}", {"length": 10_000_000, "limit": 100_000})
    ]
    assert dossier.members[0]["member"][name] == ("chữ " * 25_000).rstrip() + " …"


def test_of_paragraphs_and_of_names_without_end_the_beginning_is_taken() -> None:
    long = "x" * 200_000
    member = {"id": "dv-01", "member": {"full_name": "A"}, "review": {"ideology": ["một", long, "ba"]}, long: "y"}
    dossier, findings = load(text_of(members=[member]))
    assert [f.place.pointer[:30] for f in findings if f.code == "dossier.text.long"] == [
        "/members/0/review/ideology/1", "/members/0/" + "x" * 19
    ]  # fmt: skip
    assert dossier.members[0]["review"]["ideology"] == ["một", "x" * 99_997 + "…"]
    assert max(map(len, dossier.members[0])) == 100_001
    assert max(len(f.text()) for f in findings) < 1_000


def test_a_text_of_just_the_length_is_taken_whole() -> None:
    exactly = {"id": "dv-01", "member": {"full_name": "A", "workplace": "x" * 100_000}}
    dossier, findings = load(text_of(members=[exactly]))
    assert "dossier.text.long" not in codes(findings)
    assert dossier.members[0]["member"]["workplace"] == "x" * 100_000


@pytest.mark.parametrize("as_list", [True, False])
def test_a_section_of_too_many_or_too_long_paragraphs_is_cut(as_list: bool) -> None:
    """A section of 100,000 paragraphs took more than a minute to print."""

    def kept(paragraphs: list[str]) -> tuple[int, list[tuple[str, Any]]]:
        given: Any = paragraphs if as_list else "\n".join(paragraphs)
        member = {"id": "dv-01", "member": {"full_name": "A"}, "review": {"ideology": given}}
        dossier, findings = load(text_of(members=[member]))
        return len(dossier.members[0]["review"]["ideology"]), [(f.code, f.params) for f in findings]

    many = [("dossier.text.many", {"count": 3_000, "limit": 2_000})]
    assert kept(["đoạn"] * 3_000) == (2_000, many)
    assert kept(["đoạn"] * 2_000) == (2_000, [])
    if as_list:
        assert kept(["x" * 1_000] * 102) == (101, [("dossier.text.long", {"length": 102_000, "limit": 100_000})])
        assert kept(["x" * 1_000] * 100) == (100, [])
        assert kept(["x" * 19_000] * 7) == (6, [("dossier.text.long", {"length": 133_000, "limit": 100_000})])
