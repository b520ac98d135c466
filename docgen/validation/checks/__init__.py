"""The checks of a dossier, one home each (`docgen.validation.kind` says what a check is): a new check is a new file."""
