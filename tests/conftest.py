"""What all tests share."""

from pathlib import Path

import pytest

_REAL = Path(__file__).parent / "real"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests on real machines in one worker.

    A new embedded hypervisor takes seconds to get to know QEMU, and the system's daemon, where tests
    start it, belongs to one process at a time.
    """
    for item in items:
        if _REAL in item.path.parents or item.get_closest_marker("real") or _needs_daemon(item):
            item.add_marker(pytest.mark.xdist_group("real"))


def _needs_daemon(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    return "system_uri" in getattr(item, "fixturenames", ()) or hasattr(module, "system_daemon")
