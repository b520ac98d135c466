"""A ceiling set by somebody else's grade is told with that grade."""

from __future__ import annotations

import pytest

from docgen.grading import propose


@pytest.mark.parametrize(
    ("collective", "organization", "told"), [("HTTNV", "HTNV", "HTNV"), ("HTTNV", None, "HTTNV"), (None, None, "…")]
)
def test_the_ceiling_of_a_head_is_named(collective: str | None, organization: str | None, told: str) -> None:
    facts = {
        "evaluated_as_leader": True,
        "is_head": True,
        "headed_collective_grade": collective,
        "headed_org_grade": organization,
    }
    proposal = propose("kh55-2018", "dang_vien", facts)
    reasons = [
        reason for reason in proposal.reasons if reason.role == "cap" and reason.rule_id.endswith("can-bo/tran/1")
    ]
    assert [reason.grade for reason in reasons] == [told]
    if told == "…":
        text = reasons[0].text("vi")
        assert "…" not in text
        assert "chưa biết: mức của tập thể lãnh đạo, quản lý do mình đứng đầu" in text
    else:
        assert f"Có trần mức {told}" in reasons[0].text("vi")
