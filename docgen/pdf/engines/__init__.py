"""The engines that draw, one module each, called by the engine's name (`docgen.pdf.drawn.Engine` says what one is).

A module added here adds its engine (docs/recipes.md). `docgen.pdf.engine_names` lists them without loading any.
"""
