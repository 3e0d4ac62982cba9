"""Tell a clone from a machine that another program has put in its place."""

from collections.abc import Sequence

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.metadata import read_marker
from qq2clone_tui.engine.tools import Tools

__all__ = ["check_ours"]


def check_ours(tools: Tools, uuid: str, name: str, files: Sequence[str]) -> None:
    """Raise unless the machine with a clone's UUID is that clone: it bears our mark, or has a file of the clone's.

    Raises:
        DomainNotFound: there is no machine with the UUID.
    """
    xml = tools.hypervisor.inactive_xml(uuid)
    marker = read_marker(xml)
    if marker is not None and marker.uuid == uuid:
        return
    if any(disk.source in files for disk in describe(xml).disks):
        return
    raise BadArgument(
        "will not touch the machine",
        subject=name,
        why="it has the UUID of a clone, but another program has put a machine of its own in the clone's place",
        remedy="Undefine it there first if it is to go.",
    )
