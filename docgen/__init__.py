"""docgen: from one structured file to every official form, a proposed grade with its clause, and a signed packet."""

__version__ = "0.1.0"
