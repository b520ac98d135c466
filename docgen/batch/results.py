"""Where the results of a batch go: a folder, one file, or archives; and the file of everything that was found."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from docgen.batch.archive import Group, pack
from docgen.batch.journal import Journal, copy_ranges
from docgen.batch.model import JOURNAL, Summary
from docgen.errors import UsageError
from docgen.model import Finding
from docgen.validation.report import to_json

#: So many findings are shown at once; the rest is in the file.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Results:
    """What a batch was asked to leave behind.

    `output` is a folder, or one .docx for a single record. With `archive` the results end up in that zip instead, with
    `shard` in several zips of so many records each; `stem` names them where `archive` does not. `label` names the
    journal, `findings` the file of findings; left out, it lies beside the results.
    """

    output: Path
    label: str
    stem: str
    archive: Path | None = None
    shard: int = 0
    overwrite: bool = False
    findings: Path | None = None
    language: str = "vi"

    @property
    def single(self) -> bool:
        """True for one Word file."""
        return self.output.suffix.lower() == ".docx"

    @property
    def zip(self) -> Path | None:
        """The archive, where there is to be one."""
        if self.archive is not None:
            return self.archive
        return self.output / f"{self.stem}.zip" if self.shard else None

    def refuse_what_exists(self) -> None:
        """Raise `UsageError` where the one file or the archive that is asked for is there already."""
        if self.overwrite:
            return
        if self.zip is None:
            there = [self.output] if self.single and self.output.exists() else []
        elif _hidden(self.zip).is_dir():
            there = []  # an earlier run of this command did not end
        elif self.shard:
            there = sorted(self.zip.parent.glob(f"{self.zip.stem}-[0-9][0-9][0-9]{self.zip.suffix}"))
        else:
            there = [self.zip] if self.zip.exists() else []
        if there:
            raise UsageError("errors.usage.exists", file=str(there[0]))

    @contextmanager
    def work_folder(self) -> Iterator[tuple[Path, Journal]]:
        """The folder the results are written to, and its journal.

        What goes to an archive waits in a hidden folder beside it, which is gone when the archive is there. For a
        single file there is nothing to remember.
        """
        if self.single:
            with tempfile.TemporaryDirectory() as state:
                self.output.parent.mkdir(parents=True, exist_ok=True)
                yield self.output.parent, Journal(Path(state), self.label)
        elif self.zip is not None:
            folder = _hidden(self.zip)
            yield folder, Journal(folder / JOURNAL, self.label)
            shutil.rmtree(folder, ignore_errors=True)
        else:
            yield self.output, Journal(self.output / JOURNAL, self.label)

    def pack(self, groups: Iterator[Group]) -> list[Path]:
        """Pack the archives, where there are to be some; returns what the user gets. A record is a group of files."""
        return [self.output] if self.zip is None else pack(groups, self.zip, self.shard)

    def gather_findings(
        self,
        journal: Journal,
        ranges: Sequence[tuple[int, tuple[int, int]]],
        own: Sequence[Finding],
        summary: Summary,
    ) -> None:
        """One file of the processes' findings, in the order of the data, and of `own`; none where nothing was found.

        `ranges` are (process, (start, end)) in the processes' files of findings.
        """
        summary.noted += len(own)
        gathered = journal.folder / "findings.new"
        with gathered.open("wb") as out:
            copy_ranges([(journal.found(worker), range_) for worker, range_ in ranges], out)
            for item in to_json(own, self.language):
                out.write(json.dumps(item, ensure_ascii=False).encode() + b"\n")
        with gathered.open("rb") as lines:
            summary.first = [json.loads(line) for line in islice(lines, SHOWN)]
        target = self._findings_file()
        if target is None or not summary.noted:
            gathered.unlink()
            if target is not None:
                target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(gathered, target)
        summary.findings = target

    def _findings_file(self) -> Path | None:
        """Where the findings go; nowhere for a single file, unless one is named."""
        if self.findings is not None:
            return self.findings
        if self.single:
            return None
        if self.archive is not None:
            return self.archive.with_name(f"{self.archive.stem}.findings.jsonl")
        return self.output / "findings.jsonl"


def _hidden(archive: Path) -> Path:
    return archive.with_name(f".{archive.name}.docgen")
