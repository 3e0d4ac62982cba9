"""What all tests share."""

from pathlib import Path

import pytest

_REAL = Path(__file__).parent / "real"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one module on real machines in one worker, for they share its machines.

    So do all that need the system's daemon, which belongs to one process at a time. First, because the worker
    reads the groups in a hook of the same name.
    """
    for item in items:
        if _needs_daemon(item):
            item.add_marker(pytest.mark.xdist_group("daemon"))
        elif _REAL in item.path.parents or item.get_closest_marker("real"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _needs_daemon(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    return "system_uri" in getattr(item, "fixturenames", ()) or hasattr(module, "system_daemon")
