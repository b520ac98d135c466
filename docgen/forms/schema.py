"""From a form definition to its JSON Schema (draft 2020-12), and the schema of a whole dossier.

Titles are Vietnamese, `additionalProperties` is false everywhere: an unknown name is a slip of the pen, and the
validator answers it with "did you mean".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.forms.bindings import Slot, slots
from docgen.forms.definition import FormDefinition
from docgen.json_schema import Schema
from docgen.regulations.loader import Field, RegulationData, options_of
from docgen.regulations.rule_facts import catalogue
from docgen.regulations.subjects import MEMBER, SUBJECTS
from docgen.values import VALUES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def value_schema(kind: str, options: tuple[tuple[str, str], ...], title: str) -> Schema:
    """The schema of one value of type `kind` (see `docgen.values`)."""
    return {"title": title, **VALUES[kind].schema(options)}


def _object() -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _put(root: Schema, path: tuple[str, ...], value: Schema) -> None:
    node = root
    for name in path[:-1]:
        node = node["properties"].setdefault(name, _object())
    node["properties"].setdefault(path[-1], value)


def _require(root: Schema, path: list[str]) -> None:
    node = root
    for name in path:
        required = node.setdefault("required", [])
        if name not in required:
            required.append(name)
        node = node["properties"][name]


def _slot_schema(slot: Slot) -> Schema:
    return value_schema(slot.type, slot.options, slot.label)


def form_schema(definition: FormDefinition) -> Schema:
    """The schema of the data of one form: what `docgen fill` takes and `docgen read` gives back."""
    regulation = definition.law
    root: Schema = {
        "$schema": DRAFT,
        "$id": f"docgen:{definition.regulation}/{definition.form}",
        "title": definition.full_name,
        "description": f"{regulation.number}; định nghĩa {definition.definition_hash}",
        **_object(),
    }
    root["properties"]["id"] = {"title": "Mã bản ghi (đặt tên tệp)", "type": "string", "pattern": ID_PATTERN}
    for slot in slots(definition):
        if slot.list:
            listing = root["properties"].setdefault(
                slot.list, {"title": "Danh sách", "type": "array", "items": {**_object()}}
            )
            _put(listing["items"], slot.path, _slot_schema(slot))
        else:
            _put(root, slot.path, _slot_schema(slot))
    for binding in definition.required:
        _require(root, binding.split("."))
    for block in definition.body:
        for binding in block.required_below(definition.required):
            _require(root, binding.split("."))
    return root


# -- the dossier -----------------------------------------------------------------------------------------------------


def facts_schema(subject: str, folders: Sequence[Path] = ()) -> Schema:
    """The schema of the `facts` of one subject, from the catalogue of facts (and those of regulation `folders`)."""
    out = _object()
    out["title"] = "Căn cứ xếp loại"
    for fact in catalogue(folders).values():
        if subject in fact.subjects:
            out["properties"][fact.name] = {"title": fact.label("vi"), **fact.kind.schema(fact.values)}
    return out


def _assessments_schema(regulations: list[RegulationData]) -> Schema:
    entry = _object()
    entry["properties"]["levels"] = {
        "title": "Cấp độ thực hiện từng tiêu chí",
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
        "additionalProperties": value_schema("level", options_of(regulations[0], Field("", "level", "", "")), "Cấp độ"),
    }
    for regulation in regulations:
        for field in regulation.fields.values():
            path = field.binding.split(".")
            if path[0] != "assessment" or path[1] == "levels":
                continue
            if "any" in path:
                node = entry
                for name in path[1 : path.index("any")]:
                    node = node["properties"].setdefault(name, {"type": "object", "additionalProperties": _object()})
                below = node["additionalProperties"]
                assert not isinstance(below, bool)
                _put(below, (path[-1],), value_schema(field.type, options_of(regulation, field), field.label))
            else:
                _put(
                    entry,
                    tuple(path[1:]),
                    value_schema(field.type, options_of(regulation, field), field.label),
                )
    return {
        "title": "Phiếu đánh giá, theo mã chủ thể",
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
        "additionalProperties": entry,
    }


def dossier_schema(regulations: list[RegulationData]) -> Schema:
    """The schema of a dossier: all bindings of all `regulations`, at their places."""
    root: Schema = {
        "$schema": DRAFT,
        "$id": "docgen:dossier",
        "title": "Hồ sơ kiểm điểm, đánh giá, xếp loại chất lượng",
        "description": "Dữ liệu của một tổ chức đảng trong một năm",
        **_object(),
    }
    root["required"] = ["regulation", "period", "organization", "members"]
    root["properties"]["$schema"] = {"type": "string"}
    root["properties"]["regulation"] = {"title": "Mã văn bản áp dụng", "type": "string"}
    root["properties"]["regulations"] = {
        "title": "Thư mục văn bản của đơn vị (tính từ thư mục của hồ sơ)",
        "type": "string",
    }
    root["properties"]["sample"] = value_schema("bool", (), "Hồ sơ mẫu, để thử: lời văn mẫu được phép còn nguyên")
    member = _object()
    member["required"] = ["id", "member"]
    member["properties"]["id"] = {
        "title": "Mã đảng viên trong hồ sơ",
        "type": "string",
        "pattern": ID_PATTERN,
    }
    assessments = _assessments_schema(regulations)
    for regulation in regulations:
        for field in regulation.fields.values():
            path = tuple(field.binding.split("."))
            place = regulation.roots.get(path[0])
            if field.binding == "signs" or regulation.is_computed(field.binding):
                continue
            shape = value_schema(field.type, options_of(regulation, field), field.label)
            listed, mark, leaf = field.binding.partition("[].")
            if mark and listed != "members":
                holder = member if regulation.roots.get(listed) == "members" else root
                listing = holder["properties"].setdefault(listed, {"type": "array", "items": _object()})
                _put(listing["items"], tuple(leaf.split(".")), shape)
            if mark:
                continue
            if place == "dossier":
                _put(root, path, shape)
            elif place == "members":
                _put(member, path, shape)
    presence = options_of(regulations[0], regulations[0].fields["signs"])
    member["properties"]["signs"] = {
        "title": "Liên hệ các biểu hiện",
        "type": "object",
        "propertyNames": {"pattern": "^b[0-9]+$"},
        "additionalProperties": value_schema("choice", presence, "Có hoặc không có biểu hiện"),
    }
    member["properties"]["assessments"] = assessments
    root["properties"]["everyone"] = {
        "title": "Khai chung cho mọi đảng viên; ai khác thì ghi riêng ở người ấy",
        **_object(),
    }
    own_folders = [folder for regulation in regulations for folder in regulation.chain]
    for subject in SUBJECTS.values():
        holder = member if subject.each else root["properties"][subject.place]
        holder["properties"]["assessments"] = assessments
        holder["properties"]["facts"] = facts_schema(subject.code, own_folders)
    root["properties"]["everyone"]["properties"]["facts"] = facts_schema(MEMBER.code, own_folders)
    root["properties"]["members"] = {"title": "Đảng viên", "type": "array", "items": member}
    return root
