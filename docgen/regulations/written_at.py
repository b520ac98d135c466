"""At which line of a regulation's own file something stands, for findings about what was read long ago."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import DocgenError
from docgen.regulations.strict_yaml import Mapping, Sequence, Yaml, load_file


def line_of(path: Path, *names: str) -> int:
    """The line of `path` at which `names` leads: keys of mappings, or the `id` or text of an item of a list.

    0 where the file or the name is not there: what is missing stands at no line.
    """
    try:
        at: Yaml | None = load_file(path) if path.is_file() else None
    except DocgenError:
        return 0
    line = 0
    for name in names:
        if isinstance(at, Mapping) and name in at:
            line, at = at.lines.get(name, at.line), at[name]
        elif isinstance(at, Sequence):
            found = next((n for n, item in enumerate(at) if name in (item, _id(item))), None)
            if found is None:
                return 0
            line, at = at.lines[found], at[found]
        else:
            return 0
    return line


def _id(item: Yaml) -> Yaml | None:
    return item.get("id") if isinstance(item, Mapping) else None
