"""A server that is killed while it delivers events: a short run of the tool."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import kill_webhooks


@pytest.mark.skipif(not Path("/proc").exists(), reason="kills processes as Linux has them")
def test_no_event_is_lost_when_the_server_is_killed() -> None:
    told = kill_webhooks.run(kills=3)
    assert told.wrong == []
    assert told.kills == len(kill_webhooks.MOMENTS)
    assert told.twice >= 1  # killed before it had the answer: it comes again, under the same id
