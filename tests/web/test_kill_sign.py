"""`docgen sign --server` with a key in a token, while it and the server are killed: a short run of the tool."""

from __future__ import annotations

import pytest

from tools import kill_sign, soft_token


@pytest.mark.softhsm
def test_killed_and_run_again_every_paper_is_signed_once() -> None:
    if not soft_token.module():
        pytest.skip("no SoftHSM2 library")
    told = kill_sign.run(kills=2, members=1, batch=1)
    assert told.wrong == []
    assert told.kills == 2
