"""One form for many records: read in pieces, made by several processes, resumed after anything that stops them.

`run_batch` is the way in. `source` turns any data file into lines, `work` makes the files of one piece, `journal`
remembers what is done, `run` hands out the pieces, `archive` packs the result.
"""

from docgen.batch.model import Batch, Progress, Summary
from docgen.batch.run import run_batch

__all__ = ["Batch", "Progress", "Summary", "run_batch"]
