"""The papers around the packet in the status: nobody owes them, so what dossier and packet know of each is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from docgen.desk.signed import InPacket
from docgen.dossier.handed_papers import Handed, PaperKey
from docgen.forms.bindings import slots
from docgen.forms.data import Record
from docgen.forms.definition import FormDefinition, load_form
from docgen.i18n import DEFAULT_LANGUAGE, message, short_date
from docgen.paths import iso_day
from docgen.records import DossierData
from docgen.regulations.loader import RegulationData

#: What is known of one, from the least to the most; the words are `desk.office.<state>`.
OFFICE_STATES = ("not_made", "begun", "given", "returned", "in_packet", "signed", "signed_by_hand")


@dataclass(frozen=True, slots=True)
class OfficePaper:
    """One paper around the packet: its form, name, state; the ISO days on which it was given out and came back."""

    form: str
    title: str
    state: str
    given: str = ""
    returned: str = ""
    #: What it is called in few words.
    code: str = ""

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The state in words, with the day where there is one."""
        word = message(f"desk.office.{self.state}", language)
        day = iso_day({"given": self.given, "returned": self.returned}.get(self.state, ""))
        return f"{word} {short_date(day)}" if day else word


def office_papers(
    regulation: RegulationData, data: DossierData, recorded: Mapping[PaperKey, Handed], packet: InPacket | None
) -> tuple[OfficePaper, ...]:
    """What is known of each paper that the regulation leaves to docgen, in their order."""
    forms = {form: load_form(regulation, form) for form in regulation.office}
    roots = {form: _own_roots(regulation, definition) for form, definition in forms.items()}
    shared = Counter(root for found in roots.values() for root in found)
    out = []
    for form, definition in forms.items():
        told = recorded.get((form, "", ""), Handed())
        alone = {root for root in roots[form] if shared[root] == 1}
        begun = any(data.get(root) for root in alone) or all(data.get(root) for root in roots[form] or {""})
        state = _state(definition, told, packet, begun=begun)
        out.append(OfficePaper(form, definition.name, state, told.given, told.returned, definition.code))
    return tuple(out)


def _state(definition: FormDefinition, told: Handed, packet: InPacket | None, *, begun: bool) -> str:
    if packet is not None and definition.form in packet.besides:
        return packet.states.get((definition.form, Record().key()), "in_packet")
    if told.returned or told.given:
        return "returned" if told.returned else "given"
    return "begun" if begun else "not_made"


def _own_roots(regulation: RegulationData, definition: FormDefinition) -> set[str]:
    """The parts of the dossier that people write for such papers only; what is counted, or stands on the regulation's
    own forms too, tells nothing of this one."""
    prescribed = {binding.partition(".")[0].removesuffix("[]") for binding in regulation.prescribed_fields}
    found = {
        (slot.list or slot.path[0]).partition(".")[0]
        for slot in slots(definition)
        if slot.binding in regulation.office_fields and not regulation.is_computed(slot.binding)
    }
    return found - prescribed - {"members"}
