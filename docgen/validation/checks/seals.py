"""Whose digital signature stands for a seal (QĐ 379-QĐ/TW Điều 12): the dossier must name the body."""

from __future__ import annotations

from docgen.regulations.originals import SCAN, body_role, sealed_by
from docgen.validation.context import Check
from docgen.validation.kind import CheckKind


class Seals(CheckKind):
    """Bodies whose seal a paper will bear."""

    name = "seals"
    turn = 190
    codes = ("validation.seal.no_name",)

    def run(self, check: Check) -> None:
        check_seals(check)


def check_seals(check: Check) -> None:
    """Report a paper that will bear a body's signature while nothing in the dossier names the body."""
    originals = check.regulation.originals
    sealing = sealed_by(originals, check.data)
    printed = {
        sign.role for item in check.regulation.packet for sign in check.forms.definition(item.form).signs() if sign.seal
    }
    for role, name in sealing.items():
        if not name and role != SCAN and role in printed:
            check.add("validation.seal.no_name", "warning", f"/signers/{body_role(role)}", role=body_role(role),
                      clause=originals.clause)  # fmt: skip
