"""The dossier: all the data of one body for one year, loaded from JSON or Excel, each value with its place."""

from docgen.dossier.load import load_dossier
from docgen.dossier.loaded import Dossier, dossier_from_data

__all__ = ["Dossier", "dossier_from_data", "load_dossier"]
