"""Word files (.docx), and nothing about forms: written, filled, read, looked after; each room can be imported alone.

`file` opens, unpacks and packs; the rooms above it do not import each other: `write` makes WordprocessingML, `engine`
fills templates, `read` tells what stands in a document, `after` checks, locks and prepares what was written.
"""
