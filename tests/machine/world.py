"""Make a small world of real images and a real catalogue, and open sessions on it from any process."""

import shutil
from pathlib import Path

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images.local import LocalImages
from qq2clone_tui.adapters.xml_file import read_xml
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

from .kept_hypervisor import KeptHypervisor

__all__ = ["SIZE", "Opened", "World"]

SIZE = 1 << 20
"""Bytes a guest sees of each disk."""

_DISK = """<disk type='file' device='disk'><driver name='qemu' type='{format}'/><source file='{image}'/>
<target dev='{target}' bus='virtio'/></disk>"""
_DOMAIN = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>64</memory>
<os><type arch='x86_64' machine='q35'>hvm</type>{firmware}</os><devices>{disks}</devices></domain>"""
_FIRMWARE = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader><nvram>{path}</nvram>"


class Opened:
    """One process's view of the world.

    Args:
        world: the world.

    Attributes:
        hypervisor, catalogue, session: what it works with.
        tools: the same, for what a start of the product does.
    """

    def __init__(self, world: "World") -> None:
        self.hypervisor = KeptHypervisor(world.root / "machines")
        self.catalogue = SqliteCatalogue(world.root / "data" / "catalogue.db", world.root / "data" / "templates")
        images = LocalImages(world.place)
        self.session = Session(self.hypervisor, images, self.catalogue, read_xml, threads=1)
        self.tools = Tools(self.hypervisor, images, self.catalogue)

    def recover(self) -> tuple[str, ...]:
        """Do what every start does about processes that were killed."""
        self.hypervisor.reload()
        return recover(self.tools)

    def close(self) -> None:
        """Let go of the catalogue."""
        self.session.close()


class World:
    """Directories of one history.

    Args:
        root: absolute directory for all of it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place = root / "images"
        self.strange = root / "strange"
        """Files and XML that are not the product's."""

    def begin(self) -> None:
        """Make everything anew, with the images that templates are imported from."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.strange.mkdir(parents=True)

    def files(self) -> set[str]:
        """Return the files of the place."""
        return {str(path) for path in self.place.iterdir()} if self.place.exists() else set()

    def domain_xml(self, name: str, uuid: str, disks: dict[str, tuple[str, str]], variables: str = "") -> str:
        """Return XML of a machine.

        Args:
            name, uuid: whose.
            disks: path and format by target.
            variables: absolute path of its firmware variables; empty for a machine with a BIOS.
        """
        return _DOMAIN.format(
            name=name,
            uuid=uuid,
            firmware=_FIRMWARE.format(path=variables) if variables else "",
            disks="".join(
                _DISK.format(target=target, image=path, format=kind) for target, (path, kind) in disks.items()
            ),
        )
