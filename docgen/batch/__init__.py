"""Much at once: one form for many records, a packet for each of many dossiers; resumed after anything that stops it.

`run_batch` is the way in for forms, `docgen.batch.many_packets.run_packets` for packets. `source` turns any data file
into lines and `dossier_files` finds dossiers, `piece` and `packet_maker` make what one process makes, `journal`
remembers what is done, `run` hands out the pieces, `results` knows where everything goes, `archive` packs it.
"""

from docgen.batch.request import Batch, Progress, Summary
from docgen.batch.run import run_batch

__all__ = ["Batch", "Progress", "Summary", "run_batch"]
