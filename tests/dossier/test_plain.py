"""The quick way past members may refuse anything, but what it accepts is its own canonical form and has no finding."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.dossier import dossier_from_data, load_dossier
from docgen.dossier import loaded as dossier_model
from docgen.dossier.json_reader import JsonPlaces, scan
from docgen.dossier.load import dossier_from_bytes
from docgen.dossier.plain import plain_member
from docgen.dossier.sample import sample_dossier
from docgen.dossier.shape import dossier_shape
from docgen.regulations.loader import list_regulations, load_regulation

REGULATIONS = list_regulations()
TEXTS = st.one_of(
    st.text(max_size=10),
    st.text("aẾ.…_-[](){}<>·/:; \u00a0\u200b\u0301\n\tнgàyntháăm", max_size=10),
    st.sampled_from([
        "", " a", "a  b", "Không", "HTTNV", "httnv", "tot", "5", "5,5", "2018-1-2", "2018-02-30", "31/12/2018", "<w:t>",
        "{{ a }}", "Ho\u0323c", "x\u0007", "co", "xuat_sac",
    ]),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        TEXTS, st.none(), st.booleans(), st.integers(-(10**19), 10**19), st.floats(), st.just(-0.0), st.just(2.0)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=2)),
    max_leaves=4,
)


@cache
def sample(name: str) -> str:
    return json.dumps(sample_dossier(name, members=14))


def holders(value: Any) -> list[tuple[Any, Any]]:
    """Every place in `value`: what holds it, and its name or index there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, inner in items for each in ((value, key), *holders(inner))]


def changed(draw: st.DataObject) -> dict[str, Any]:
    """A sample dossier with a few of its members' values changed, taken away or added."""
    data: dict[str, Any] = json.loads(sample(draw.draw(st.sampled_from(REGULATIONS))))
    for _ in range(draw.draw(st.integers(0, 4))):
        members = data["members"]
        member = members[draw.draw(st.integers(0, len(members) - 1))]
        found = holders(member)
        holder, key = found[draw.draw(st.integers(0, len(found) - 1))]
        kind = draw.draw(st.sampled_from(["put", "put", "put", "add", "facts", "drop"]))
        if kind == "drop":
            del holder[key]
        elif kind == "add" and isinstance(holder, dict):
            holder[draw.draw(TEXTS)] = draw.draw(VALUES)
        elif kind == "facts":
            member["facts"] = {**(member.get("facts") or {}), draw.draw(st.sampled_from(["gpa", "a", "facts"])):
                               draw.draw(VALUES)}  # fmt: skip
        else:
            holder[key] = draw.draw(VALUES)
    return data


@pytest.mark.parametrize("name", REGULATIONS)
def test_the_members_of_every_sample_are_plain(name: str) -> None:
    is_plain = plain_member(dossier_shape(load_regulation(name)))
    assert all(is_plain(member) for member in json.loads(sample(name))["members"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_a_file_gives_the_same_as_the_whole_way(draw: st.DataObject) -> None:
    raw = json.dumps(changed(draw), indent=1).encode()
    quick = dossier_from_bytes(raw, "a.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dossier_model, "plain_member", lambda _: lambda _: False)
        slow = dossier_from_bytes(raw, "a.json")
    assert quick[0] is not None
    assert slow[0] is not None
    assert repr(quick[0].data) == repr(slow[0].data)
    assert quick[1] == slow[1]


def test_accepting_what_is_not_canonical_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.loads(sample("kh55-2018"))
    data["members"][0]["member"]["full_name"] = "  Lê   Văn B "
    raw = json.dumps(data).encode()
    right = dossier_from_bytes(raw, "a.json")[0]
    monkeypatch.setattr(dossier_model, "plain_member", lambda _: lambda _: True)
    wrong = dossier_from_bytes(raw, "a.json")[0]
    assert right is not None
    assert wrong is not None
    assert right.data != wrong.data


def test_data_of_others_is_copied() -> None:
    data = json.loads(sample("kh55-2018"))
    before = copy.deepcopy(data)
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    assert dossier.data["members"][0] is not data["members"][0]
    assert data == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_the_line_of_a_value_is_that_of_a_whole_scan(draw: st.DataObject) -> None:
    spaces: dict[str, Any] = draw.draw(
        st.sampled_from([{"indent": 1}, {"indent": None}, {"indent": 2, "separators": (" ,\n ", "\n:\n ")}])
    )
    text = draw.draw(st.sampled_from(["", "\n\n "])) + json.dumps(changed(draw), **spaces)
    lines = scan(text)[0]
    places = JsonPlaces("a.json", text)
    missing = ["/", "/members/00", "/members/-1", "/members/99/a", "/members/0/x/y", "/x/0", "/members/0/~1"]
    for pointer in [*draw.draw(st.lists(st.sampled_from(list(lines)), max_size=30)), *missing]:
        above = pointer
        while above and above not in lines:
            above = above.rpartition("/")[0]
        assert places.line(pointer) == lines[above]


def test_a_name_given_twice_has_the_line_of_the_last(tmp_path: Any) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"regulation": "kh55-2018",\n"members": [\n{"id": "a/b"},\n{"id": 5,\n"id": "x",\n"id": 7}]}')
    dossier, findings = load_dossier(file)
    assert dossier is not None
    assert [f.code for f in findings if f.place.pointer == "/members/1/id"] == ["dossier.json.duplicate_key"] * 2
    assert dossier.place("/members/1/id").inner() == "/members/1/id (dòng 6)"
