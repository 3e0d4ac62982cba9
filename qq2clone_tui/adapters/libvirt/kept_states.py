"""Tell which states the images of a hypervisor's host hold."""

from qq2clone_tui.adapters.images.snapshot_table import tags_in
from qq2clone_tui.domain.errors import AccessError

from .binding import libvirt
from .lender import Lender
from .volumes import download, find_volume

__all__ = ["PoolKeptStates"]


class PoolKeptStates:
    """Reads volumes through libvirt; implements ``engine.ports.kept_states.KeptStates``.

    Args:
        lender: lends connections to the hypervisor.
    """

    def __init__(self, lender: Lender) -> None:
        self._lender = lender

    def tags(self, path: str) -> frozenset[str]:
        """Return the names of the states in a volume."""
        try:
            with self._lender.lease() as connection:
                volume = find_volume(connection, path)
                if volume is None:
                    return frozenset()
                return tags_in(lambda offset, length: b"".join(download(connection, volume, length, offset)))
        except libvirt.libvirtError:
            return frozenset()

    @property
    def reachable(self) -> bool:
        """Return False: libvirt makes and takes out only what it knows of."""
        return False

    def keep(self, path: str, name: str) -> None:  # noqa: ARG002 - the port's parameters
        """Raise AccessError."""
        raise _out_of_reach("cannot keep the state of the image", path)

    def drop(self, path: str, name: str) -> None:
        """Raise AccessError."""
        raise _out_of_reach(f"cannot take the state {name} out of the image", path)


def _out_of_reach(what: str, path: str) -> AccessError:
    remedy = "Do it on that host with qemu-img snapshot, while nothing has the file open."
    return AccessError(what, subject=path, why="this program has no access to the file itself", remedy=remedy)
