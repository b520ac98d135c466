"""Word → Excel → Word → JSON loses nothing: every form of every regulation, with data made up by Hypothesis.

A longer run: `python -m tools.round_trip --book`.
"""

from __future__ import annotations

from typing import Any

import pytest
from book_trip import trip
from form_samples import records
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from docgen.forms.definition import load_form
from docgen.regulations.loader import list_regulations, load_regulation

FORMS = [(name, form) for name in list_regulations() for form in load_regulation(name).forms]


@pytest.mark.parametrize(("name", "form"), FORMS, ids=[f"{name}/{form}" for name, form in FORMS])
@settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(drawn=st.data())
def test_a_form_comes_through_the_book(name: str, form: str, drawn: Any) -> None:
    regulation = load_regulation(name)
    definition = load_form(regulation, form)
    assert trip(regulation, definition, drawn.draw(records(regulation, definition))) == []
