"""Give tests hypervisors of their own: files for libvirt's test driver, and ears to hear events."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

DEADLINE_SECONDS = 20.0

NODE = "<node>{domains}</node>"
DOMAIN = (
    "<domain type='test'><name>{name}</name><uuid>{uuid}</uuid><memory>32768</memory><os><type>hvm</type></os></domain>"
)


def domain_xml(name: str, uuid: str = "") -> str:
    """Return a domain that libvirt's test driver accepts."""
    return DOMAIN.format(name=name, uuid=uuid or uuid4())


def world(directory: Path, *names: str) -> str:
    """Write a node file with running domains and return its URI."""
    path = directory / "node.xml"
    path.write_text(NODE.format(domains="".join(domain_xml(name) for name in names)))
    return f"test://{path}"


def eventually(condition: Callable[[], bool], within: float = DEADLINE_SECONDS) -> bool:
    """Tell whether the condition comes true before the deadline."""
    end = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end:
            return False
        pause.wait(0.005)
    return True


class Ears:
    """A listener that remembers everything, in order."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.lost: list[str] = []
        self.restored = 0

    def domain_changed(self, uuid: str) -> None:
        """Remember the machine."""
        self.changed.append(uuid)

    def connection_lost(self, why: str) -> None:
        """Remember the reason."""
        self.lost.append(why)

    def connection_restored(self) -> None:
        """Count."""
        self.restored += 1

    def heard(self, uuid: str) -> bool:
        """Wait until a change of the machine is heard; False when none comes."""
        return eventually(lambda: uuid in self.changed)

    def heard_more_than(self, count: int) -> bool:
        """Wait until more than ``count`` changes are heard."""
        return eventually(lambda: len(self.changed) > count)

    def lost_times(self, count: int) -> bool:
        """Wait until the connection was lost ``count`` times."""
        return eventually(lambda: len(self.lost) == count)

    def restored_times(self, count: int) -> bool:
        """Wait until the connection came back ``count`` times."""
        return eventually(lambda: self.restored == count)
