"""The server is killed (`kill -9`) while six are at work: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import sys

import pytest

from tools.kill_serve import in_order_once, run


@pytest.mark.serial
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the server's processes are read from /proc")
def test_killed_again_and_again() -> None:
    # A dead process of the jobs is given up after 6 seconds here: 30 would be most of the test.
    assert run(2, silence=6.0, pause=0.2) == []


def test_what_is_lost_or_twice_is_told() -> None:
    assert in_order_once(["1", "2", "3"], ["1", "2", "3"], "x") == []
    assert in_order_once(["1", "3"], ["1", "2", "3"], "x") == ["x: lost ['2'], twice [], 2 of 3"]
    assert in_order_once(["1", "2", "2"], ["1", "2"], "x") == ["x: lost [], twice ['2'], 3 of 2"]
    assert in_order_once(["2", "1"], ["1", "2"], "x") == ["x: lost [], twice [], 2 of 2"]
