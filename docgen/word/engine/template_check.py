"""An office's own Word template compared with what a form offers, and with what docxtpl templates get wrong.

Everything found is reported together, each with the part and the paragraph or table cell it stands in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from docgen.errors import DocgenError
from docgen.i18n import has_message
from docgen.model import Finding, Severity
from docgen.nearest import nearest_path
from docgen.word.engine.compile import CompiledTemplate, Filters, environment
from docgen.word.engine.losses import finding, losses, unfilled
from docgen.word.engine.properties import property_tags
from docgen.word.engine.tags import STRAIGHT, TAG, Tag, TagPlace, W, find_tags, paragraphs
from docgen.word.engine.template_gate import refusals
from docgen.word.engine.template_pictures import Pictures
from docgen.word.file.package import Package, parse_xml, read_package

#: Word takes at most so many characters of a control's tag and title.
NAME_LIMIT = 64
#: What a printed value offers besides itself: a date's long form and ISO date, the code behind the words and
#: their short form.
LEAF_PARTS = frozenset({"long", "iso", "code", "short"})

_SMART = re.compile("[“”„‟‘’‚‛«»]")
_BRACES = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_STATEMENT = re.compile(r"\{%[-+]?\s*(?:(?:r|p|tr|tc)\s+)?(\w+)")
_OPENERS = frozenset({"for", "if", "macro", "call", "filter", "with", "raw", "autoescape", "block"})
_TRACKED = (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")
#: docxtpl's own statements, gone before Jinja sees them.
_DOCXTPL_STATEMENTS = frozenset({"colspan", "cellbg", "vm", "hm"})


def check_template(
    path: str | Path,
    known: Collection[str],
    required: Collection[str] = (),
    filters: Filters | None = None,
    pictures: Collection[str] = (),
) -> list[Finding]:
    """What is wrong or doubtful in the template at `path`.

    `known` are the bindings the form offers (`a.b`, `list[].leaf`, `a.b=code`), `required` those it must have a place
    for. Those of `pictures` stand in picture controls whose tag they are, not in tags of text. Names of helpers that
    end in `_` at the root (`blank_`) count as known.
    A template that may not be taken at all (macros, links that Word follows by itself, no sound Word file) gives only
    the errors that say so. Raises `InputError` where the file is no Word file at all.
    """
    if refused := refusals(path):
        return refused
    return _Check(str(path), read_package(path), known, required, environment(filters or {}), pictures).run(
        filters or {}
    )


class _Check:
    def __init__(
        self,
        file: str,
        package: Package,
        known: Collection[str],
        required: Collection[str],
        env: SandboxedEnvironment,
        pictures: Collection[str] = (),
    ) -> None:
        self.boxes = dict.fromkeys(pictures, (1, 1))
        self.file = file
        self.package = package
        self.known = {binding.split("=", 1)[0] for binding in known}
        self.required = sorted({binding.split("=", 1)[0] for binding in required})
        self.env = env
        self.findings: list[Finding] = []
        self.used: set[str] = set()

    def run(self, filters: Filters) -> list[Finding]:
        fault = self._compiled(filters)
        if fault is not None and has_message(fault.code + ".hint"):  # beyond a limit: nothing more is asked of it
            self._fault(fault)
            return self.findings
        for part in self.package.fillable:
            root = parse_xml(self.package.parts[part])
            if part not in self.package.properties:
                self._part(root, part)
            else:
                self._expressions(property_tags(root, part))
        for part, tag in unfilled(self.package):
            self._add("part_not_filled", "error", TagPlace(part), tag=tag)
        self._places()
        if fault is not None and not any(finding.severity == "error" for finding in self.findings):
            self._fault(fault)
        return self.findings

    def _add(self, code: str, severity: Severity, place: TagPlace, **params: object) -> None:
        found = finding(self.file, code, severity, place, **params)
        if found not in self.findings:
            self.findings.append(found)

    # -- one part

    def _part(self, root: etree._Element, part: str) -> None:
        for paragraph, place in paragraphs(root, part):
            self._paragraph(paragraph, place)
        tags = find_tags(root, part)
        self._nesting(tags)
        self._expressions(tags)
        self._controls(root, part)
        said = {f.place.pointer for f in self.findings if f.code == "word.template.paragraph_tag_in_control"}
        for code, place, tag_, words in losses(root, part):
            if place.pointer not in said:
                self._add(code, "error", place, tag=tag_, words=words or "…")

    def _paragraph(self, paragraph: etree._Element, place: TagPlace) -> None:
        """Tags that formatting, Track Changes or a control's edge cuts in pieces; halves of tags; smart quotes."""
        pieces = [
            t for t in paragraph.iter(f"{W}t", f"{W}delText") if next(t.iterancestors(f"{W}p"), None) is paragraph
        ]
        visible = [t for t in pieces if t.tag == f"{W}t"]
        text = "".join(t.text or "" for t in visible)
        for match in TAG.finditer(text):
            nodes_ = list(_touched(visible, match.start(), match.end()))
            tag = match[0]
            if len({_nearest(node, (f"{W}sdt",)) for node in nodes_}) > 1:
                self._add("control_boundary", "error", place, tag=tag)
            between = pieces[pieces.index(nodes_[0]) : pieces.index(nodes_[-1]) + 1]
            if len({_nearest(node, _TRACKED) for node in between}) > 1:
                self._add("tracked_tag", "error", place, tag=tag)
            elif len({_look(node) for node in nodes_}) > 1:
                self._add("split_tag", "warning", place, tag=tag)
            if _SMART.search(tag):
                self._add("smart_quotes", "warning", place, tag=tag)
        if half := _BRACES.search(TAG.sub("", text)):
            self._add("half_tag", "error", place, tag=text[max(0, text.find(half[0]) - 10) :][:60])
        deleted = "".join(t.text or "" for t in pieces if t.tag == f"{W}delText")
        if _BRACES.search(deleted):
            self._add("tracked_tag", "error", place, tag=deleted[:60])

    def _nesting(self, tags: Iterable[Tag]) -> None:
        """Loops and conditions that are not closed, or closed where none is open."""
        unclosed, unopened = _unbalanced(tags)
        for tag in unclosed:
            self._add("unclosed", "error", tag.place, tag=tag.text)
        for tag in unopened:
            self._add("unopened", "error", tag.place, tag=tag.text)

    def _controls(self, root: etree._Element, part: str) -> None:
        """Content controls that would corrupt the filled file (each seen to happen)."""
        spots = dict(paragraphs(root, part))
        seen: Counter[str] = Counter()
        for control in root.iter(f"{W}sdt"):
            properties = control.find(f"{W}sdtPr")
            content = control.find(f"{W}sdtContent")
            if properties is None or content is None:
                continue
            place = _place_of(control, spots, part)
            name = {what: _value(properties, what) for what in ("tag", "alias", "id")}
            seen[name["id"]] += 1
            if name["id"] and seen[name["id"]] == 2:
                self._add("duplicate_id", "error", place, id=name["id"], name=name["tag"] or name["alias"])
            for what in ("tag", "alias"):
                if len(name[what]) > NAME_LIMIT:
                    self._add("long_name", "error", place, name=name[what], limit=NAME_LIMIT)
            inner = [Tag(t, place) for t in TAG.findall("".join(t.text or "" for t in content.iter(f"{W}t")))]
            in_run = next(control.iterancestors(f"{W}p"), None) is not None
            for tag in inner:
                if in_run and tag.kind in ("p", "tr", "tc"):
                    self._add("paragraph_tag_in_control", "error", place, tag=tag.text)
            for group in _unbalanced(inner):
                for tag in group:
                    self._add("control_boundary", "error", place, tag=tag.text)

    # -- names

    def _expressions(self, tags: list[Tag]) -> None:
        """Each tag by itself: its syntax, its filters, its names."""
        scopes: list[dict[str, str]] = [{}]
        for tag in tags:
            statement = _STATEMENT.match(tag.text)
            word = statement[1] if statement else ""
            if tag.is_comment or word in ("raw", "endraw"):
                continue
            if word in _DOCXTPL_STATEMENTS:
                argument = tag.text[tag.text.index(word) + len(word) : -2].strip()
                if not argument:
                    continue
                source = f"{{{{ {argument} }}}}"
            else:
                source = _alone(tag, word)
            if word.startswith("end"):
                if len(scopes) > 1 and word[3:] in _OPENERS:
                    scopes.pop()
                continue
            try:
                tree = self.env.parse(source)
            except TemplateSyntaxError as exc:
                self._add("syntax", "error", tag.place, tag=tag.text, reason=exc.message or "")
                if word in _OPENERS:
                    scopes.append(dict(scopes[-1]))
                continue
            for used in tree.find_all(nodes.Filter):
                if used.name not in self.env.filters:
                    self._add("unknown_filter", "error", tag.place, tag=tag.text, name=used.name,
                              nearest=_closest(used.name, self.env.filters))  # fmt: skip
            self._names(tree, tag, scopes, word)

    def _names(self, tree: nodes.Template, tag: Tag, scopes: list[dict[str, str]], word: str) -> None:
        scope = scopes[-1]
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
        own |= {macro.name for macro in tree.find_all(nodes.Macro)}
        for name in _paths(tree):
            root = re.split(r"[.\[]", name, maxsplit=1)[0]
            if root in own or root == "loop" or root in self.env.globals:
                continue
            if root in scope:
                if not scope[root]:
                    continue
                name = scope[root] + name[len(root) :]
            elif root.endswith("_"):
                continue
            self.used.add(name)
            if not self._is_known(name):
                close = _closest(name, self.known)
                code = "misspelt_tag" if close else "unknown_tag"
                self._add(code, "error", tag.place, tag=tag.text, name=name, nearest=close)
        if word in _OPENERS:
            inner = dict(scope)
            inner.update(dict.fromkeys(own, ""))
            loop = tree.find(nodes.For)
            if loop is not None and isinstance(loop.target, nodes.Name):
                items = next(iter(_paths(loop.iter)), "")
                root = re.split(r"[.\[]", items, maxsplit=1)[0]
                if root in scope:
                    items = scope[root] + items[len(root) :] if scope[root] else ""
                inner[loop.target.name] = f"{items}[]" if items else ""
            scopes.append(inner)
        else:
            scope.update(dict.fromkeys(own, ""))

    def _is_known(self, name: str) -> bool:
        """True where `name` is a binding, a group of bindings, an item of a list binding, or a part of a value."""
        candidates = [name, name.removesuffix("[]")]
        head, _, last = name.rpartition(".")
        if last in LEAF_PARTS:
            candidates.append(head)
        return any(
            one in self.known or any(k.startswith((f"{one}.", f"{one}[")) for k in self.known) for one in candidates
        )

    def _places(self) -> None:
        """Bindings that no tag prints."""
        used = {name.removesuffix("[]") for name in self.used} - set(self.boxes)
        used |= set(Pictures(self.package, self.boxes).boxes)
        used |= {head for name in used for head, _, last in [name.rpartition(".")] if last in LEAF_PARTS}
        whole = TagPlace("")

        def has_place(binding: str) -> bool:
            return any(name == binding or name.startswith((f"{binding}.", f"{binding}[")) for name in used)

        for binding in self.required:
            if not has_place(binding):
                self._add("required_without_place", "error", whole, name=binding)
        for binding in sorted(self.known - set(self.required)):
            if not has_place(binding):
                self._add("without_place", "info", whole, name=binding)

    def _compiled(self, filters: Filters) -> DocgenError | None:
        """What the compiler refuses: an error even if nothing else here sees it."""
        try:
            CompiledTemplate(self.package, filters, self.file, self.boxes)
        except DocgenError as exc:
            return exc
        return None

    def _fault(self, fault: DocgenError) -> None:
        """The compiler's error as a finding."""
        place = fault.facts.get("place")
        if not isinstance(place, TagPlace):
            place = TagPlace(str(fault.facts.get("part", "")))
        if has_message(fault.code + ".hint"):
            where = place.as_place(self.file)
            self.findings.append(Finding(fault.code, "error", where, dict(fault.facts)))
            return
        reason = str(fault.facts.get("reason", fault.code))
        self._add("syntax", "error", place, tag=str(fault.facts.get("tag", "")), reason=reason)


def _unbalanced(tags: Iterable[Tag]) -> tuple[list[Tag], list[Tag]]:
    """The statements that are opened and never closed, and those that close what is not open."""
    open_: list[tuple[str, Tag]] = []
    unopened = []
    for tag in tags:
        statement = _STATEMENT.match(tag.text)
        if statement is None:
            continue
        word = statement[1]
        if word in _OPENERS:
            open_.append((word, tag))
        elif word.startswith("end") and word[3:] in _OPENERS:
            if open_ and open_[-1][0] == word[3:]:
                open_.pop()
            else:
                unopened.append(tag)
        elif word in ("else", "elif") and not (open_ and open_[-1][0] in ("if", "for")):
            unopened.append(tag)
    return [tag for _, tag in open_], unopened


def _alone(tag: Tag, word: str) -> str:
    """Jinja that holds `tag` and whatever it needs to be parsed by itself."""
    text = re.sub(r"^(\{[{%][-+]?\s*)(?:r|p|tr|tc)\s", r"\1", tag.text)
    text = text.translate(STRAIGHT)
    if word in _OPENERS:
        return f"{text}{{% end{word} %}}"
    if word in ("elif", "else"):
        return f"{{% if 1 %}}{text}{{% endif %}}"
    if word == "set" and "=" not in text:
        return f"{text}{{% endset %}}"
    return text


def _paths(node: nodes.Node) -> Iterator[str]:
    """Every name that `node` reads, as long as it is spelled: `a.b`, and `list[].leaf` for an item by number."""
    if isinstance(node, nodes.Name):
        if node.ctx == "load":
            yield node.name
        return
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        text = _binding(node)
        if text:
            yield text
            return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _binding(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        below = _binding(node.node)
        return f"{below}.{node.attr!s}" if below else ""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        below = _binding(node.node)
        if not below:
            return ""
        return f"{below}[]" if isinstance(node.arg.value, int) else f"{below}.{node.arg.value}"
    return ""


def _closest(name: str, known: Collection[str] | Mapping[str, Any]) -> str:
    """The known name most like `name`, by all of it or by its last word; "" where none is like it."""
    return nearest_path(name, sorted(known))


def _touched(pieces: list[etree._Element], start: int, end: int) -> Iterator[etree._Element]:
    """The text nodes that hold characters `start` to `end` of all their text."""
    at = 0
    for piece in pieces:
        length = len(piece.text or "")
        if length and at < end and at + length > start:
            yield piece
        at += length


def _nearest(node: etree._Element, names: tuple[str, ...]) -> etree._Element | None:
    return next(node.iterancestors(*names), None)


def _look(node: etree._Element) -> bytes:
    """What the run of a text node looks like; proofing marks and revision ids do not count."""
    run = next(node.iterancestors(f"{W}r"), None)
    style = None if run is None else run.find(f"{W}rPr")
    if style is None:
        return b""
    kept = [child for child in style if child.tag not in (f"{W}lang", f"{W}noProof")]
    return b"".join(sorted(bytes(etree.tostring(child, method="c14n")) for child in kept))


def _value(properties: etree._Element, what: str) -> str:
    found = properties.find(f"{W}{what}")
    return "" if found is None else str(found.get(f"{W}val", ""))


def _place_of(control: etree._Element, spots: Mapping[etree._Element, TagPlace], part: str) -> TagPlace:
    """The place of the paragraph a control lies in, or of the first one in it."""
    around = next(control.iterancestors(f"{W}p"), None)
    if around is None:
        around = next(control.iter(f"{W}p"), None)
    return TagPlace(part) if around is None else spots.get(around, TagPlace(part))
