"""How much a workbook may hold, in one place; and the fault that says which limit was passed.

The largest dossier met (20,000 members) is 60 MB in one sheet, unfolded. What is beyond these limits is somebody's
accident or somebody's attack; each is looked at before the thing itself is unfolded or kept.
"""

from __future__ import annotations

#: The file itself.
MAX_FILE_BYTES = 256 * 1024 * 1024
#: Parts in the zip. A workbook has one for each sheet and picture.
MAX_PARTS = 2_000
#: One part, unfolded; read in pieces, so that this bounds time and not memory.
MAX_PART_BYTES = 256 * 1024 * 1024
#: All parts together, as the directory of the zip has it.
MAX_TOTAL_BYTES = 512 * 1024 * 1024
#: Unfolded to packed, from a size on; sheets of equal rows reach 90, deflate can do 1,032.
MAX_RATIO = 250
RATIO_FROM_BYTES = 2 * 1024 * 1024
#: Small parts: relationships, content types, the list of sheets, the formats of cells.
MAX_SMALL_BYTES = 8 * 1024 * 1024
#: One tag or one unbroken piece of mark-up.
MAX_TAG_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_SHEETS = 200
#: Cells with something in them, of all sheets together.
MAX_CELLS = 4_000_000
#: Rows and cells that stand there without holding anything cost time as well.
MAX_ELEMENTS = 8_000_000
#: Places kept in memory: each row as wide as its last cell, and the cost of a row itself in such places.
MAX_AREA = 16_000_000
ROW_COST = 32
#: Texts of all cells together, in characters.
MAX_TEXT = 60_000_000
#: Excel itself holds 32,767 characters in a cell; other programs write more.
MAX_CELL_TEXT = 1_000_000
MAX_MERGES = 20_000
#: A cell stands astray where so many rows above it are empty, or where it is further to the right.
MAX_GAP = 1_000
MAX_COLUMN = 2_000
#: What Excel's own grid holds: XFD1048576.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class WorkbookError(Exception):
    """A workbook that is not read. `code` is the finding's, `params` its facts."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
