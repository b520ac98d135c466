"""One form for one record, by names; `docgen.api.regulations` has the same as an object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.api.regulations import Regulation, record_refused
from docgen.model import has_errors
from docgen.paths import JsonMap
from docgen.regulations.loader import RegulationData, load_regulation


def fill(
    regulation: str | Regulation | RegulationData,
    form: str,
    data: JsonMap,
    *,
    templates: Sequence[Path | str] = (),
    draft: bool = False,
    check: bool = True,
) -> bytes:
    """The Word file of one form for one record.

    `data` must conform to the form's JSON Schema (`docgen schema FORM`): `InputError` `errors.input.record` with its
    `findings` where it has errors, unless `check` is off. Every official text and every value is found again in what
    was written, else `InternalError`. Raises `UsageError` for an unknown regulation or form.
    """
    from docgen.forms.definition import load_form
    from docgen.forms.fill import Filler
    from docgen.validation import validate_form_data

    loaded = load_regulation(regulation) if isinstance(regulation, str) else regulation
    if isinstance(loaded, Regulation):
        loaded = loaded.data
    definition = load_form(loaded, form)
    if check and has_errors(found := validate_form_data(data, definition)):
        raise record_refused(definition, found)
    return Filler(definition, templates).fill(data, draft=draft)
