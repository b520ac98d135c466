"""A stand-in for an S3 store on this machine (moto), for tests and for killing."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

BUCKET = "ho-so"


@contextmanager
def local_store() -> Iterator[Mapping[str, str]]:
    """A store with one empty bucket, `BUCKET`; gives the environment by which processes find it, set here too."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    # By itself it would listen to the whole network.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        # What an earlier stand-in of this process kept is still there.
        urlopen(Request(f"{environment['AWS_ENDPOINT_URL']}/moto-api/reset", method="POST")).close()
        files().mkdir(BUCKET)
        yield environment
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.stop()


def files() -> Any:
    """The store, as fsspec sees it, with nothing remembered."""
    from fsspec import filesystem

    return filesystem("s3", skip_instance_cache=True, use_listings_cache=False)


def objects(prefix: str) -> dict[str, bytes]:
    """Everything below a prefix of the bucket."""
    store = files()
    root = f"{BUCKET}/{prefix}/"
    return {path.removeprefix(root): store.cat_file(path) for path in store.find(root)}
