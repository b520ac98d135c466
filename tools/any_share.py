"""How many signatures of docgen/ say `Any`: `python -m tools.any_share` prints the share, `--list` the signatures.

What is counted: every `def` and `async def` below docgen/, methods and inner functions too. One counts as saying Any
when the name `Any` (or `typing.Any`) stands anywhere in the annotation of a parameter or of what comes back: bare, or
inside another (`dict[str, Any]`). An alias hides nothing: a module's `Name = … Any …`, or a `TypeVar` so bound, counts
wherever a signature of that module, or of one that imports it, says that name.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from types import MappingProxyType

PACKAGE = Path(__file__).resolve().parent.parent / "docgen"
ANY = frozenset({"Any"})


def aliases(tree: ast.Module, of: Mapping[str, Set[str]] = MappingProxyType({})) -> frozenset[str]:
    """The names by which a module says Any: its aliases, and those it imports from a module of `of` (name -> names)."""
    found = set(ANY)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name for one in node.names if one.name in of.get(node.module or "", ())}
    given = [(name, value) for node in tree.body for name, value in _alias(node)]
    while more := {name for name, value in given if name not in found and _says(value, found)}:
        found |= more
    return frozenset(found)


def _alias(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The name and the value of what may be an alias: `Name = A[B]`, `A | B`, a TypeVar, a TypeAlias."""
    if isinstance(node, ast.AnnAssign) and getattr(node.annotation, "id", "") == "TypeAlias":
        assert isinstance(node.target, ast.Name)
        assert node.value is not None
        yield node.target.id, node.value
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        made = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "TypeVar"
        if made or isinstance(node.value, ast.Subscript | ast.BinOp):
            yield node.targets[0].id, node.value


def functions(
    tree: ast.Module, any_names: Set[str] = ANY
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Every function of a module, and whether its signature says Any, by one of `any_names`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, any(_says(annotation, any_names) for annotation in _annotations(node))


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    taken = node.args
    named = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
    found = [one.annotation for one in named if one is not None and one.annotation is not None]
    return found + ([node.returns] if node.returns is not None else [])


def _says(annotation: ast.expr, any_names: Set[str]) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
            try:
                if _says(ast.parse(node.value, mode="eval").body, any_names):
                    return True
            except SyntaxError:
                continue  # a Literal's word, no annotation
        if (isinstance(node, ast.Name) and node.id in any_names) or (
            isinstance(node, ast.Attribute) and node.attr in any_names
        ):
            return True
    return False


def share(package: Path = PACKAGE) -> tuple[list[str], int]:
    """The signatures below `package` that say Any, as `file:line name`, and how many functions there are."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))}
    modules = {".".join(path.relative_to(package.parent).with_suffix("").parts): tree for path, tree in trees.items()}
    of = {name: aliases(tree) - ANY for name, tree in modules.items()}
    found, total = [], 0
    for path, tree in trees.items():
        for node, says in functions(tree, aliases(tree, of)):
            total += 1
            if says:
                found.append(f"{path.relative_to(package.parent)}:{node.lineno} {node.name}")
    return found, total


if __name__ == "__main__":
    said, of = share()
    if "--list" in sys.argv:
        print("\n".join(said))
    print(f"{len(said)} / {of} = {100 * len(said) / of:.1f} %")
