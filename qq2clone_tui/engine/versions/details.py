"""Read all that can be shown of one version of a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.image_graph import ImageGraph, User, UserKind
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.domain.template import Version
from qq2clone_tui.engine.live.details import chain_of
from qq2clone_tui.engine.tools import Tools

__all__ = ["VersionDetails", "VersionReader"]


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """One version close up.

    Args:
        template: the template's name.
        version: as it is recorded, with digests and note.
        chains: for each disk, its image and the files below it, top first.
        sizes: bytes that the files beside its disks take, by path.
        problem: why an image could not be read, else empty.
        users: who uses its images, or stands on them, beside its clones and later versions, as clauses for people.
        own_bytes: what its images take; None when that is not known.
        below_bytes: what the images below them take, which it shares with others.
    """

    template: str
    version: Version
    chains: Mapping[str, tuple[ImageFacts, ...]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    users: tuple[str, ...] = ()
    own_bytes: int | None = None
    below_bytes: int = 0


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
        sizes = images.allocated_bytes(state.image for state in version.beside)
        found = VersionDetails(named.name, version, chains, sizes, problem)
        try:
            return self._with_users(found, self._tools.index.graph())
        except Qq2cloneError as error:
            return replace(found, problem=problem or error.paragraph())

    def _with_users(self, found: VersionDetails, graph: ImageGraph) -> VersionDetails:
        images = [self._tools.images.resolved(disk.image) for disk in found.version.disks]
        below = {path for image in images for path in graph.chain(image)}.difference(images)
        users = (user for image in images for user in graph.users(image) if not _of_template(user, found.template))
        strays = (f"the image {path}" for image in images for path in graph.strays(image))
        return replace(
            found,
            users=tuple(dict.fromkeys((*map(str, users), *strays))),
            own_bytes=graph.bytes_of(images),
            below_bytes=graph.bytes_of(below),
        )


def _of_template(user: User, template: str) -> bool:
    """Tell whether a user of an image is a version, a clone or the staging machine of a template."""
    if user.kind is UserKind.VERSION:
        return user.name.rpartition("@")[0] == template
    return user.kind is not UserKind.MACHINE
