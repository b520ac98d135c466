"""Which of two official wordings is true: `T/M ĐẢNG ỦY (CHI ỦY)` is one of them once it is known who signs.

A source prints both, because one form serves every kind of body; the blank form does too. A paper made from a dossier
prints the one that applies where the dossier says it; where it does not, both stay, and people strike one out. In a
form file: `{?base: ĐẢNG ỦY | CHI ỦY}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from docgen.paths import AnyRecord, JsonMap, get, get_list, get_text
from docgen.regulations.duties import COLLECTIVE_KINDS, body_of
from docgen.regulations.loader import RegulationData
from docgen.regulations.superior import COMMITTEES, committee_above

#: What is asked, and its two answers as the wordings of a form say them, in lower case:
#: `cell` in whose name a chi bộ signs, `base` who grades at the base (đảng ủy or chi ủy cơ sở), `own` the committee of
#: the body that the dossier is about, `assessor` the same where it assesses itself, `body` that committee or the whole
#: chi bộ, `residence` who signs where a member lives, `collective` which collective reviews itself, `place` what that
#: collective leads, `superior` who decides on it above.
QUESTIONS: Mapping[str, frozenset[str]] = {
    "cell": frozenset(("chi ủy", "chi bộ")),
    "base": frozenset(("đảng ủy", "chi ủy")),
    "own": frozenset(("đảng ủy", "chi ủy")),
    "body": frozenset(("đảng ủy", "chi bộ")),
    "assessor": frozenset(("đảng ủy", "chi ủy")),
    "residence": frozenset(("đảng ủy", "chi ủy")),
    "collective": frozenset(("cấp ủy", "lãnh đạo, quản lý")),
    "place": frozenset(("địa phương", "cơ quan, đơn vị")),
    "superior": frozenset(COMMITTEES),
}
#: From how many full members on a chi bộ elects a chi ủy.
_LARGE_CELL = 9
#: The answers to some of the questions.
Answers: TypeAlias = Mapping[str, str]
UNKNOWN: Answers = {}


def answers(regulation: RegulationData, dossier: AnyRecord, record: JsonMap) -> Answers:
    """What `dossier` says to each question, as `regulation` has it; one that it leaves open is not in the result.

    `record` is the data of the form, for what is asked of one member.
    """
    body = body_of(dossier)
    is_cell, is_party = body.org_type.startswith("chi_bo"), body.org_type.startswith("dang_bo")
    collective = get_text(dossier, "collective", "kind")
    found = {"residence": _committee_of(get_text(record, "residence", "body"))}
    if is_party or is_cell:
        found["own"] = "đảng ủy" if is_party else "chi ủy"
        if str(record.get("id", "")) == "tu_danh_gia":  # others assess it, too, in their own name
            found["assessor"] = found["own"]
        if collective in ("", "cap_uy"):
            found["body"] = "đảng ủy" if is_party else "chi bộ"
    # A chi bộ cơ sở has its own chi ủy decide, any other sends to the đảng ủy; "chi bộ" alone says neither.
    if is_party or body.stated:
        found["base"] = "chi ủy" if body.org_type == "chi_bo" else "đảng ủy"
    if is_cell:
        found["cell"] = _signing_cell(dossier)
    found["superior"] = committee_above(regulation.superior, body) if is_party or is_cell else ""
    if collective in COLLECTIVE_KINDS and collective != "doan_the":
        found["collective"] = "cấp ủy" if collective == "cap_uy" else "lãnh đạo, quản lý"
    if collective in ("chinh_quyen", "co_quan"):
        found["place"] = "địa phương" if collective == "chinh_quyen" else "cơ quan, đơn vị"
    return {question: answer for question, answer in found.items() if answer}


def _words(text: str) -> str:
    """`text` as names are compared: single spaces, small letters, one spelling of ủy."""
    return " ".join(text.split()).casefold().replace("uỷ", "ủy")


def _signing_cell(dossier: AnyRecord) -> str:
    """In whose name the chi bộ of the dossier signs: its chi ủy, or, where it has none, itself; empty where unsaid.

    It has one where that reviews itself or a member sits in it. Else the count of full members tells: a chi bộ elects a
    chi ủy from nine of them, a bí thư alone below that (Điều lệ Đảng Điều 24 khoản 2).
    """
    if _words(get_text(dossier, "collective", "name")).startswith("chi ủy"):
        return "chi ủy"
    posts = (get(member, ("member", "position", "party")) for member in get_list(dossier, "members"))
    if any("chi ủy viên" in _words(post) for post in posts if isinstance(post, str)):
        return "chi ủy"
    full = get(dossier, ("ballots", "official_members"))
    if not isinstance(full, int) or isinstance(full, bool) or full <= 0:
        return ""
    return "chi ủy" if full >= _LARGE_CELL else "chi bộ"


def _committee_of(name: str) -> str:
    """The committee of the body called `name`; empty where its name does not say what it is."""
    words = _words(name)
    if words.startswith(("chi ủy", "chi bộ")):
        return "chi ủy"
    return "đảng ủy" if words.startswith(("đảng ủy", "đảng bộ")) else ""
