"""An engine is one module of `docgen.pdf.engines`: found, offered, chosen by its turn; what it leaves out is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from docgen.errors import EnvironmentFault
from docgen.pdf.choice import ENGINE, choose_engine, engines_of, is_there, second_engine
from docgen.pdf.drawn import Engine
from docgen.pdf.engine_names import AUTO, ENGINES

OWN = "from docgen.pdf.drawn import Engine\n\n\n"
WHOLE = '''class {title}(Engine):
    """Draws nothing."""

    name = "{name}"
    turn = {turn}

    def need(self):
        pass

    def version(self):
        return "1"

    def draw(self, files, room):
        yield from ()
'''

Added = Callable[[dict[str, str]], dict[str, Engine]]


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Added:
    """Puts modules (by name: text) into a package of their own and gives the engines found there."""
    package = f"engines_{tmp_path.name}".replace("-", "_")
    (tmp_path / package).mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def add(modules: dict[str, str]) -> dict[str, Engine]:
        for name, text in modules.items():
            (tmp_path / package / f"{name}.py").write_text(OWN + text, encoding="utf-8")
        return engines_of(package)

    return add


def whole(name: str, turn: int) -> str:
    return WHOLE.format(title=name.title(), name=name, turn=turn)


@pytest.mark.parametrize("name", ENGINE)
def test_every_engine_is_whole(name: str) -> None:
    engine = ENGINE[name]
    assert engine.__doc__
    assert engine.files_a_call >= 1
    assert engine.attempts >= 1
    assert not is_there(name) or engine.version()


def test_the_command_line_offers_every_engine() -> None:
    assert (AUTO, *sorted(ENGINE)) == ENGINES


def test_no_two_engines_have_one_turn() -> None:
    turns = [engine.turn for engine in ENGINE.values() if engine.turn]
    assert len(set(turns)) == len(turns)


def test_auto_takes_the_engines_by_their_turn(added: Added) -> None:
    found = added({name: whole(name, turn) for name, turn in (("ba", 3), ("hai", 2), ("mot", 1), ("rieng", 0))})
    assert list(found) == ["mot", "hai", "ba", "rieng"]
    assert choose_engine(AUTO, found) == "mot"
    assert second_engine(AUTO, "mot", found) == "hai"
    assert second_engine(AUTO, "ba", found) == ""


def test_what_is_not_installed_is_passed_over(added: Added) -> None:
    lost = whole("mot", 1).replace("        pass", '        from docgen.errors import EnvironmentFault\n'
                                   '        raise EnvironmentFault("errors.environment.x")')  # fmt: skip
    found = added({"mot": lost, "hai": whole("hai", 2), "ba": whole("ba", 3)})
    assert choose_engine(AUTO, found) == "hai"
    assert second_engine(AUTO, "hai", found) == "ba"
    with pytest.raises(EnvironmentFault):
        choose_engine("mot", found)


def test_an_engine_without_a_turn_draws_only_where_it_is_named(added: Added) -> None:
    found = added({"mot": whole("mot", 1), "rieng": whole("rieng", 0)})
    assert choose_engine("rieng", found) == "rieng"
    assert second_engine("rieng", "rieng", found) == ""
    assert second_engine(AUTO, "mot", found) == ""


def test_an_engine_that_leaves_a_part_out_is_refused_by_name(added: Added) -> None:
    with pytest.raises(TypeError, match=r"mot\.Mot does not say: version"):
        added({"mot": whole("mot", 1).replace("version", "phien_ban")})


def test_an_engine_without_a_name_is_refused(added: Added) -> None:
    with pytest.raises(TypeError, match=r"mot\.Mot does not say: name"):
        added({"mot": whole("mot", 1).replace("    name =", "    ten =")})


def test_an_engine_not_called_like_its_module_is_refused(added: Added) -> None:
    with pytest.raises(TypeError, match=r"khac\.Mot is called 'mot', and its module is not"):
        added({"khac": whole("mot", 1)})
