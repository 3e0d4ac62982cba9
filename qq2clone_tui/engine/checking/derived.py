"""Make the XML of a template out of a clone's, when nothing else is left of the template."""

from collections.abc import Sequence

from qq2clone_tui.domain.errors import BadXml, TemplateError
from qq2clone_tui.domain.metadata import Marker, without_mark
from qq2clone_tui.domain.swap_xml import swapped

from .scene import Domain, Scene

__all__ = ["derived_xml"]


def derived_xml(scene: Scene, strangers: Sequence[tuple[Domain, Marker]]) -> str:
    """Return the XML of the clone with the lowest number, with the images below its disks in place of these.

    Args:
        scene: everything.
        strangers: the clones of one template, each with its mark.

    Raises:
        TemplateError: it has firmware variables of its own, or a disk that stands on nothing.
        BadXml: it cannot be read.
    """
    domain, _ = min(strangers, key=lambda pair: (pair[1].number == 0, pair[1].number))
    name, graph, images = domain.summary.name, scene.graph, scene.tools.images
    if domain.description.nvram:
        raise TemplateError(
            "cannot make its XML out of that of", subject=name, why="it has firmware variables of its own"
        )
    below: dict[str, str] = {}
    for disk in domain.description.disks:
        if disk.cloned:
            base = graph.image(images.resolved(disk.source)).backing
            if not base:
                raise TemplateError(
                    "cannot make its XML out of that of", subject=name, why=f"{disk.source} stands on nothing"
                )
            below[disk.source] = base
    if not below:
        raise BadXml("cannot make its XML out of that of", subject=name, why="it has no disks")
    return swapped(without_mark(domain.xml), below, {}, 0)
