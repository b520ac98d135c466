"""Changing a kept dossier from a page: one place, or what a function makes of the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import Request

from docgen.paths import Json, JsonDict, Step, at_pointer, get, names, put_into
from docgen.web import dossier_store
from docgen.web.asking import database_of, dossier_for
from docgen.web.closing import keeps_result
from docgen.web.dossier_store import Kept
from docgen.web.page_asking import Post
from docgen.web.problems import Problem


def edit(request: Request, post: Post, number: str, make: Callable[[JsonDict], JsonDict], member: str = "") -> Kept:
    """Put in place of the dossier what `make` makes of it, in one transaction; nothing where it raises.

    With `member`, `make` touches that member alone: it may be given a dossier without the others.
    """
    with database_of(request).write() as db:
        dossier_for(db, post.principal, "dossier.write", number, lock=True)
        if member:
            done = dossier_store.change_member(db, number, post.visitor.person.name, member, make)
            if done is not None:
                return done
        return dossier_store.change(db, number, post.visitor.person.name, None, make, keeps_result(request))


def may_edit(request: Request, post: Post, number: str) -> None:
    """Before anything of a form is looked at: 404 for another unit's dossier, 403 for another role's."""
    with database_of(request).read() as db:
        dossier_for(db, post.principal, "dossier.write", number)


def path_of(data: JsonDict, pointer: str) -> list[Step]:
    """The steps of a pointer: numbers where lists of `data` stand."""
    path: list[Step] = []
    for name in names(pointer):
        path.append(int(name) if isinstance(get(data, path), list) and name.isdecimal() else name)
    return path


def set_at(data: JsonDict, path: Sequence[Step], value: Json) -> None:
    """Put `value` at `path`; None takes away what is there. 422 where something else stands in the way."""
    if value is None:
        above = get(data, path[:-1])
        if isinstance(above, dict):
            above.pop(path[-1], None)
        return
    if not put_into(data, path, value):
        raise Problem(422, "page.problem.no_place")


def undo(data: JsonDict, pointer: str, old: Json, new: Json) -> JsonDict:
    """`data` with `old` at the pointer again. 409 where something else than `new` stands there by now."""
    if at_pointer(data, pointer) != new:
        raise Problem(409, "page.problem.changed_since")
    set_at(data, path_of(data, pointer), old)
    return data
