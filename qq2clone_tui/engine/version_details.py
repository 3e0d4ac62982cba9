"""Read all that can be shown of one version of a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.domain.template import Version

from .details import chain_of
from .tools import Tools

__all__ = ["VersionDetails", "VersionReader"]


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """One version close up.

    Args:
        template: the template's name.
        version: as it is recorded, with digests and note.
        chains: for each disk, its image and the files below it, top first.
        sizes: bytes that its firmware files take, by path.
        problem: why an image could not be read, else empty.
        users: machines that stand on it and are not clones of ours, nor its staging machine.
        own_bytes: what would be freed if it went; None when that is not known.
        shared_bytes: what it takes together with others; None when that is not known.
    """

    template: str
    version: Version
    chains: Mapping[str, tuple[ImageFacts, ...]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    users: tuple[str, ...] = ()
    own_bytes: int | None = None
    shared_bytes: int | None = None


class VersionReader:
    """Reads versions of templates.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def read(self, reference: str) -> VersionDetails:
        """Read a version, the newest where none is named; an unreadable image is told in ``problem``.

        Raises:
            TemplateError: there is no such template or version.
        """
        named, images = parse_reference(reference), self._tools.images
        version = self._tools.catalogue.template(named.name).at(named.version).current
        chains: dict[str, tuple[ImageFacts, ...]] = {}
        problem = ""
        for disk in version.disks:
            try:
                chains[disk.target] = chain_of(images, disk.image)
            except Qq2cloneError as error:
                problem = error.paragraph()
        sizes = images.allocated_bytes(version.firmware.values())
        return VersionDetails(named.name, version, chains, sizes, problem)
