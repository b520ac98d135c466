"""Finding and loading a regulation: one folder a regulation, `extends` for what stays the same.

A regulation folder holds `regulation.yaml` (who issued it, packet, deadlines), `criteria.yaml` (sets of criteria),
`fields.yaml` (types and labels of bindings that only it uses), `forms/<form>.yaml`, and `rules.yaml` (read by
`docgen.regulations.rules`). A folder outside the package works the same way (`--regulations DIR`): a unit's overlay
extends a regulation and says only what differs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from docgen.errors import DefinitionError, UsageError
from docgen.owner import Owner, once
from docgen.paths import AnyRecord
from docgen.regulations.criteria_sets import FORBIDDEN_NAMES, merge_criteria
from docgen.regulations.criteria_sets import Criterion as Criterion
from docgen.regulations.decisions import Decisions, decisions_of
from docgen.regulations.duties import (
    Archive,
    Asked,
    Duration,
    Enclosure,
    Same,
    archive_of,
    asked_of,
    deadline_of,
    duration_of,
    enclosure_of,
    meets,
    same_of,
)
from docgen.regulations.faults import Faults, each
from docgen.regulations.life import Life, life_of
from docgen.regulations.office import office, office_fields, office_folder
from docgen.regulations.order import Order, order_of
from docgen.regulations.originals import Originals, originals_of
from docgen.regulations.outside_review import KINDS, OUT_OF, Apart
from docgen.regulations.strict_yaml import Mapping
from docgen.regulations.subjects import SUBJECTS, is_member
from docgen.regulations.superior import Superior, superior_of
from docgen.regulations.yaml_shape import CRITERIA, FIELDS, REGULATION, load_shaped
from docgen.values import VALUES
from docgen.values.kind import Options

REGULATION_KEYS = (
    "extends", "short", "title", "number", "issuer", "issued", "revision", "forms", "assessors", "packet", "draft",
    "meeting", "deadlines", "apart", "life", "same", "enclosures", "asked", "decisions", "originals", "order",
    "superior",    "binding", "archive", "add",
)  # fmt: skip
REGULATION_REQUIRED = ("regulation",)
#: The name of a form: that of its file, and part of the names of the files of a packet.
_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
#: A place that a prefilled form carries: a root, a value below one, or one of each record of a list.
_PREFILLED = re.compile(r"[a-z][a-z_0-9]*|[a-z][a-z_0-9]*(?:\[\])?\.[a-z][a-z_0-9]*")
#: What `add` may add to the lists of the regulation that is extended.
ADD_KEYS = ("forms", "assessors", "packet", "deadlines", "enclosures")
CRITERIA_KEYS = ("sets", "detail", "points", "sums", "scales", "scale", "frames", "applies", "chosen")
FIELDS_KEYS = ("fields", "choices", "roots", "lists", "prefilled")
TYPES = tuple(VALUES)
#: From where an assessor looks at whom he assesses.
LEVELS = ("self", "cell", "peer", "above", "below")
#: Of what a document of the packet is made, one each.
EACH = ("dossier", "members", "assessments")
#: The posts of a member by which an assessor is due: one among the leaders of a đoàn thể.
DUE_BY = ("union_post",)
#: Where the first name of a binding may stand in the dossier.
ROOT_PLACES = ("dossier", "members", "assessments")
#: By what a criterion is asked of some bodies only, where a regulation names nothing else.
COLLECTIVE_KIND = "collective.kind"
#: What every file system takes, with room for an ending.
_LONGEST_NAME = 200
#: How many regulations stay loaded: a server may see many units' folders.
_MOST = 64
#: Those that are loaded, by id and folders, the oldest first.
_loaded: dict[tuple[str, tuple[str, ...]], RegulationData] = {}


@dataclass(frozen=True, slots=True)
class Field:
    """One binding of the catalogue: its type and its labels."""

    binding: str
    type: str
    label: str
    label_en: str
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Assessor:
    """Someone who assesses (chủ thể tham gia đánh giá): an id, how it is written on the form, where it is printed.

    `due_by` names the post that makes this assessor due for a member, where not everybody has one (`DUE_BY`).
    """

    id: str
    subject: str
    label: str
    level: str = ""
    required: bool = False
    clause: str = ""
    due_by: str = ""


@dataclass(frozen=True, slots=True)
class PacketItem:
    """One kind of document of the packet, in order.

    `each` is `dossier`, `members` or `assessments`; `assessors` the assessor ids it is made for (all others where it
    is `others`). `only` restricts it to records where a value has a code (`member.leader=true`).
    """

    form: str
    each: str
    assessors: tuple[str, ...] = ()
    clause: str = ""
    only: str = ""

    def made_for(self, record: AnyRecord | None) -> bool:
        """True where this document is made for `record`: a member's record, or the dossier. A missing yes/no is no."""
        return meets(self.only, record)


@dataclass(slots=True, eq=False)
class RegulationData(Owner):
    """One issued document and all it prescribes, as `docgen.Regulation` has it in `data`.

    Once loaded it never changes, and travels between processes by name.

    `chain` lists the folders from its own to the one it extends last; `folders` are the further places that were
    looked in, so that whoever needs its rules looks in the same ones.
    """

    id: str
    chain: tuple[Path, ...]
    short: str = ""
    title: str = ""
    number: str = ""
    issuer: str = ""
    issued: datetime.date | None = None
    revision: str = "1"
    extends: str = ""
    forms: tuple[str, ...] = ()
    assessors: tuple[Assessor, ...] = ()
    packet: tuple[PacketItem, ...] = ()
    draft: Mapping = field(default_factory=Mapping)
    meeting: tuple[Duration, ...] = ()
    deadlines: list[Mapping] = field(default_factory=list)
    apart: tuple[Apart, ...] = ()
    life: Life = field(default_factory=Life)
    same: tuple[Same, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    asked: tuple[Asked, ...] = ()
    order: tuple[Order, ...] = ()
    archive: Archive | None = None
    decisions: Decisions = field(default_factory=Decisions)
    originals: Originals = field(default_factory=Originals)
    #: Who decides, above, on the collective of which body.
    superior: tuple[Superior, ...] = ()
    fields: dict[str, Field] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    criteria: dict[str, tuple[Criterion, ...]] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    #: (set, heading) -> the set by whose rows the unit scores that heading.
    frames: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Clauses that no unit's own folder may ask less of.
    binding: tuple[str, ...] = ()
    #: What a form carries that is handed out prefilled: `root`, `root.name`, or `list[].name` of each record.
    prefilled: tuple[str, ...] = ()
    #: The title of each list of records, for people.
    lists: dict[str, str] = field(default_factory=dict)
    #: The binding whose code the `applies` of a criterion names where it names no binding of its own.
    applies: str = COLLECTIVE_KIND
    #: For a subject: the set of criteria, or the binding in its record whose code is the set's name.
    chosen: dict[str, str] = field(default_factory=dict)
    #: The papers around the packet that docgen has for this regulation (`docgen.regulations.office`).
    office: tuple[str, ...] = ()
    #: The bindings that only those papers have.
    office_fields: frozenset[str] = frozenset()
    #: The roots whose values docgen counts or makes up from the dossier: nobody types them, no dossier holds them.
    computed: tuple[str, ...] = ()

    _sealed: bool = field(default=False, init=False, repr=False)

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_sealed", False):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Callable[..., RegulationData], tuple[str, tuple[Path, ...]]]:
        return load_regulation, (self.id, self.folders)

    def seal(self) -> RegulationData:
        """This regulation, from now on read-only, its lists and mappings too."""
        self.deadlines = cast(Any, tuple(self.deadlines))
        for name in ("choices", "fields", "criteria", "roots", "lists", "chosen"):
            values = getattr(self, name).items()
            frozen = {k: MappingProxyType(v) if type(v) is dict else v for k, v in values}
            setattr(self, name, MappingProxyType(frozen))
        self._sealed = True
        return self

    def criteria_set(self, subject: str, record: AnyRecord | None = None) -> str:
        """The name of the set of criteria by which `subject` is assessed: its own, or the one its `record` chooses.

        Empty where the record does not say which.
        """
        chosen = self._chosen(subject)
        if "." not in chosen:
            return chosen
        for step in chosen.split("."):
            record = record.get(step) if isinstance(record, dict) else None
        return record.replace("_", "-") if isinstance(record, str) else ""

    def _chosen(self, subject: str) -> str:
        usual = SUBJECTS.get(subject)
        return self.chosen.get(subject, usual.criteria if usual is not None else "")

    def criteria_sets(self, subject: str) -> list[str]:
        """The names of all sets by which a `subject` may be assessed."""
        chosen = self._chosen(subject)
        if "." in chosen:
            return [code.replace("_", "-") for code in self.choices[self.fields[chosen].choices]]
        if chosen in self.criteria:
            return [chosen]
        return [name for name in self.criteria if name.startswith(chosen)]

    @property
    def folder(self) -> Path:
        """The regulation's own folder."""
        return self.chain[0]

    @property
    def is_overlay(self) -> bool:
        """True for a unit's own folder over a regulation that comes with docgen."""
        return self.chain[0].parent != builtin_folder() and self.chain[-1].parent == builtin_folder()

    @property
    def every_form(self) -> tuple[str, ...]:
        """The forms it prescribes, then the papers around the packet."""
        return (*self.forms, *self.office)

    @property
    def prescribed_fields(self) -> dict[str, Field]:
        """The fields without those that only the papers around the packet have."""
        return {binding: found for binding, found in self.fields.items() if binding not in self.office_fields}

    def is_computed(self, binding: str) -> bool:
        """True for a value that docgen works out itself: of a root of `computed`, or below one in a list."""
        root, _, leaf = binding.partition("[].")
        return (leaf if root == "members" else root).partition(".")[0] in self.computed

    def form_file(self, form: str) -> Path:
        """The file that defines `form`: the regulation's own, else the one of the regulation it extends, else the
        paper around the packet that every regulation has.

        Raises `UsageError` where no such form exists.
        """
        for folder in (*self.chain, office_folder()) if may_name_a_file(form) else ():
            path = folder / "forms" / f"{form}.yaml"
            if path.is_file() and form in self.every_form:
                return path
        raise self._unknown_form(form)

    def _unknown_form(self, form: str) -> UsageError:
        known = ", ".join(self.every_form)
        return UsageError("errors.usage.unknown_form", form=form[:60], regulation=self.id, known=known)

    def inherited_form_file(self, form: str, above: Path) -> Path:
        """The file that defines `form` in a folder further along the chain than `above` (for `extends` in a form)."""
        folders = [*self.chain, office_folder()]
        start = folders.index(above.parent.parent) if above.parent.parent in folders else -1
        own = above.stem == form
        for folder in folders[start + 1 if own else max(start, 0) :] if may_name_a_file(form) else ():
            path = folder / "forms" / f"{form}.yaml"
            if path.is_file():
                return path
        raise self._unknown_form(form)


def builtin_folder() -> Path:
    """The folder of the regulations that come with docgen."""
    return Path(str(files("docgen"))) / "regulations"


def _folders(extra: Sequence[Path | str]) -> list[Path]:
    return [Path(p) for p in extra] + [builtin_folder()]


def list_regulations(extra: Sequence[Path | str] = ()) -> list[str]:
    """The ids of all regulations found, those of `extra` folders first."""
    found: dict[str, None] = {}
    for folder in _folders(extra):
        if not folder.is_dir():
            continue
        for path in sorted(folder.glob("*/regulation.yaml")):
            found.setdefault(path.parent.name)
    return list(found)


def may_name_a_file(name: str) -> bool:
    """True for a name, written in somebody's file, that one file or folder can have: no path, not too long."""
    return 0 < len(name.encode("utf-8", "replace")) <= _LONGEST_NAME and not set(name) & set("/\\\0:") and name != ".."


def _find(regulation_id: str, extra: Sequence[Path | str], skip: Path | None = None) -> Path:
    for folder in _folders(extra) if may_name_a_file(regulation_id) else ():
        path = folder / regulation_id
        if (path / "regulation.yaml").is_file() and path != skip:
            return path
    raise UsageError(
        "errors.usage.unknown_regulation", regulation=regulation_id[:60], known=", ".join(list_regulations(extra))
    )


def load_regulation(regulation_id: str, folders: Sequence[Path | str] = ()) -> RegulationData:
    """The regulation `regulation_id`, looked for in `folders` and then among those that come with docgen.

    Raises `UsageError` for an unknown id and `DefinitionError` (file, line, name) for a fault in its data.
    """
    kept, key = _loaded, (regulation_id, tuple(str(f) for f in folders))
    found = once(kept, key, lambda: _load(*key))
    while len(kept) > _MOST:
        kept.pop(next(iter(kept)), None)
    return found


def forget_regulations() -> None:
    """Read every regulation anew when it is next asked for: somebody changed a file.

    Those that were loaded stay as they are, with all that was derived from them, for whoever still holds them.
    """
    global _loaded
    # Another one, and not emptied: a load that has begun keeps what it read in the old one.
    _loaded = {}


def _load(regulation_id: str, extra: tuple[str, ...]) -> RegulationData:
    faults = Faults()
    regulation = _assembled(regulation_id, extra, faults)
    faults.settle()
    return regulation.seal()


def read_regulation(
    regulation_id: str, folders: Sequence[Path | str] = ()
) -> tuple[RegulationData, list[DefinitionError]]:
    """The regulation `regulation_id` as far as its files can be read, and every fault found in them.

    For whoever looks for faults: what is wrong is left out, so that the rest can be looked at too. Raises `UsageError`
    for an unknown id, `DefinitionError` for a `regulation.yaml` that is no YAML or has not that id.
    """
    faults = Faults()
    return _assembled(regulation_id, tuple(str(f) for f in folders), faults).seal(), faults.found


def _assembled(regulation_id: str, extra: tuple[str, ...], faults: Faults) -> RegulationData:
    chain: list[Path] = []
    metas: list[Mapping] = []
    current: str | None = regulation_id
    while current:
        folder = _find(current, extra, skip=chain[-1] if chain and chain[-1].name == current else None)
        meta = load_shaped(folder / "regulation.yaml", REGULATION, faults)
        with faults:
            meta.closed(REGULATION_KEYS, REGULATION_REQUIRED)
        if meta.get("regulation", folder.name) != folder.name:
            raise meta.fault("errors.definition.wrong_id", "regulation", id=meta["regulation"], expected=folder.name)
        if folder in chain:
            raise meta.fault("errors.definition.extends_circle", "extends", id=current)
        chain.append(folder)
        metas.append(meta)
        current = meta.get("extends")
    regulation = RegulationData(regulation_id, tuple(chain), folders=tuple(Path(f) for f in extra))
    for folder, meta in zip(reversed(chain), reversed(metas), strict=True):
        _merge_meta(regulation, meta, faults)
        with faults:
            _merge_fields(regulation, folder, faults)
        with faults:
            _merge_criteria(regulation, folder, faults)
    _merge_office(regulation, faults)
    return regulation


def _merge_meta(regulation: RegulationData, meta: Mapping, faults: Faults) -> None:
    """Put what one `regulation.yaml` says into `regulation`, key by key: a fault at one hides none at another."""
    for key in ("short", "title", "number", "issuer", "revision", "extends"):
        if key in meta:
            setattr(regulation, key, meta[key])
    if "issued" in meta:
        try:
            regulation.issued = datetime.date.fromisoformat(meta["issued"]) if meta["issued"] else None
        except ValueError:
            faults.add(meta.fault("errors.definition.not_a_date", "issued", value=meta["issued"]))
    if "draft" in meta:
        with faults:
            regulation.draft = meta["draft"].closed(("working_days", "clause", "note"), ("working_days", "clause"))
    if "meeting" in meta:
        given = meta["meeting"]
        with faults:
            regulation.meeting = tuple(each(duration_of, [given] if isinstance(given, Mapping) else given))
    with faults:
        regulation.life = life_of(meta, regulation.life)
    if "apart" in meta:
        with faults:
            regulation.apart = tuple(each(_apart, meta["apart"]))
    if "archive" in meta:
        with faults:
            regulation.archive = archive_of(meta["archive"])
    if "binding" in meta:
        regulation.binding = (*regulation.binding, *meta["binding"])
    if "same" in meta:
        with faults:
            regulation.same = tuple(each(same_of, meta["same"]))
    if "decisions" in meta:
        with faults:
            regulation.decisions = decisions_of(meta["decisions"])
    if "order" in meta:
        with faults:
            regulation.order = tuple(each(lambda item: order_of(item, regulation.decisions), meta["order"]))
    if "originals" in meta:
        with faults:
            regulation.originals = originals_of(meta["originals"])
    if "superior" in meta:
        with faults:
            regulation.superior = tuple(each(superior_of, meta["superior"]))
    added = meta.get("add", Mapping())
    with faults:
        added.closed(ADD_KEYS)
    for at, keep in ((meta, False), (added, True)):
        if "forms" in at:
            for form in at["forms"]:
                if not _FORM.fullmatch(str(form)):  # it names a file, and files are made of it
                    faults.add(at.fault("errors.definition.form_name", "forms", name=str(form)[:60]))
            regulation.forms = (*(regulation.forms if keep else ()), *at["forms"])
            if len(set(regulation.forms)) != len(regulation.forms):
                faults.add(at.fault("errors.definition.duplicate_id", "forms", id="forms"))
        if "deadlines" in at:
            with faults:
                own = each(deadline_of, at["deadlines"])
                regulation.deadlines = [*(regulation.deadlines if keep else ()), *own]
        if "enclosures" in at:
            with faults:
                sent = each(enclosure_of, at["enclosures"])
                regulation.enclosures = (*(regulation.enclosures if keep else ()), *sent)
        if "assessors" in at:
            regulation.assessors = _assessors(at["assessors"], regulation.assessors if keep else (), faults)
        if "packet" in at:
            with faults:
                items = each(lambda item: _packet_item(regulation, item), at["packet"])
                regulation.packet = (*(regulation.packet if keep else ()), *items)
    if "asked" in meta:
        with faults:
            regulation.asked = tuple(each(lambda item: asked_of(item, regulation.forms), meta["asked"]))


def _apart(item: Mapping) -> Apart:
    item.closed(("who", "out_of", "clause", "after"), ("who", "out_of", "clause"))
    for key, known in (("who", KINDS), ("out_of", OUT_OF)):
        if item[key] not in known:
            raise item.fault("errors.definition.unknown_value", key, value=item[key])
    after = None
    if "after" in item:
        try:
            after = datetime.date.fromisoformat(item["after"])
        except ValueError:
            raise item.fault("errors.definition.not_a_date", "after", value=item["after"]) from None
    return Apart(item["who"], item["out_of"], item["clause"], after)


def _assessors(items: Sequence[Mapping], known: tuple[Assessor, ...], faults: Faults) -> tuple[Assessor, ...]:
    """`known` and the assessors written in `items`; one that is wrong stays known by its id where it has one."""
    seen = {(a.subject, a.id) for a in known}
    out = list(known)
    for item in items:
        with faults:
            item.closed(
                ("id", "subject", "label", "level", "required", "clause", "due_by"),
                ("id", "subject", "label", "clause"),
            )
        who, subject = item.get("id", ""), item.get("subject", "")
        if subject not in SUBJECTS and "subject" in item:
            faults.add(item.fault("errors.definition.unknown_value", "subject", value=subject))
        if item.get("level", LEVELS[0]) not in LEVELS:
            faults.add(item.fault("errors.definition.unknown_value", "level", value=item["level"]))
        if item.get("required", "no") not in ("yes", "no"):
            faults.add(item.fault("errors.definition.unknown_value", "required", value=item["required"]))
        if item.get("due_by", DUE_BY[0]) not in DUE_BY or ("due_by" in item and not is_member(subject)):
            faults.add(item.fault("errors.definition.unknown_value", "due_by", value=item["due_by"]))
        if (subject, who) in seen:
            faults.add(item.fault("errors.definition.duplicate_id", "id", id=who))
        seen.add((subject, who))
        required = item.get("required", "no") == "yes"
        level, due_by = item.get("level", ""), item.get("due_by", "")
        out.append(Assessor(who, subject, item.get("label", ""), level, required, item.get("clause", ""), due_by))
    return tuple(out)


def _packet_item(regulation: RegulationData, item: Mapping) -> PacketItem:
    faults = Faults()
    with faults:
        item.closed(("form", "each", "assessors", "clause", "only"), ("form", "each", "clause"))
    if item.get("form", "") not in ("", *regulation.forms):
        faults.add(item.fault("errors.definition.unknown_form", "form", form=item["form"]))
    if item.get("each", EACH[0]) not in EACH:
        faults.add(item.fault("errors.definition.unknown_value", "each", value=item["each"]))
    known = {a.id for a in regulation.assessors}
    for assessor in item.get("assessors", ()):
        if assessor not in known and assessor != "others":
            faults.add(item.fault("errors.definition.unknown_value", "assessors", value=assessor))
    faults.settle()
    return PacketItem(
        item["form"], item["each"], tuple(item.get("assessors", ())), item["clause"], item.get("only", "")
    )


def _merge_fields(regulation: RegulationData, folder: Path, faults: Faults) -> None:
    common = builtin_folder() / "fields.yaml"
    for path in (common, folder / "fields.yaml"):
        if not path.is_file():
            continue
        data = load_shaped(path, FIELDS, faults)
        with faults:
            data.closed(FIELDS_KEYS)
        for root, where in data.get("roots", {}).items():
            if where not in ROOT_PLACES:
                faults.add(data["roots"].fault("errors.definition.unknown_value", root, value=where))
            regulation.roots[root] = where
        regulation.lists.update(data.get("lists", {}))
        for place in data.get("prefilled", ()):
            if not _PREFILLED.fullmatch(place):
                faults.add(data.fault("errors.definition.unknown_value", "prefilled", value=place))
            elif place not in regulation.prefilled:
                regulation.prefilled = (*regulation.prefilled, place)
        for name, options in data.get("choices", {}).items():
            regulation.choices[name] = dict(options)
        fields = data.get("fields", Mapping())
        for binding, text in fields.items():
            # Known all the same, so that a form that has it is not blamed as well.
            regulation.fields[binding] = Field(binding, "text", binding, binding)
            with faults:
                regulation.fields[binding] = _field(fields, binding, text, regulation.choices)
            root = binding.split(".")[0].removesuffix("[]")
            if root not in regulation.roots and not binding.startswith(root + "[]"):
                faults.add(fields.fault("errors.definition.unknown_root", binding, root=root))


def options_of(regulation: RegulationData, field: Field) -> Options:
    """The codes and words of a field that takes its value from a closed list; empty for others."""
    return VALUES[field.type].options(regulation.choices, field.choices)


def _merge_office(regulation: RegulationData, faults: Faults) -> None:
    """Add the papers around the packet and their values; what the regulation itself says of a value stands."""
    data = office_fields(faults)
    regulation.office = tuple(paper.form for paper in office().papers if paper.offered(regulation.forms))
    regulation.roots = {**data.get("roots", {}), **regulation.roots}
    regulation.lists = {**data.get("lists", {}), **regulation.lists}
    if regulation.originals:
        asked = regulation.originals
        regulation.originals = replace(asked, seals=(*asked.seals, *office().seals))
    regulation.computed = tuple(data.get("computed", ()))
    own = set(regulation.fields)
    fields = data["fields"]
    for binding, text in fields.items():
        if binding not in own:
            regulation.fields[binding] = _field(fields, binding, text, regulation.choices)
    regulation.office_fields = frozenset(set(fields) - own)


def _field(fields: Mapping, binding: str, text: str, choices: dict[str, dict[str, str]]) -> Field:
    parts = [p.strip() for p in text.split("|")]
    if len(parts) != 3 or not all(parts):
        raise fields.fault("errors.definition.field_shape", binding, binding=binding)
    kind, _, argument = parts[0].partition("(")
    argument = argument.rstrip(")")
    if kind not in TYPES:
        raise fields.fault("errors.definition.unknown_type", binding, binding=binding, type=kind)
    if VALUES[kind].names_list and argument not in choices:
        raise fields.fault("errors.definition.unknown_value", binding, value=argument)
    for name in binding.replace("[]", "").split("."):
        if name in FORBIDDEN_NAMES or not name.isidentifier():
            raise fields.fault("errors.definition.forbidden_name", binding, name=name)
    return Field(binding, kind, parts[1], parts[2], argument)


def _merge_criteria(regulation: RegulationData, folder: Path, faults: Faults) -> None:
    path = folder / "criteria.yaml"
    if not path.is_file():
        return
    data = load_shaped(path, CRITERIA, faults)
    with faults:
        data.closed(CRITERIA_KEYS)
    if "applies" in data:
        with faults:
            regulation.applies = _chooser(regulation, data, "applies", data["applies"])
    for subject, name in data.get("chosen", {}).items():
        with faults:
            known = "." not in name or _chooser(regulation, data["chosen"], subject, name)
            if subject not in SUBJECTS or not known:
                raise data["chosen"].fault("errors.definition.unknown_value", subject, value=name)
            regulation.chosen[subject] = name
    merge_criteria(regulation.criteria, data, faults, lambda row, own: _check_applies(regulation, row, own))
    regulation.frames |= {
        (name, row): other for name, rows in data.get("frames", {}).items() for row, other in rows.items()
    }


def _check_applies(regulation: RegulationData, row: Mapping, own: Criterion) -> None:
    """Refuse a row that depends on what is no code of a closed list, or on what one assessment says."""
    binding, code = own.depends
    field = regulation.fields.get(binding or regulation.applies)
    place = regulation.roots.get(field.binding.partition(".")[0]) if field is not None else None
    if field is None or "[]" in field.binding or place not in ("dossier", "members"):
        raise row.fault("errors.definition.unknown_binding", "applies", binding=binding or regulation.applies)
    kind = VALUES[field.type]
    if not (kind.names_list or kind.is_truth) or code not in dict(options_of(regulation, field)):
        raise row.fault("errors.definition.unknown_value", "applies", value=own.applies)


def _chooser(regulation: RegulationData, at: Mapping, key: str, binding: str) -> str:
    """`binding` where it takes its value from a closed list; a criterion's kind and a set are named by its codes."""
    field = regulation.fields.get(binding)
    if field is None or not VALUES[field.type].names_list:
        raise at.fault("errors.definition.unknown_binding", key, binding=binding)
    return binding
