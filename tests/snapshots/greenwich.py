"""Show times as they are where pictures are compared, wherever that is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

__all__ = ["in_greenwich"]


@contextmanager
def in_greenwich() -> Iterator[None]:
    """Let the block have the time zone of Greenwich for its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
