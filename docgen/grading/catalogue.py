"""The catalogue of a regulation's rules as a page: each rule, its clause, its wording, what is asked, its cases.

`python -m docgen.grading.catalogue` writes `docs/rules/<regulation>.md`, and the language of rules beside them;
`check` says which pages are out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from docgen.grading import language as rule_language
from docgen.grading import rules_of
from docgen.grading.cases import Case, load_folder
from docgen.grading.rule_words import effect_words, predicate_words
from docgen.i18n import DEFAULT_LANGUAGE, message
from docgen.regulations import rules as r
from docgen.regulations.loader import list_regulations
from docgen.regulations.predicate import facts_of


def render(regulation: str | r.RuleSet, cases: Sequence[Case] = (), language: str = DEFAULT_LANGUAGE) -> str:
    """The page of `regulation`: a section a rule, then the ambiguities. `cases` are counted for each rule."""
    rules = rules_of(regulation) if isinstance(regulation, str) else regulation

    def say(name: str, **params: object) -> str:
        return message(f"grading.page.{name}", language, **params)

    own = [case for case in cases if case.regulation == rules.regulation]
    lines = [f"# {say('title', document=rules.document)}", "", say("intro", count=len(rules.rules)), ""]
    for rule in rules.rules:
        lines += [f"## {rule.id}", "", f"**{rule.clause}** ({', '.join(rule.subjects)}, {nature(rule)})", ""]
        lines += [f"> {rule.wording}", ""]
        lines += [f"- {effect_words(effect, language)}" for effect in rule.effects]
        if rule.kind:
            lines.append(f"- {say('kind.' + rule.kind)}")
        if rule.reading:
            lines.append(f"- {say('reading', text=rule.reading)}")
        blocking = [case.id for case in own if rule.id in case.expect.get("blocked_by", ())]
        if blocking:
            lines.append(f"- {say('cases', count=len(blocking), first=blocking[0])}")
        lines.append("")
    lines += [f"## {say('ambiguities')}", ""]
    for entry in rules.ambiguities:
        asked = [case.id for case in own if f"ambiguity:{entry.code}" in case.expect["asks"]]
        lines += [f"### {entry.code} ({', '.join(entry.subjects)})", "", entry.text, ""]
        lines.append(f"- {say('when', text=predicate_words(entry.when, language))}")
        if entry.alternatives:
            lines.append(f"- {say('alternatives', grades=', '.join(entry.alternatives))}")
        if asked:
            lines.append(f"- {say('cases', count=len(asked), first=asked[0])}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def nature(rule: r.Rule) -> str:
    """T: told from facts; N: only people confirm it; T+N: facts, with a part that people confirm."""
    facts = {fact for predicate in rule.predicates() for fact in facts_of(predicate)}
    if not facts or not any(fact.attested for fact in facts):
        return "T"
    return "N" if all(fact.attested for fact in facts) else "T+N"


def pages(cases: Path) -> dict[str, str]:
    """Every page by file name, with the cases found below the folder `cases`."""
    loaded = load_folder(cases)
    told = {f"{name}.md": render(name, loaded) for name in list_regulations()}
    return told | {"language.md": rule_language.render()}


def check(folder: Path, cases: Path) -> list[str]:
    """The names of the pages in `folder` that differ from what the rules say now."""
    return [
        name
        for name, text in pages(cases).items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Iterable[str] = ()) -> int:
    """Writes the pages below the current folder, or with `--check` lists those that are out of date."""
    folder, cases = Path("docs/rules"), Path("tests/regulations")
    if "--check" in arguments:
        stale = check(folder, cases)
        print("\n".join(stale), end="\n" if stale else "")
        return 1 if stale else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(cases).items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
