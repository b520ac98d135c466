"""A complete, realistic, fictional dossier for any regulation.

The people, their situations and what they wrote stand in `sample.yaml`; which bindings exist, which criteria are
assessed and by whom comes from the regulation. A binding that `sample.yaml` knows nothing of (a regulation of next
year) is filled by its type, so that the sample of a new regulation is complete without a line of Python.

The sample is untidy on purpose, the way real dossiers are: a missing date of birth, "Không có" where the form says
"(nếu có)", a head who grades himself above his collective, someone ill for four months. It has doubts, no errors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docgen.dossier.sample_common import Sample
from docgen.dossier.sample_scored import ScoredSample, is_scored
from docgen.regulations.loader import load_regulation


def sample_dossier(
    regulation_id: str,
    seed: int = 0,
    members: int | None = None,
    folders: tuple[Path | str, ...] = (),
    year: int | None = None,
) -> dict[str, Any]:
    """A dossier of `members` fictional members under `regulation_id`, in canonical form; the same for the same seed.

    Without `members`, as many as the regulation's sample has (14, or 16 where members are scored by kind); without
    `year`, of the regulation's own year. Raises `UsageError` for an unknown regulation.
    """
    regulation = load_regulation(regulation_id, folders)
    sample = (ScoredSample if is_scored(regulation) else Sample)(regulation, seed, year)
    return sample.dossier(sample.size if members is None else members)
