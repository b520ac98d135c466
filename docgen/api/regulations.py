"""Regulations and their forms as objects: what is derived from them is made once and belongs to them."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.errors import InputError
from docgen.json_schema import Schema
from docgen.model import Finding, has_errors
from docgen.owner import once
from docgen.paths import JsonDict, JsonMap
from docgen.regulations import loader
from docgen.regulations.loader import forget_regulations, list_regulations, load_regulation

if TYPE_CHECKING:
    from docgen.dossier import Dossier
    from docgen.forms.definition import FormDefinition
    from docgen.forms.fill import Filler
    from docgen.forms.readback import ReadResult
    from docgen.regulations.rules import RuleSet


class Regulations:
    """The regulations that can be used, by id: those in `folders` first, then those that come with docgen.

    `templates` are folders with an office's own Word templates. Nothing is read before a regulation is asked for;
    `reload()` lets it be read anew. May be shared between threads.

    >>> form = Regulations()["kh55-2018"].form("mau-05")
    >>> form.code, form.regulation.number
    ('Mẫu 05-HD KĐ.ĐG 2018', '55-KH/ĐU')
    >>> "kh55-2018" in Regulations()
    True
    """

    def __init__(self, folders: Sequence[Path | str] = (), *, templates: Sequence[Path | str] = ()) -> None:
        self.folders = tuple(Path(folder) for folder in folders)
        self.templates = tuple(Path(folder) for folder in templates)

    def __getitem__(self, regulation_id: str) -> Regulation:
        """The regulation `regulation_id`.

        Raises `UsageError` for one that is not known, `DefinitionError` (file, line, name) for a fault in its data.
        """
        loaded = load_regulation(regulation_id, self.folders)
        return loaded.derived(("api.regulation", self.templates), lambda: Regulation(loaded, self.templates))

    def __iter__(self) -> Iterator[str]:
        return iter(list_regulations(self.folders))

    def __len__(self) -> int:
        return len(list_regulations(self.folders))

    def __contains__(self, regulation_id: object) -> bool:
        return regulation_id in list_regulations(self.folders)

    def in_force(self, day: datetime.date | None = None) -> Regulation | None:
        """The regulation for the dossiers of the year of `day` (else of today); None where docgen has none."""
        from docgen.regulations.in_force import regulation_in_force

        found = regulation_in_force(day or datetime.date.today(), self.folders)
        return None if found is None else self[found.id]

    def reload(self) -> None:
        """Read every regulation and template anew when it is next asked for: somebody changed a file.

        Objects that were handed out before stay as they are.
        """
        forget_regulations()


class Regulation:
    """One regulation: what it says (`number`, `title`, `life` …, as in `docgen.load_regulation`), and its forms.

    `data` is what was loaded; it never changes. Two objects of one id are equal as long as nothing was reloaded.
    """

    def __init__(self, data: loader.RegulationData, templates: Sequence[Path] = ()) -> None:
        self.data = data
        self.templates = tuple(templates)
        self._forms: dict[str, Form] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "data":
            raise AttributeError(name)
        return getattr(self.data, name)

    def __repr__(self) -> str:
        return f"<docgen.Regulation {self.data.id}>"

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of its forms, in the order in which the regulation has them."""
        return self.data.forms

    @property
    def rules(self) -> RuleSet:
        """The grading rules, those of the regulation it extends included."""
        from docgen.grading import rules_of

        return rules_of(self.data.id, self.data.folders)

    def form(self, name: str) -> Form:
        """The form `name`. Raises `UsageError` for one it does not have, `DefinitionError` for a fault in its data."""
        return once(self._forms, name, lambda: Form(self, name))


class Form:
    """One form of a regulation, with all that can be done with it; each thing is made when it is first needed.

    `code` and `name` are as printed ("Mẫu 05"), `form` is its name in files and commands (`mau-05`).
    """

    def __init__(self, regulation: Regulation, name: str) -> None:
        from docgen.forms.definition import load_form

        self.regulation = regulation
        self.definition: FormDefinition = load_form(regulation.data, name)
        self.form, self.code, self.name = self.definition.form, self.definition.code, self.definition.name

    def __repr__(self) -> str:
        return f"<docgen.Form {self.regulation.data.id}/{self.form}>"

    @cached_property
    def schema(self) -> Schema:
        """The JSON Schema (draft 2020-12) of one record: what `fill` takes and `read` gives."""
        from docgen.forms.schema import form_schema

        return form_schema(self.definition)

    @property
    def _filler(self) -> Filler:
        from docgen.forms.fill import Filler

        made = lambda: Filler(self.definition, self.regulation.templates)  # noqa: E731
        return once(self.__dict__, "_filled_by", made)

    @property
    def template(self) -> bytes:
        """The Word template: an office's own where there is one."""
        from docgen.forms.build import template_bytes

        return template_bytes(self.definition, self.regulation.templates)[0]

    def example(self) -> JsonDict:
        """A filled record of invented people, as a pattern."""
        from docgen.forms.example import sample_record

        return copy.deepcopy(sample_record(self.definition))

    def check(self, record: object, *, folder: Path | str | None = None) -> list[Finding]:
        """Everything wrong or doubtful in one record: shape, required sections, criteria, texts.

        A picture is base64, or the path of a file in `folder`.

        >>> [finding.code for finding in Regulations()["kh55-2018"].form("mau-05").check([])]
        ['dossier.json.not_object']
        """
        from docgen.validation import validate_form_data

        within = Path(folder) if folder is not None else None
        return validate_form_data(record, self.definition, folder=within)

    def fill(
        self,
        record: JsonMap,
        *,
        check: bool = True,
        draft: bool = False,
        folder: Path | str | None = None,
    ) -> bytes:
        """The Word file of one record; every official text and every value is found again in it.

        A picture is base64, or the path of a file in `folder`.

        Raises `InputError` `errors.input.record` with the `findings` where the record has errors; with `check` off it
        is not looked at, and what the form has no place for is not printed. `draft` marks every page DỰ THẢO.
        """
        from docgen.validation.form_data import with_pictures

        if check and has_errors(found := self.check(record, folder=folder)):
            raise record_refused(self.definition, found)
        within = Path(folder) if folder is not None else None
        return self._filler.fill(with_pictures(record, self.definition, within), draft=draft)

    def blank(
        self,
        *,
        dossier: Dossier | None = None,
        member: str = "",
        assessor: str = "",
        roles: Collection[str] = (),
    ) -> bytes:
        """The form to be filled in Word: empty, or carrying what `dossier` knows of `member` (an id).

        A form with a record is handed to its holder: the places of other roles, or of all but `roles`, are locked.
        Raises `UsageError` for an unknown member or role.
        """
        from docgen.forms.alternatives import answers
        from docgen.forms.handing import handed_to
        from docgen.forms.roles import holder_of
        from docgen.pipeline import known_record

        if dossier is None:
            content = self._filler.fill({}, blank=True)
            return handed_to(self.definition, content, tuple(roles)) if roles else content
        known = known_record(self.definition, dossier, member, assessor)
        content = self._filler.fill(known, known=answers(self.definition.law, dossier.data, known))
        return handed_to(self.definition, content, tuple(roles) or (holder_of(self.definition),))

    def read(self, docx: bytes, *, file: str = "") -> ReadResult:
        """The data in a returned form: `data`, `values` with how sure they are, `findings`.

        Never raises for what the file holds: one that cannot be read gives findings and no data.
        """
        from docgen.forms.readback import read_form

        return read_form(
            docx, self.regulation.data, self.definition, self.regulation.data.folders, file=file,
            templates=self.regulation.templates,
        )  # fmt: skip


def record_refused(definition: FormDefinition, found: Sequence[Finding]) -> InputError:
    """What is raised for a record with errors: `errors.input.record`, with the `findings`."""
    errors = [finding for finding in found if finding.severity == "error"]
    fault = InputError(
        "errors.input.record", form=f"{definition.regulation}/{definition.form}", count=len(errors),
        codes=", ".join(dict.fromkeys(finding.code for finding in errors)),
    )  # fmt: skip
    fault.findings = tuple(found)
    return fault
