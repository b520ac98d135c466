"""Changes of the HTTP interface that a client of an earlier version could stumble over.

python tools/api_changes.py OLD.json NEW.json    say them; 1 where there is one

What a client sends must still be taken (nothing more is required, no type is narrower), and what it reads must still
be there (no operation, field, header or type of file is gone, no value comes that could not come before). New
operations, new optional parameters and new fields of an answer are no such changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
#: Keywords of a schema that say "not less than" and "not more than"; those that a value meets or does not.
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SAME = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding")
_TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})


def incompatible(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Every such change from the description `old` to `new` (OpenAPI 3.1), a line each; empty where there is none."""
    return list(dict.fromkeys(_Comparison(old, new).all()))


class _Comparison:
    """Two descriptions side by side."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = old, new
        self.looked: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        """The changes, operation by operation."""
        for path, ways in self.old["paths"].items():
            for method in METHODS:
                if method not in ways:
                    continue
                where, new = f"{method.upper()} {path}", self.new["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{where}: operation removed"
                    continue
                yield from self._operation(where, ways[method], new)

    def _operation(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"{where}: operationId changed"
        if new.get("security", []) != old.get("security", []) and new.get("security"):
            yield f"{where}: another key is asked for"
        yield from self._parameters(where, _by_name(old), _by_name(new))
        yield from self._body(f"{where} body", old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(where, old["responses"], new["responses"])

    def _parameters(self, where: str, old: dict[Any, Any], new: dict[Any, Any]) -> Iterator[str]:
        for key, given in old.items():
            place = f"{where} {key[1]} {key[0]}"
            if key not in new:
                yield f"{place}: parameter removed"
                continue
            if new[key].get("required") and not given.get("required"):
                yield f"{place}: parameter required"
            yield from self._sent(place, given.get("schema", {}), new[key].get("schema", {}))
        for key in new.keys() - old.keys():
            if new[key].get("required"):
                yield f"{where} {key[1]} {key[0]}: new parameter required"

    def _body(self, place: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Iterator[str]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield f"{place}: body required"
        for media, given in ((old or {}).get("content") or {}).items():
            taken = ((new or {}).get("content") or {}).get(media)
            if taken is None:
                yield f"{place}: {media} no longer taken"
            else:
                yield from self._sent(f"{place} {media}", given.get("schema", {}), taken.get("schema", {}))

    def _answers(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        for status in new.keys() - old.keys():
            if status.startswith("2"):
                yield f"{where}: new answer {status}"
        for status, named in old.items():
            place = f"{where} {status}"
            if status not in new:
                yield f"{place}: answer removed"
                continue
            given, now_given = _resolved(named, self.old), _resolved(new[status], self.new)
            for name, told in given.get("headers", {}).items():
                now = now_given.get("headers", {}).get(name)
                if now is None or (told.get("required") and not now.get("required")):
                    yield f"{place}: header {name} removed"
            mine, theirs = given.get("content") or {}, now_given.get("content") or {}
            for media in theirs.keys() - mine.keys():
                yield f"{place}: answers in {media}"
            for media, shape in mine.items():
                if media not in theirs:
                    yield f"{place}: {media} removed"
                else:
                    yield from self._read(f"{place} {media}", shape.get("schema", {}), theirs[media].get("schema", {}))

    def _sent(self, place: str, old: Any, new: Any) -> Iterator[str]:
        """What a client sends: all that was good is good still."""
        yield from self._within(place, old, self.old, new, self.new, sent=True)

    def _read(self, place: str, old: Any, new: Any) -> Iterator[str]:
        """What a client reads: nothing comes that could not come before."""
        yield from self._within(place, new, self.new, old, self.old, sent=False)

    def _within(
        self, place: str, small: Any, small_in: dict[str, Any], big: Any, big_in: dict[str, Any], *, sent: bool
    ) -> Iterator[str]:
        """Why a value that is good for `small` may not be so for `big`; and fields that one of them lost."""
        key = (json.dumps(small, sort_keys=True), json.dumps(big, sort_keys=True), sent)
        if key in self.looked and ("$ref" in key[0] or "$ref" in key[1]):
            return
        self.looked.add(key)
        small, big = _resolved(small, small_in), _resolved(big, big_in)
        if alternatives := small.get("anyOf") or small.get("oneOf"):
            for one in alternatives:
                yield from self._within(place, one, small_in, big, big_in, sent=sent)
            return
        if alternatives := big.get("anyOf") or big.get("oneOf"):
            tries = [list(self._within(place, small, small_in, one, big_in, sent=sent)) for one in alternatives]
            if all(tries):
                yield f"{place}: type changed"
            return
        if not _types(small) <= _types(big):
            yield f"{place}: type changed"
            return
        yield from _bounds(place, small, big)
        mine, theirs = small.get("properties", {}), big.get("properties", {})
        old, new = (mine, theirs) if sent else (theirs, mine)
        for name in old.keys() - new.keys():
            yield f"{place}/{name}: field removed"
        for name in mine.keys() & theirs.keys():
            yield from self._within(f"{place}/{name}", mine[name], small_in, theirs[name], big_in, sent=sent)
        for name in set(big.get("required", ())) - set(small.get("required", ())):
            yield f"{place}/{name}: field {'required' if sent else 'may be missing'}"
        if big.get("additionalProperties") is False and small.get("additionalProperties") is not False and sent:
            yield f"{place}: further fields refused"
        if "items" in big and (sent or "items" in small):
            yield from self._within(f"{place}[]", small.get("items", {}), small_in, big["items"], big_in,
                                    sent=sent)  # fmt: skip


def _bounds(place: str, small: dict[str, Any], big: dict[str, Any]) -> Iterator[str]:
    values, allowed = _values(small), _values(big)
    if allowed is not None and (values is None or any(value not in allowed for value in values)):
        yield f"{place}: values changed"
    if values is not None:
        return
    for word in _LEAST:
        if word in big and small.get(word, float("-inf")) < big[word]:
            yield f"{place}: {word} changed"
    for word in _MOST:
        if word in big and small.get(word, float("inf")) > big[word]:
            yield f"{place}: {word} changed"
    for word in _SAME:
        if word in big and small.get(word) != big[word]:
            yield f"{place}: {word} changed"


def _values(schema: dict[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _types(schema: dict[str, Any]) -> set[str]:
    """The types of JSON that are good; whole numbers are a part of `number`."""
    given = schema.get("type")
    found = set(_TYPES) if given is None else {given} if isinstance(given, str) else set(given)
    return found | {"integer"} if "number" in found else found


def _resolved(schema: Any, within: dict[str, Any]) -> dict[str, Any]:
    while isinstance(schema, dict) and "$ref" in schema:
        found: Any = within
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema if isinstance(schema, dict) else {}


def _by_name(operation: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["name"], one["in"]): one for one in operation.get("parameters", ())}


def main(arguments: list[str]) -> int:
    """Compare two files; 1 where a client could stumble."""
    old, new = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    found = incompatible(old, new)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
