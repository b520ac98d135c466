"""The dossier: all the data of one body for one year, loaded from JSON or Excel, each value with its place."""

from docgen.dossier.model import Dossier, dossier_from_data, load_dossier

__all__ = ["Dossier", "dossier_from_data", "load_dossier"]
