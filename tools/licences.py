"""The licences of what docgen needs to run: `python tools/licences.py` writes `docs/licences.md`, `--check` compares.

The list is taken from the installed distributions themselves, docgen with all its extras and whatever these require.
`--check` fails where a distribution is not listed, or where one's licence binds who hands docgen on (GPL, AGPL).
Versions are left out: the list is about which licences there are, and stays the same from one release to the next.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Giấy phép của các thư viện

Trang này do `python tools/licences.py` viết từ các thư viện đã cài; đừng sửa tay. Đó là mọi thư viện mà docgen cùng
các phần thêm (`excel`, `pdf`, `sign`, `fast`, `web`, `sso`, `postgresql`, `cluster`, `s3`) cần để chạy, kể cả thư
viện mà thư viện khác cần. Không có giấy phép GPL, AGPL. LibreOffice, poppler, SoftHSM là chương trình riêng, docgen
chỉ gọi khi máy có.

| thư viện | giấy phép |
|---|---|
"""
VENDORED = ROOT / "docgen" / "web" / "static" / "vendor" / "vendor.json"
VENDOR_HEAD = """
Các tệp của trang web nằm sẵn trong gói (`docgen/web/static/vendor`, lấy từ npm, không sửa, kèm lời giấy phép):

| gói npm | bản | giấy phép |
|---|---|---|
"""
#: `name [extras] (;) marker`, as far as it matters here.
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)\s*(?:\[(?P<extras>[^\]]*)\])?[^;]*(?:;(?P<marker>.*))?$")
BINDING = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def own_name() -> str:
    """What docgen's distribution is called."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"])


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(root: str, extras: frozenset[str]) -> dict[str, Distribution]:
    """Every installed distribution that `root` with `extras` requires, by its normal name; `root` itself left out."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(root, extras)]
    while waiting:
        name, wanted = waiting.pop()
        if (_key(name), wanted) in seen:
            continue
        seen.add((_key(name), wanted))
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue  # Required on other systems or for other Pythons only.
        found[_key(name)] = one
        for requirement in one.requires or []:
            match = REQUIREMENT.match(requirement)
            if match is None:
                raise ValueError(requirement)
            extra = re.search(r"""extra\s*==\s*['"]([^'"]+)['"]""", match["marker"] or "")
            if extra is None or extra[1] in wanted:
                inner = frozenset(part.strip() for part in (match["extras"] or "").split(",") if part.strip())
                waiting.append((match["name"], inner))
    found.pop(_key(root), None)
    return found


def licence(one: Distribution) -> str:
    """The licence as the distribution states it: its expression, else its classifiers, else the first line it gives."""
    meta = one.metadata
    if meta["License-Expression"]:
        return str(meta["License-Expression"])
    classified = [c.split("::")[-1].strip() for c in meta.get_all("Classifier") or [] if c.startswith("License ::")]
    classified = [c for c in classified if c != "OSI Approved"]
    if classified:
        return ", ".join(sorted(classified))
    return str(meta["License"] or "").strip().splitlines()[0] if meta["License"] else ""


def vendor_line(row: tuple[str, str, str]) -> str:
    """A row of the page."""
    return f"| {row[0]} | {row[1]} | {row[2]} |\n"


def vendored() -> list[tuple[str, str, str]]:
    """The npm packages whose files come with docgen: name, version, licence."""
    rows = json.loads(VENDORED.read_text(encoding="utf-8"))
    return sorted({(row["package"], row["version"], row["licence"]) for row in rows})


def main() -> int:
    """Write the page, or with `--check` say what it lacks. The exit code."""
    needed = closure(own_name(), frozenset({"all"}))
    licences = {name: licence(one) for name, one in sorted(needed.items())}
    faults = [f"{name}: không rõ giấy phép" for name, text in licences.items() if not text]
    faults += [f"{name}: {text}" for name, text in licences.items() if BINDING.search(text)]
    if "--check" in sys.argv[1:]:
        listed = set(re.findall(r"^\| ([a-z0-9-]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
        faults += [f"{name}: không có trong {PAGE.name}" for name in licences if name not in listed]
        page = PAGE.read_text(encoding="utf-8")
        faults += [f"{row[0]}: không có trong {PAGE.name}" for row in vendored() if vendor_line(row) not in page]
    else:
        own = VENDOR_HEAD + "".join(map(vendor_line, vendored()))
        PAGE.write_text(HEAD + "".join(f"| {n} | {t} |\n" for n, t in licences.items()) + own, encoding="utf-8")
    sys.stderr.write("".join(fault + "\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
