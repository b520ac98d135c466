"""Generated documentation: the command reference, the findings of the faulty example, the HTTP interface.

python tools/docs.py            write them
python tools/docs.py --check    fail where a file differs from what would be written
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- findings:begin -->", "<!-- findings:end -->"
EXAMPLE = ROOT / "examples" / "ho-so-loi.json"
#: How many findings the README shows.
SHOWN = 14


def command_reference() -> str:
    """`docs/cli.md`: the help of every command, in Vietnamese."""
    from docgen.cli import COMMANDS, _translate_click, cli

    _translate_click("vi")
    out = ["# Các lệnh", "", "Trang này do `python tools/docs.py` viết từ chính các lệnh; đừng sửa tay.", ""]
    context = click.Context(cli, info_name="docgen", terminal_width=100, max_content_width=100)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        out += section(command, context, name, 2)
    return "\n".join(out).rstrip() + "\n"


def section(command: click.Command, parent: click.Context, name: str, depth: int) -> list[str]:
    """The section of one command, and those of its own commands."""
    context = click.Context(command, parent=parent, info_name=name, terminal_width=100, max_content_width=100)
    lines = [f"{'#' * depth} {context.command_path}", "", "```", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            lines += section(found, context, sub, depth + 1)
    return lines


def readme() -> str:
    """The README with the findings of the faulty example between its marks."""
    from docgen.pipeline import check_dossier
    from docgen.validation.report import render_text

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    findings = [f for f in check_dossier(EXAMPLE).findings if f.severity == "error"][:SHOWN]
    report = render_text(findings, "vi").replace(f"{EXAMPLE}: ", "")
    report = "\n".join(line for line in report.splitlines() if not line.startswith("Tổng cộng")).strip()
    head, rest = text.split(BEGIN, 1)
    return f"{head}{BEGIN}\n```\n{report}\n```\n{END}{rest.split(END, 1)[1]}"


def http_description() -> str:
    """`docs/api/openapi.json`: the OpenAPI description that the server gives at /api/openapi.json."""
    from docgen.web.app import bare_app

    return json.dumps(bare_app().openapi(), ensure_ascii=False, indent=2) + "\n"


def generated() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    out = {
        ROOT / "docs" / "cli.md": command_reference(),
        ROOT / "docs" / "api" / "openapi.json": http_description(),
    }
    if EXAMPLE.is_file():
        out[ROOT / "README.md"] = readme()
    return out


def main(arguments: list[str]) -> int:
    """Write or check; 1 where a check fails."""
    stale = []
    for path, text in generated().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(path.relative_to(ROOT))
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
