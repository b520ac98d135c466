"""`docgen serve`: the pages and the HTTP interface of docgen, for one office or a tree of units, on one machine.

Whatever a request asks for is a step of the pipeline (`docgen.api`); this room adds who may ask, where dossiers are
kept, and jobs that outlive a request. `http_*` is the interface for programs, `page_*` what people look at; both use
the same stores and the same table of rights. It needs the extra `web` and is imported by the command alone.
"""
