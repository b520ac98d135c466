"""In whose name the papers around the packet go out: the body of the dossier, who signs for it, in which post.

Chi bộ or đảng ủy comes from the kind of the body, a signer's post from the list of members. What the dossier does not
say stays out, and is written by hand.
"""

from __future__ import annotations

from typing import cast

from docgen.paths import JsonDict, JsonMap, get_mapping, get_text
from docgen.records import DossierData
from docgen.regulations.duties import body_of
from docgen.regulations.name_prefixes import as_printed
from docgen.regulations.office import office

#: The posts that sign for a party body, as members' posts begin.
_POSTS = ("Phó Bí thư", "Bí thư", "Chi ủy viên", "Đảng ủy viên")


def _line(record: object, *path: str) -> str:
    """The text at `path` with single spaces."""
    return " ".join(get_text(record, *path).split())


def issues_as_committee(data: DossierData) -> bool:
    """True for the dossier of a đảng bộ, whose papers its đảng ủy issues and seals."""
    return body_of(data).org_type.startswith("dang_bo")


def signer_of(data: DossierData) -> str:
    """Who signs the papers: as the dossier says, else who signs for the body in the packet."""
    role = "collective" if issues_as_committee(data) else "cell"
    return _line(data, "signers", "office") or _line(data, "signers", role)


def post_of(data: DossierData, name: str) -> str:
    """The post, in capitals, of the member called `name` as a signer has it; empty where no member has that name."""
    for member in data.get("members") or ():
        if name and _line(member, "member", "full_name").casefold() == name.casefold():
            held = _line(member, "member", "position", "party").casefold()
            return next((post.upper() for post in _POSTS if held.startswith(post.casefold())), "")
    return ""


def issuer_of(data: DossierData) -> dict[str, str]:
    """The values of `issuer` for the dossier `data`; only those that it allows to be known."""
    words, kind = office().words, "committee" if issues_as_committee(data) else "cell"
    called, name = words[f"{kind}.called"], _line(data, "organization", "name")
    # "Đảng bộ Sở …" is how people write the body whose paper goes out as "Đảng ủy Sở …".
    printed = as_printed("organization.parent" if kind == "committee" else "organization.name", name)
    full = f"{called} {printed}" if printed else ""
    out = {
        "parent": str(as_printed("organization.parent", _line(data, "organization", "parent"))).upper(),
        "name": full.upper(),
        "called": full,
        "top": called.upper(),
        "post": post_of(data, signer_of(data)),
        "chair_post": post_of(data, _line(data, "meeting", "chair")),
        "symbol": words[f"{kind}.symbol"],
        "store": called,
    }
    return {key: value for key, value in out.items() if value}


def with_issuer(data: DossierData) -> JsonDict:
    """`data` with the values of `issuer`, and the signer of the papers where only the packet's own is named."""
    out: JsonDict = {**cast(JsonMap, data), "issuer": issuer_of(data)}  # a TypedDict holds JSON
    if name := signer_of(data):
        out["signers"] = {**get_mapping(data, "signers"), "office": name}
    return out
