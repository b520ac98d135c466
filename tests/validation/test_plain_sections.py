"""The quick way past written sections gives the findings of the whole way, whatever stands in a dossier."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.dossier import dossier_from_data
from docgen.dossier.sample import sample_dossier
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.validation import validate_dossier
from docgen.validation.checks import sections
from docgen.validation.context import Check, Forms

TEXTS = st.one_of(
    st.text("aẾ.…_-[](){}<>·/:; \u00a0ngàyntháăm", max_size=10),
    st.sampled_from([
        "", "Không", "không có.", "Không phát sinh", "....", "ngày ... tháng ... năm", "[Nhập nội dung]",
        "(ghi rõ lý do)", "Bấm vào đây", "Nhấn để nhập", "{chọn}", "Đã làm xong việc được giao trong năm",
        "a" * 201 + " [nhập gì đó]",
    ]),
)  # fmt: skip
VALUES = st.one_of(
    TEXTS, st.lists(TEXTS, max_size=3), st.none(), st.booleans(), st.integers(0, 9), st.builds(dict),
    st.builds(lambda: {"a": "…"}), st.builds(lambda: [1, "…"]),
)  # fmt: skip


@cache
def sample(name: str) -> str:
    return json.dumps(sample_dossier(name, members=6))


def findings(data: dict[str, Any]) -> list[Any]:
    dossier, _ = dossier_from_data(data)
    assert dossier is not None
    return validate_dossier(dossier, load_regulation(dossier.regulation))


def changed(draw: st.DataObject) -> dict[str, Any]:
    """A sample dossier in which some texts of members are something else, or gone."""
    data: dict[str, Any] = json.loads(sample(draw.draw(st.sampled_from(list_regulations()))))
    for _ in range(draw.draw(st.integers(0, 5))):
        holder = draw.draw(st.sampled_from(data["members"]))
        while True:
            key = draw.draw(st.sampled_from(sorted(holder)))
            if not isinstance(holder[key], dict) or not holder[key] or draw.draw(st.integers(0, 9)) == 0:
                break
            holder = holder[key]
        if draw.draw(st.booleans()):
            holder[key] = draw.draw(VALUES)
        else:
            del holder[key]
        data["members"] = [member for member in data["members"] if member] or [{"id": "a"}]
    return data


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_the_quick_way_and_the_whole_way_agree(draw: st.DataObject) -> None:
    data = changed(draw)
    quick = findings(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sections._Sections, "all_written", lambda *_: False)
        assert findings(data) == quick


@pytest.mark.parametrize("name", list_regulations())
def test_most_members_of_a_sample_go_the_quick_way(name: str) -> None:
    dossier, _ = dossier_from_data(json.loads(sample(name)))
    assert dossier is not None
    regulation = load_regulation(name)
    check = Check(dossier, regulation, Forms(regulation), {})
    walk = sections._Sections(check)
    written = [walk.all_written(m, check.forms.each("members", m.record), walk.sheets(m)) for m in check.members]
    assert sum(written) >= len(written) - 1


def test_a_quick_way_that_accepts_everything_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.loads(sample("kh55-2018"))
    data["members"][2]["review"]["ideology"] = ["……………"]
    assert "validation.section.dots" in {finding.code for finding in findings(data)}
    monkeypatch.setattr(sections._Sections, "all_written", lambda *_: True)
    assert "validation.section.dots" not in {finding.code for finding in findings(data)}
