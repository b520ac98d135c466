"""How people name a form: `mau-01`, or with its regulation as `docgen forms` prints it, `hd16-2018/mau-01`."""

from __future__ import annotations

from docgen.errors import UsageError


def named_form(form: str, regulation_id: str | None) -> tuple[str | None, str]:
    """The regulation and the form that `form` names; `regulation_id` where it names the form alone.

    Raises `UsageError` where the two name different regulations.
    """
    named, slash, alone = form.rpartition("/")
    if not slash:
        return regulation_id, form
    if regulation_id and regulation_id != named:
        raise UsageError("errors.usage.form_of_another", form=form, regulation=regulation_id, alone=alone)
    return named, alone
