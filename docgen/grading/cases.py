"""Cases that lawyers write beside the rules: facts in, expected proposal out.

A file holds named sets of facts (`bases`) and cases, each starting from one set and changing a few facts:

    - name: "nghỉ ốm đúng 3 tháng"
      clause: "HD 16 II.B.5"
      from: vien-chuc
      facts: {"sick_leave_months_in_year": 3}
      expect: {"grade": "HTNV", "blocked_by": ["chung/10"]}

`expect` names the grade, the rules that must be named as blocking (without the regulation's id), what people must be
asked (`asks`, exactly these; left out: nothing may be asked), and any further key of the answer, compared exactly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from docgen.grading import propose
from docgen.grading.proposal import Proposal
from docgen.paths import JsonMap
from docgen.regulations.rules import RuleSet

#: Keys compared as subsets: more may be named, none may be missing.
SUBSETS = ("blocked_by", "actions", "alt_grades")
#: Of these, the ones that lawyers' own cases name completely.
EXACT = ("actions", "alt_grades")
#: The same loader in C where PyYAML brings it: there are thousands of lines of cases.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: facts about one subject under one regulation, and what is expected."""

    id: str
    regulation: str
    subject: str
    clause: str
    facts: JsonMap = field(hash=False)
    expect: Mapping[str, Any] = field(hash=False)


def load_cases(path: Path) -> Iterator[Case]:
    """The cases of one YAML file, or of one file of JSON lines (`id`, `pack`, `subject`, `facts`, `expected`)."""
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                expect = dict(entry["expected"])
                expect["asks"] = expect.pop("needs_human")
                yield Case(entry["id"], entry["pack"], entry["subject"], entry["why"], entry["facts"], expect)
        return
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    regulation, subject = content["regulation"], content["subject"]
    for entry in content["cases"]:
        facts = {**content["bases"][entry["from"]], **entry.get("facts", {})}
        expect = {"not_ranked": False, "asks": [], **entry["expect"]}
        expect["blocked_by"] = [f"{regulation}/{rule}" for rule in expect.get("blocked_by", [])]
        name = f"{regulation}/{subject}: {entry['from']}, {entry['name']}"
        yield Case(name, regulation, subject, entry["clause"], facts, expect)


def load_folder(folder: Path) -> list[Case]:
    """The cases of every file below `folder`."""
    files = [*sorted(folder.rglob("*.yaml")), *sorted(folder.rglob("*.jsonl"))]
    return [case for path in files for case in load_cases(path)]


def _asked(flag: str, flags: tuple[str, ...]) -> bool:
    """True where `flag` is raised; a missing fact may be named by its rule or by itself."""
    kind = flag.split(":", 1)[0]
    return flag in flags or (kind == "missing" and any(f.startswith("missing:") for f in flags))


def differences(case: Case, proposal: Proposal) -> list[str]:
    """Where `proposal` differs from what `case` expects; empty where it agrees."""
    answer = {**proposal.answer(), "alt_grades": list(proposal.alt_grades), "max_excellent": proposal.max_excellent}
    found = []
    asks = list(case.expect["asks"]) if isinstance(case.expect["asks"], list) else [case.expect["asks"]]
    found += [f"does not ask {flag}" for flag in asks if not _asked(flag, proposal.needs_human)]
    strict = "/" in case.id
    needless = [
        f for f in proposal.needs_human if f not in asks and (strict or not asks) and not _asked(f, tuple(asks))
    ]
    if needless:
        found.append(f"asks {needless}")
    if strict and "actions" not in case.expect and proposal.actions:
        found.append(f"reminds of {list(proposal.actions)}")
    # Where people are asked, a file of JSON lines takes no grade, or the grade of the other reading, as right too.
    others = [None, *case.expect.get("alt_grades", ())] if asks and not strict and not found else []
    for key, wanted in case.expect.items():
        if key == "asks":
            continue
        got = answer.get(key)
        listed = got if isinstance(got, list) else ()
        if key == "grade" and got in others:
            continue
        if strict and key in EXACT:
            if set(listed) != set(wanted):
                found.append(f"{key} are {got}, not {wanted}")
        elif key in SUBSETS and wanted:
            lacking = sorted(set(wanted) - set(listed))
            # The files of JSON lines name alternatives for comparison only.
            if lacking and key != "alt_grades":
                found.append(f"{key} lacks {lacking}")
        elif key not in ("blocked_by", "alt_grades") and got != wanted:
            found.append(f"{key} is {got!r}, not {wanted!r}")
    return found


def run(case: Case, rules: RuleSet) -> list[str]:
    """What differs when `case` is put to `rules`."""
    return differences(case, propose(rules, case.subject, case.facts))
