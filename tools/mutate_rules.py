"""Breaks every grading rule in every way a typing error could, and reports which breaks no case notices.

usage: python tools/mutate_rules.py [REGULATION ...] [--write docs/rules/mutation.md] [--jobs N]

Each rule of each regulation is deleted, its thresholds moved, its comparisons made to include or exclude the bound,
its exceptions dropped, its parts left out; so is each ambiguity (see `rule_mutants`). The cases of `tests/regulations`
are run against each broken set of rules, in this process. A break that changes no case's outcome is a survivor: a
case is missing, or the source says the same thing twice. The latter are listed, with the clause and the reason, in
`tools/mutation_equivalents.yaml`; an entry there that is no survivor (any more) is reported as well.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from rule_mutants import Mutant, mutants

from docgen.grading import rules_of
from docgen.grading.cases import Case, load_cases, load_folder, run
from docgen.grading.engine import Assessment
from docgen.regulations.predicate import parts
from docgen.regulations.rules import RuleSet

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "regulations"
EQUIVALENTS = Path(__file__).resolve().with_name("mutation_equivalents.yaml")
REGULATIONS = ("hd16-2018", "kh55-2018", "kh40-2018", "hd19-2024", "khbvp-2021", "hd43-2025")


class Runner:
    """The cases of one regulation, run against broken rules until one notices."""

    def __init__(self, regulation: str) -> None:
        self.rules: RuleSet = rules_of(regulation)
        lines = [case for path in sorted(CASES.glob("cases*.jsonl")) for case in load_cases(path)]
        cases = [*load_folder(CASES / regulation), *lines]
        self.cases = [case for case in cases if case.regulation == regulation]
        self._views: dict[str, Assessment] = {}
        self._killers: dict[str, list[Case]] = {}
        wrong = [case.id for case in self.cases if run(case, self.rules)]
        if wrong:
            raise SystemExit(f"cases that fail on the unbroken rules: {', '.join(wrong)}")

    def killer(self, mutant: Mutant) -> Case | None:
        """A case that tells the broken rules from the right ones, if there is any."""
        known = self._killers.setdefault(mutant.name, [])
        for case in self._ordered(mutant, known):
            if case.subject in mutant.subjects and not self._same(case, mutant) and _notices(case, mutant):
                if case in known:
                    known.remove(case)
                known.insert(0, case)
                return case
        return None

    def _ordered(self, mutant: Mutant, known: Sequence[Case]) -> list[Case]:
        """Cases that noticed another break of the same rule come first, then those that name the rule."""
        names = {id(case) for case in known}
        rest = [case for case in self.cases if id(case) not in names]
        rest.sort(key=lambda case: mutant.name not in case.expect.get("blocked_by", ()))
        return [*known, *rest]

    def _same(self, case: Case, mutant: Mutant) -> bool:
        """True where the changed predicate says the same of this case, so that nothing else can differ."""
        if mutant.before is None or mutant.after is None or case.subject in ("cohort", "vote"):
            return False
        if any(part.of_proposal for one in (mutant.before, mutant.after) for part in parts(one)):
            return False  # what it says of a case cannot be told beforehand
        if case.id not in self._views:
            self._views[case.id] = Assessment(self.rules, case.subject, case.facts)
        told = self._views[case.id]
        before, after = told.tell(mutant.before), told.evaluator.tell(mutant.after)
        return (before.outcome, before.missing, before.judged) == (after.outcome, after.missing, after.judged)


def _notices(case: Case, mutant: Mutant) -> bool:
    try:
        return bool(run(case, mutant.rules))
    except Exception:  # rules that cannot even run are noticed
        return True


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A break that the source makes harmless: what, how, where it is written, why no case can notice it."""

    name: str
    label: str
    clause: str
    reason: str


def equivalents(regulation: str, path: Path = EQUIVALENTS) -> list[Equivalent]:
    """The breaks of one regulation that are known to change nothing. Raises `ValueError` for an incomplete entry."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    found = []
    for entry in content.get(regulation, ()):
        for key in ("rule", "breaks", "clause", "reason"):
            if not entry.get(key):
                raise ValueError(f"{path.name}: {regulation}: {entry.get('rule')}: {key} is empty")
        name = f"{regulation}{' ' if entry.get('named') else '/'}{entry['rule']}"
        found += [Equivalent(name, label, entry["clause"], entry["reason"]) for label in entry["breaks"]]
    return found


@dataclass(slots=True)
class Result:
    """What breaking one regulation showed."""

    count: int = 0
    survivors: list[tuple[str, str]] = field(default_factory=list)
    equivalent: list[Equivalent] = field(default_factory=list)
    stale: list[Equivalent] = field(default_factory=list)


def survivors_of(regulation: str, share: int = 0, shares: int = 1) -> tuple[int, list[tuple[str, str]]]:
    """How many breaks one share of the work holds, and which of them no case notices."""
    runner = Runner(regulation)
    mine = [m for number, m in enumerate(mutants(runner.rules)) if number % shares == share]
    return len(mine), [(m.name, m.label) for m in mine if runner.killer(m) is None]


def judged(regulation: str, count: int, left: Sequence[tuple[str, str]]) -> Result:
    """The survivors of one regulation set against its known equivalents."""
    known = {(e.name, e.label): e for e in equivalents(regulation)}
    return Result(
        count,
        sorted(key for key in left if key not in known),
        [known[key] for key in sorted(left) if key in known],
        [entry for key, entry in known.items() if key not in set(left)],
    )


def _page(results: dict[str, Result]) -> Iterator[str]:
    yield from (
        "# Thử phá luật (mutation)", "",
        "Mỗi luật, mỗi định nghĩa dùng chung và mỗi chỗ mơ hồ bị phá theo mọi cách mà một lỗi gõ có thể gây ra (xóa,",
        "dời ngưỡng, đổi gồm hay không gồm mốc, bỏ ngoại lệ, bỏ từng vế), mỗi lần một chỗ, rồi chạy các ca trong",
        "`tests/regulations`. Một lần phá không ca nào nhận ra là còn sót: thiếu ca. Riêng nơi chính nguồn in một điều",
        "kiện hai lần thì phá một chỗ không đổi được kết quả nào: các chỗ ấy ghi ở `tools/mutation_equivalents.yaml`,",
        "kèm điều khoản và lý do, và cũng được kiểm (mục nào không còn là chỗ sót thì báo).", "",
        "Chạy lại: `python tools/mutate_rules.py --write docs/rules/mutation.md`.", "",
        "| Văn bản | Số lần phá | Ca nhận ra | Tương đương | Còn sót |", "|---|---|---|---|---|",
    )  # fmt: skip
    whole = Result()
    for name, one in results.items():
        whole.count += one.count
        whole.survivors += one.survivors
        whole.equivalent += one.equivalent
        yield _row(name, one)
    yield from (_row("Tất cả", whole), "")
    for name, one in results.items():
        if one.survivors:
            yield from (f"## Còn sót ở {name}", "", *(f"- `{rule}`: {label}" for rule, label in one.survivors), "")
        if one.stale:
            yield from (f"## Mục tương đương không còn đúng ở {name}", "")
            yield from (*(f"- `{entry.name}`: {entry.label}" for entry in one.stale), "")
    for name, one in results.items():
        if one.equivalent:
            yield from (f"## Tương đương ở {name}", "")
            reasons: dict[tuple[str, str, str], list[str]] = {}
            for entry in one.equivalent:
                reasons.setdefault((entry.name, entry.clause, entry.reason), []).append(entry.label)
            for (rule, clause, reason), labels in reasons.items():
                yield f"- `{rule}` ({clause}): {reason} ({'; '.join(f'`{label}`' for label in labels)})"
            yield ""


def _row(name: str, one: Result) -> str:
    killed = one.count - len(one.survivors) - len(one.equivalent)
    return f"| {name} | {one.count} | {killed} | {len(one.equivalent)} | {len(one.survivors)} |"


def report(results: dict[str, Result]) -> str:
    """The result as a page of documentation."""
    return "\n".join(_page(results)).rstrip() + "\n"


def main() -> int:
    """Runs the mutations; ends with 1 where any survives or an equivalent is listed that is none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("regulations", nargs="*")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    results = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for regulation in options.regulations or REGULATIONS:
            shares = [pool.submit(survivors_of, regulation, i, options.jobs) for i in range(options.jobs)]
            done = [share.result() for share in shares]
            results[regulation] = judged(regulation, sum(n for n, _ in done), [s for _, left in done for s in left])
    text = report(results)
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(text, encoding="utf-8")
    print(text)
    return 1 if any(one.survivors or one.stale for one in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
