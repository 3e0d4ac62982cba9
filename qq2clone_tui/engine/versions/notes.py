"""Offer what can be said of the versions of templates, and what was noticed of their images."""

from contextlib import suppress
from dataclasses import replace

from qq2clone_tui.domain.errors import AccessError, BadArgument, Qq2cloneError, WrongFileKind
from qq2clone_tui.domain.names import check_note
from qq2clone_tui.domain.reference import Reference, parse_reference
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk
from qq2clone_tui.engine.images.beside import completed, inherited, is_noted, noted
from qq2clone_tui.engine.images.drift import drift_of, open_for_writing, refuse_unfinished
from qq2clone_tui.engine.images.stamps import stamp_of
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.ports.inspection import Heard, Stopped
from qq2clone_tui.engine.tools import Tools

__all__ = ["Versions"]


class Versions:
    """The versions of templates.

    Args:
        tools: the adapters.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def annotate(self, reference: str, note: str) -> Reference:
        """Replace the note of a version, of the newest where none is named, and return which it was.

        Raises:
            TemplateError: there is no such template or version.
        """
        check_note(note)
        template = self._at(reference)
        self._tools.catalogue.versions.annotate(template.name, template.version, note)
        self._inventory.nudge()
        return Reference(template.name, template.version)

    def drift(self, reference: str) -> tuple[str, ...]:
        """Return why the images of a version are not what they were, a clause each; empty when all is well.

        Raises:
            TemplateError: there is no such template or version.
        """
        return drift_of(self._tools.images, self._at(reference).current.watched)

    def acknowledge(self, reference: str) -> tuple[str, ...]:
        """Take the images of a version as they are now, so that clones can be made of it again.

        What their digests were is forgotten. Clones that stand on it are not mended by this.

        Returns:
            What had changed, a clause each.

        Raises:
            TemplateError: there is no such template or version.
            BadArgument: a machine was started from one of them.
            AccessError, WrongFileKind: an image cannot be used at all.
        """
        template = self._at(reference)
        refuse_unfinished(self._tools, template)
        changed = drift_of(self._tools.images, template.current.watched)
        opened = open_for_writing(self._tools.images, template.current.watched)
        if opened:
            why, remedy = opened[0], "Shut that machine off first; fuser names the program."
            raise BadArgument("cannot acknowledge the images", subject=reference, why=why, remedy=remedy)
        disks = tuple(self._as_it_is(disk) for disk in template.disks)
        states = self._states_as_they_are(template)
        if changed:
            self._tools.catalogue.versions.replace_disks(template.name, template.version, disks)
            self._tools.catalogue.versions.replace_states(template.name, template.version, states)
            self._inventory.nudge()
        return changed

    def lacking_digests(self) -> list[Reference]:
        """Return the versions of which not all is recorded that ``record_digests`` records."""
        return [
            Reference(template.name, version.number)
            for template in self._tools.catalogue.templates()
            for version in template.history
            if any(disk.owned and disk.stamp and not disk.digest for disk in version.disks)
            or not is_noted(template.at(version.number))
        ]

    def record_digests(self, reference: str, heard: Heard, stopped: Stopped) -> int:
        """Compute and record the digests of a version's files that have none, and return how many; may take long.

        Of its disks' images only those that are its own; of the files beside the disks, which are small, all.

        Args:
            reference: the version.
            heard, stopped: see ``inspection``.

        Raises:
            TemplateError: there is no such template or version.
            Qq2cloneError: an image cannot be read; what was computed before is recorded.
        """
        template, inspection = self._at(reference), self._tools.images.inspection
        recorded = 0
        for disk in template.disks if inspection is not None else ():
            if not disk.owned or not disk.stamp or disk.digest or inspection is None:
                continue
            digest = inspection.digest(disk.image, heard, stopped)
            facts = inspection.facts(disk.image)
            if not digest or facts is None or facts.stamp != disk.stamp:
                break  # stopped, or not what it was: a digest of what it has become would say that it is well
            now = self._at(str(Reference(template.name, template.version)))
            disks = tuple(replace(each, digest=digest) if each == disk else each for each in now.disks)
            self._tools.catalogue.versions.replace_disks(now.name, now.version, disks)
            recorded += 1
        return recorded + self._record_states(template, heard, stopped)

    def _record_states(self, template: Template, heard: Heard, stopped: Stopped) -> int:
        """Record what is not known yet of the files beside a version's disks, and return of how many."""
        images, found = self._tools.images, []
        for state in completed(images, template):
            digest = ""
            if images.inspection is not None and state.stamp and not state.digest:
                with suppress(AccessError, BadArgument, WrongFileKind):  # the stamp does for what cannot be read
                    digest = images.inspection.digest(state.image, heard, stopped)
            same = digest and stamp_of(images, state.image) == state.stamp
            found.append(replace(state, digest=digest) if same else state)
        now = self._at(str(Reference(template.name, template.version)))
        if tuple(found) == template.states or now.states != template.states:
            return 0
        self._tools.catalogue.versions.replace_states(now.name, now.version, found)
        return len(set(found) - set(template.states))

    def _at(self, reference: str) -> Template:
        named = parse_reference(reference)
        return self._tools.catalogue.template(named.name).at(named.version)

    def _states_as_they_are(self, template: Template) -> tuple[StateFile, ...]:
        images = self._tools.images
        for path in inherited(template).values():
            # The stamp fails for what the system does not let us look at, and follows a link to nothing.
            there = stamp_of(images, path) if images.inspection is not None else images.allocated_bytes([path])
            if not there:
                remedy = "Put it back; what is not there cannot be acknowledged."
                raise AccessError("cannot acknowledge the file", subject=path, why="it is missing", remedy=remedy)
        return noted(images, template)

    def _as_it_is(self, disk: TemplateDisk) -> TemplateDisk:
        try:
            facts = self._tools.images.probe(disk.image)
        except Qq2cloneError as error:
            error.remedy = error.remedy or "Put it back; what is not there cannot be acknowledged."
            raise
        if facts.stamp == disk.stamp and facts.virtual_size == disk.virtual_size:
            return disk
        return replace(disk, stamp=facts.stamp, virtual_size=facts.virtual_size, format=facts.format, digest="")
