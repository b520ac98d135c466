"""Choices that decide which papers and which criteria there are: whoever has not chosen would get none of them.

A regulation may make a form for one kind of member only (`only` in its packet) and criteria for one kind of agency only
(`applies`). A dossier that leaves such a choice open would silently lack papers.
"""

from __future__ import annotations

from typing import Any

from docgen.validation.context import Check, Holder, at


def check_choices(check: Check) -> None:
    """Report choices that are open."""
    regulation = check.regulation
    conditions = {item.only.partition("=")[0] for item in regulation.packet if item.only}
    for binding in sorted(conditions | ({regulation.applies} if regulation.applies else set())):
        field = regulation.fields.get(binding)
        if field is None or field.type != "choice":
            continue
        path = binding.split(".")
        place = regulation.roots.get(path[0])
        words = "; ".join(f"{code} = {text}" for code, text in regulation.choices[field.choices].items())
        if place == "dossier" and not _value(check.data, path):
            check.add("validation.choice.open", "error", at("", *path), "", label=field.label, allowed=words)
        for member in check.members if place == "members" else ():
            if member.reviewed and not _value(member.record, path):
                pointer = at(member.pointer, *path)
                check.add("validation.choice.open", "error", pointer, member.who, label=field.label, allowed=words)


def check_stated_sums(check: Check, holder: Holder, rows: Any, points: dict[str, Any]) -> None:
    """The points of each group as the form states them once more (`total` of a criterion)."""
    stated: dict[str, Any] = {}
    for row in rows:
        if row.total:
            stated[row.total] = sum((points[leaf.id] for leaf in row.leaves() if leaf.id in points), 0)
    if not stated or holder.subject not in ("dang_vien", "tap_the"):
        return
    for binding, due in stated.items():
        path = binding.split(".")
        base, record = (holder.pointer, holder.record) if holder.subject == "dang_vien" else ("", check.data)
        given = _value(record, path)
        if isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given - float(due)) > 0.05:
            field = check.regulation.fields[binding]
            check.add("validation.score.stated", "error", at(base, *path), holder.who, label=field.label,
                      given=_text(given), due=_text(float(due)))  # fmt: skip


def _text(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _value(data: Any, path: list[str]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data
