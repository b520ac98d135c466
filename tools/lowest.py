"""The lowest versions that `pyproject.toml` names: `python tools/lowest.py` prints them as constraints for pip.

`scripts/test` installs them into an environment of their own and runs there the tests that touch each library, so that
a lower bound is a version that was really tried.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

#: `name[extras]>=version`, nothing else: a bound of another form could not be pinned.
BOUND = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*(?P<version>[0-9][0-9A-Za-z.]*)")


def pins(project: dict[str, object], extras: tuple[str, ...]) -> list[str]:
    """`name==version` for each requirement of the project and of `extras`. Raises `ValueError` for one without `>=`."""
    optional = project["optional-dependencies"]
    assert isinstance(optional, dict)
    required = [*project["dependencies"], *(one for extra in extras for one in optional[extra])]  # type: ignore[misc]
    out = []
    for requirement in required:
        if requirement.startswith(f"{project['name']}["):
            continue
        match = BOUND.fullmatch(requirement)
        if match is None:
            raise ValueError(f"no lower bound: {requirement}")
        out.append(f"{match['name']}=={match['version']}")
    return out


def main() -> None:
    """Print the constraints, one a line."""
    table = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sys.stdout.write(
        "\n".join(pins(table, ("excel", "pdf", "sign", "fast", "web", "sso", "postgresql", "cluster", "s3"))) + "\n"
    )


if __name__ == "__main__":
    main()
