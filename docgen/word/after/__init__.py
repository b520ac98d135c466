"""What happens to a Word file once it is written: it is checked, parts of it are locked, a copy is made ready to print.

`written` and `locking` serve whoever keeps the file; the others prepare the copy that a converter to PDF may see.
"""
