"""Which engine draws: the engines there are, and the one place that knows what `auto` means."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.errors import EnvironmentFault, UsageError
from docgen.kinds import kinds_of
from docgen.pdf.drawn import SAID, Engine
from docgen.pdf.engine_names import AUTO


def engines_of(package: str) -> dict[str, Engine]:
    """The engines in the modules of `package` by name, in the order in which `auto` tries them.

    Raises `TypeError` for two of one name, for one without a part, and for one that is not called like its module.
    """
    found: dict[str, Engine] = {}
    for name, kind in kinds_of(package, Engine, SAID).items():  # type: ignore[type-abstract]
        if kind.__module__.rpartition(".")[2] != name:
            raise TypeError(f"{kind.__module__}.{kind.__name__} is called '{name}', and its module is not")
        found[name] = kind()
    return dict(sorted(found.items(), key=lambda one: (not one[1].turn, one[1].turn)))


#: The engines by name.
ENGINE: Mapping[str, Engine] = engines_of("docgen.pdf.engines")


def choose_engine(engine: str = AUTO, engines: Mapping[str, Engine] = ENGINE) -> str:
    """The engine of `engines` that `engine` stands for: with `auto` the first that has a turn and is installed.

    Raises `UsageError` for an unknown name, `EnvironmentFault` where the named engine, or any, is missing.
    """
    if engine != AUTO and engine not in engines:
        raise UsageError("pdf.error.unknown_engine", engine=engine, known=", ".join((AUTO, *engines)))
    if engine == AUTO:
        turns = _turns(engines)
        engine = next((name for name in turns if is_there(name, engines)), turns[0])
    engines[engine].need()
    return engine


def second_engine(engine: str, first: str, engines: Mapping[str, Engine] = ENGINE) -> str:
    """The engine that draws what `first` lost: with `auto` the next that has a turn and is there; empty for none."""
    later = _turns(engines)[_turns(engines).index(first) + 1 :] if engine == AUTO else []
    return next((name for name in later if is_there(name, engines)), "")


def is_there(name: str, engines: Mapping[str, Engine] = ENGINE) -> bool:
    """Whether the engine `name` is installed."""
    try:
        engines[name].need()
    except (KeyError, EnvironmentFault):
        return False
    return True


def _turns(engines: Mapping[str, Engine]) -> list[str]:
    """The engines that `auto` may take, in order."""
    return [name for name, engine in engines.items() if engine.turn]
