"""Play what a catalogue tells of its own state."""

from collections.abc import Callable, Mapping, Sequence

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.errors import AccessError, TemplateError
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.ports.salvage import Leftover

from .journal import MemoryJournal

__all__ = ["MemorySalvage"]


class MemorySalvage:
    """Records that come back. Implements ``engine.ports.salvage.SalvageStore``.

    Args:
        templates, clones: what the catalogue holds, by name and by UUID.
        restore: puts records in.
        journal: the unfinished files.

    Attributes:
        kept: domain XML of templates that are lost, by name.
        left: what is said to have been left half done.
    """

    def __init__(
        self,
        templates: Mapping[str, Template],
        clones: Mapping[str, CloneRecord],
        restore: Callable[[Sequence[CloneRecord]], None],
        journal: MemoryJournal,
    ) -> None:
        self._templates = templates
        self._clones = clones
        self._restore = restore
        self._journal = journal
        self.kept: dict[str, str] = {}
        self.left: list[Leftover] = []

    def adopt(self, records: Sequence[CloneRecord]) -> None:
        """Record clones that exist already as whole."""
        known = {(one.identity.template, one.identity.number) for one in self._clones.values()}
        for record in records:
            identity = record.identity
            if identity.template not in self._templates:
                raise TemplateError("there is no template", subject=identity.template)
            if (identity.template, identity.number) in known:
                raise AccessError("cannot record the clones", subject=identity.template, why="the number is taken")
        self._restore(records)

    def recorded_files(self) -> frozenset[str]:
        """Return every path that is recorded as anybody's."""
        clones = (path for record in self._clones.values() for path in record.files)
        images = (
            path
            for template in self._templates.values()
            for version in template.history
            for path in (*(disk.image for disk in version.disks), *version.owned_files)
        )
        return frozenset((*clones, *images, *self._journal.ours()))

    def leftovers(self) -> Sequence[Leftover]:
        """Return what it was told."""
        return self.left

    def kept_templates(self) -> Mapping[str, str]:
        """Return the XML of lost templates."""
        return {name: xml for name, xml in self.kept.items() if name not in self._templates}
