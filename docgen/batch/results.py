"""Where the results of a batch go: a folder, one file, or archives; and the file of everything that was found."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from docgen.batch.archive import Group, pack
from docgen.batch.journal import Journal, Known, copy_ranges
from docgen.batch.request import JOURNAL, Summary
from docgen.errors import UsageError
from docgen.model import Finding
from docgen.storage import open_whole
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
        """Raise `UsageError` where the one file, the archive or the file of findings is there already.

        A file of findings that an earlier run wrote is no hindrance.
        """
        if self.overwrite:
            return
        found = self._findings_file()
        if found is not None and not _is_ours(found):
            raise UsageError("errors.usage.exists", file=str(found))
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

    def refuse_what_another_made(self, known: Known) -> None:
        """As `refuse_what_exists`, to be asked when the journal is ours: another command may have ended meanwhile."""
        if self.zip is None or self.overwrite or len(known):
            return
        there = sorted(self.zip.parent.glob(f"{self.zip.stem}-001{self.zip.suffix}")) if self.shard else [self.zip]
        if there and there[0].exists():
            shutil.rmtree(_hidden(self.zip), ignore_errors=True)
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
            if os.name == "nt":  # where the lock could not be removed while it was held
                shutil.rmtree(folder, ignore_errors=True)  # pragma: no cover
        else:
            yield self.output, Journal(self.output / JOURNAL, self.label)

    def pack(self, groups: Iterator[Group]) -> list[Path]:
        """Pack the archives, where there are to be some; returns what the user gets. A record is a group of files."""
        if self.zip is None:
            return [self.output]
        packed = pack(groups, self.zip, self.shard)
        shutil.rmtree(_hidden(self.zip), ignore_errors=True)  # while it is ours alone
        return packed

    def gather_findings(
        self,
        journal: Journal,
        ranges: Sequence[tuple[str, tuple[int, int]]],
        own: Sequence[Finding],
        summary: Summary,
    ) -> None:
        """One file of the processes' findings, in the order of the data, and of `own`; none where nothing was found.

        `ranges` are (owner, (start, end)) in the places' files of findings.
        """
        summary.noted += len(own)
        gathered = journal.folder / "findings.new"
        with gathered.open("wb") as out:
            copy_ranges([(journal.found(worker), range_) for worker, range_ in ranges], out)
            for item in to_json(own, self.language):
                out.write(json.dumps(item, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        with gathered.open("rb") as lines:
            summary.first = [json.loads(line) for line in islice(lines, SHOWN)]
        target = self._findings_file()
        if target is None or not summary.noted:
            gathered.unlink()
            if target is not None:
                target.unlink(missing_ok=True)
            return
        with gathered.open("rb") as content, open_whole(target, overwrite=True) as out:
            shutil.copyfileobj(content, out)
        gathered.unlink()
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


def _is_ours(findings: Path) -> bool:
    """True where there is no such file, or one that a batch wrote."""
    try:
        with findings.open("rb") as lines:
            first = lines.readline(1_000_000)
        return not first or {"code", "severity", "pointer"} <= set(json.loads(first))
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError, TypeError):
        return False


def _hidden(archive: Path) -> Path:
    return archive.with_name(f".{archive.name}.docgen")
