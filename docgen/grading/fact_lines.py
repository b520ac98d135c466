"""Facts one a line in, answers one a line out (`docgen grade --facts FILE.jsonl --json`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from docgen.errors import DocgenError, InputError
from docgen.grading import propose, rules_of
from docgen.grading.answers import with_answers
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.model import Finding, Place
from docgen.paths import JsonDict


def _finding(finding: Finding, language: str) -> JsonDict:
    text = message(finding.code, language, **finding.params)
    return {"code": finding.code, "severity": finding.severity, "where": finding.place.text(language), "message": text}


def _broken(
    path: Path, line: int, code: str, language: str, identity: Any = None, /, **params: object
) -> dict[str, Any]:
    finding = Finding(code, "error", Place(str(path), source=str(line)), {"line": line, **params})
    return {
        "id": identity, "grade": None, "blocked_by": [], "not_ranked": False, "needs_human": [], "actions": [],
        "reasons": [], "findings": [_finding(finding, language)],
    }  # fmt: skip


def answer_lines(
    path: str | Path, regulation_folders: Sequence[Path | str] = (), language: str = DEFAULT_LANGUAGE
) -> Iterator[dict[str, Any]]:
    """An answer for each line of facts in `path`, in order.

    A line is a JSON object with `id`, `pack` or `regulation`, `subject` and `facts`. An answer has `id`, `grade`,
    `blocked_by`, `not_ranked`, `needs_human`, `actions`, the keys that apply to its subject, `reasons` and `findings`.
    A line that cannot be read gives an answer with one finding that names the line. Raises `InputError` where the file
    itself cannot be read.
    """
    source = Path(path)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError("grading.input.unreadable", file=str(source), problem=type(fault).__name__) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _answer(source, number, line, regulation_folders, language)


def _answer(path: Path, number: int, line: str, folders: Sequence[Path | str], language: str) -> JsonDict:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as fault:
        problem = str(fault) if isinstance(fault, ValueError) else "[[[…"
        return _broken(path, number, "grading.input.not_json", language, problem=problem)
    if not isinstance(case, dict):
        return _broken(path, number, "grading.input.not_object", language)
    identity = case.get("id")
    regulation, subject, facts = (
        case.get("regulation") or case.get("pack"),
        case.get("subject"),
        case.get("facts"),
    )
    if not isinstance(regulation, str) or not isinstance(subject, str) or not isinstance(facts, dict):
        return _broken(path, number, "grading.input.incomplete", language, identity)
    try:
        rules = rules_of(regulation, tuple(folders))
        proposal = with_answers(rules, subject, facts, propose(rules, subject, facts))
    except DocgenError as fault:
        return _broken(path, number, fault.code, language, identity, **fault.facts)
    findings = [_finding(f, language) for f in proposal.findings]
    return {"id": identity, **proposal.answer(language), "findings": findings}
