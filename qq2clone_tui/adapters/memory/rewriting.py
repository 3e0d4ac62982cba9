"""Change names and XML of what the catalogue in memory holds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.template import StateFile, Template, Version

__all__ = ["MemoryRewriting", "hand_over"]


class MemoryRewriting:
    """Changes to a catalogue in memory. Implements ``engine.ports.annotations.RewriteStore``.

    Args:
        templates, clones: what it holds, by name and by UUID.
        changed: called after every change.
    """

    def __init__(
        self, templates: dict[str, Template], clones: dict[str, CloneRecord], changed: Callable[[], None]
    ) -> None:
        self._templates = templates
        self._clones = clones
        self._changed = changed

    def template_xml(self, name: str, xml: str) -> None:
        """Give a template other XML."""
        self._templates[name] = replace(self._known(name), xml=xml)
        self._changed()

    def template_copy(
        self, name: str, new: str, created_at: float, states: Sequence[StateFile], version: int | None = None
    ) -> Template:
        """Record a second template of the same images, none of them its own."""
        first = self._known(name)
        if new in self._templates:
            raise TemplateError("cannot add the template", subject=new, why="there is one of that name")
        chosen = first.at(version).current
        disks = tuple(replace(disk, owned=False) for disk in chosen.disks)
        firmware = {state.part: state.image for state in states if state.owned}
        only = Version(1, disks, firmware, created_at, chosen.note, tuple(states))
        copy = self._templates[new] = replace(first, name=new, created_at=created_at, versions=(only,)).at(1)
        self._changed()
        return copy

    def template_name(self, old: str, new: str) -> None:
        """Give a template with its clones another name."""
        template = self._known(old)
        if new in self._templates:
            raise TemplateError("cannot rename the template", subject=new, why="there is a template of that name")
        del self._templates[old]
        self._templates[new] = replace(template, name=new)
        for uuid, record in self._clones.items():
            if record.identity.template == old:
                self._clones[uuid] = replace(record, identity=replace(record.identity, template=new))
        self._changed()

    def clone_name(self, uuid: str, name: str) -> None:
        """Record another name of a clone's machine."""
        record = self._clones[uuid]
        self._clones[uuid] = replace(record, identity=replace(record.identity, name=name))
        self._changed()

    def _known(self, name: str) -> Template:
        if name not in self._templates:
            raise TemplateError("there is no template", subject=name)
        return self._templates[name]


def hand_over(templates: dict[str, Template], name: str, images: Sequence[str]) -> set[str]:
    """Make those images of a template that others use the property of one of those, and return them."""
    shared = set[str]()
    for heir in sorted(templates):
        template = templates[heir]
        taken = {disk.image for version in template.history for disk in version.disks if disk.image in images} - shared
        if heir != name and taken:
            versions = tuple(_owning(version, taken) for version in template.history)
            templates[heir] = replace(template, versions=versions).at(None)
            shared |= taken
    return shared


def _owning(version: Version, taken: set[str]) -> Version:
    return replace(
        version, disks=tuple(replace(disk, owned=disk.owned or disk.image in taken) for disk in version.disks)
    )
