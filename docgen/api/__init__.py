"""The Python API: the whole job on values, typed; `docs/api.md` shows it.

>>> import docgen
>>> regulation = docgen.load_regulation("kh55-2018")
>>> regulation.number
'55-KH/ĐU'
>>> docgen.propose("hd16-2018", "cohort", {"cohort_kind": "dang_vien", "n_good": 14}).max_excellent
2
"""

from docgen.api.desk import DossierStatus, calendar, status
from docgen.api.dossiers import (
    Merged,
    check,
    convert_dossier,
    grade,
    load_dossier,
    merge_readings,
    propose,
    validate,
    write_grades,
)
from docgen.api.forms import fill
from docgen.api.packets import build_packet, check_template, convert, sign, verify
from docgen.api.regulations import Form, Regulation, Regulations

__all__ = [
    "DossierStatus",
    "Form",
    "Merged",
    "Regulation",
    "Regulations",
    "build_packet",
    "calendar",
    "check",
    "check_template",
    "convert",
    "convert_dossier",
    "fill",
    "grade",
    "load_dossier",
    "merge_readings",
    "propose",
    "sign",
    "status",
    "validate",
    "verify",
    "write_grades",
]
