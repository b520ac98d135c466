"""Templates compiled once and filled many times; knows no form, no regulation, only docxtpl-style Word templates.

Two doors: `compile.compile_template` makes a template ready to fill, `template_check.check_template` says what is
wrong with one. `template_gate` refuses what must not be written out at all.
"""
