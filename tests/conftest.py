"""What all tests share."""

from pathlib import Path

import pytest

_REAL = Path(__file__).parent / "real"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests on real machines in one worker: a new embedded hypervisor takes seconds to get to know QEMU."""
    for item in items:
        if _REAL in item.path.parents or item.get_closest_marker("real"):
            item.add_marker(pytest.mark.xdist_group("real"))
