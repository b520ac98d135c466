"""Validation: everything wrong or doubtful in a dossier or in one form's data, as findings, all at once."""

from docgen.validation.dossier import validate_dossier
from docgen.validation.form_data import validate_form_data
from docgen.validation.report import render_text, to_json

__all__ = ["render_text", "to_json", "validate_dossier", "validate_form_data"]
