"""Play the memory of versions, of renewed clones and of undertakings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, Holding
from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.merge import Sealed
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Version

from .journal import MemoryJournal

__all__ = ["MemoryIntents", "MemoryRenewals", "MemoryVersions"]


class MemoryIntents:
    """Undertakings that last as long as the process. Implements ``engine.ports.undertakings.IntentStore``."""

    def __init__(self) -> None:
        self.known: dict[str, Intent] = {}

    def begin(self, intent: Intent) -> None:
        """Record an undertaking."""
        if intent.subject in self.known:
            raise BadArgument("cannot work on it now", subject=intent.subject, why="it is being changed")
        self.known[intent.subject] = intent

    def advance(self, intent: Intent) -> None:
        """Record how far one has come."""
        self.known[intent.subject] = intent

    def end(self, subject: str) -> None:
        """Forget one."""
        self.known.pop(subject, None)

    def of(self, subject: str) -> Intent | None:
        """Return one."""
        return self.known.get(subject)

    def claim(self, subject: str) -> Intent | None:
        """Return one."""
        return self.known.get(subject)

    def take_over(self) -> Sequence[Intent]:
        """Return nothing: what is in memory goes with its process."""
        return []


class MemoryRenewals:
    """Files and versions of clones. Implements ``engine.ports.undertakings.RenewalStore``.

    Args:
        clones: by UUID.
        restore: puts records in.
        journal, intents: what is unfinished.
    """

    def __init__(
        self,
        clones: Mapping[str, CloneRecord],
        restore: Callable[[Sequence[CloneRecord]], None],
        journal: MemoryJournal,
        intents: MemoryIntents,
    ) -> None:
        self._clones = clones
        self._restore = restore
        self._journal = journal
        self._intents = intents

    def holdings(self) -> list[Holding]:
        """Return the files of all clones."""
        records = list(self._clones.values())
        return [Holding(one.identity.uuid, one.identity.name, one.identity.staging, one.files) for one in records]

    def replace_files(self, uuid: str, version: int, files: Mapping[str, str], *, detached: bool) -> None:
        """Record that a clone has other files now."""
        record = self._clones[uuid]
        self._restore(
            [
                replace(
                    record,
                    identity=replace(record.identity, version=version),
                    files=tuple(files.get(path, path) for path in record.files),
                    detached=detached,
                )
            ]
        )
        self._journal.note([old for old, new in files.items() if old != new])
        self._intents.end(uuid)

    def set_ephemeral(self, uuids: Sequence[str], ephemeral: bool) -> None:
        """Record whether clones begin afresh at every start."""
        self._restore([replace(self._clones[uuid], ephemeral=ephemeral) for uuid in uuids if uuid in self._clones])


class MemoryVersions:
    """Versions of templates. Implements ``engine.ports.undertakings.VersionStore``.

    Args:
        templates, clones: what the catalogue holds, by name and by UUID.
        changed: called after every change.
        journal, intents: what is unfinished.
    """

    def __init__(
        self,
        templates: dict[str, Template],
        clones: dict[str, CloneRecord],
        changed: Callable[[], None],
        journal: MemoryJournal,
        intents: MemoryIntents,
    ) -> None:
        self._templates = templates
        self._clones = clones
        self._changed = changed
        self._journal = journal
        self._intents = intents

    def add(self, template: str, version: Version, machine: str) -> None:
        """Record a new version whose files were a machine's."""
        found = self._known(template)
        if version.number in {other.number for other in found.history}:
            raise TemplateError("cannot make the version", subject=template, why=f"it has v{version.number} by now")
        self._put(found, (*found.history, version))
        self._clones.pop(machine, None)
        self._intents.end(template_subject(template))
        self._changed()

    def adopt(self, template: Template, machine: str) -> None:
        """Record a new template whose files were a machine's."""
        if template.name in self._templates:
            raise TemplateError("cannot add the template", subject=template.name, why="the name is taken")
        self._put(template, template.history)
        self._clones.pop(machine, None)
        self._intents.end(machine)
        self._changed()

    def exists(self, template: str, number: int) -> bool:
        """Tell whether a template has a version."""
        return number in {version.number for version in self._known(template).history}

    def fold(
        self,
        template: str,
        numbers: Sequence[int],
        sealed: Mapping[str, Sealed],
        deletes: Sequence[str],
        then: Intent,
    ) -> None:
        """Forget versions because other images take over what theirs hold."""
        self._forget(template, numbers)
        for found in list(self._templates.values()):
            self._put(found, tuple(replace(one, disks=_resealed(one.disks, sealed)) for one in found.history))
        self._journal.note(deletes)
        self._intents.known[then.subject] = then
        self._changed()

    def remove(self, template: str, number: int, deletes: Sequence[str]) -> None:
        """Forget a version."""
        self._forget(template, [number])
        self._journal.note(deletes)
        self._changed()

    def annotate(self, template: str, number: int, note: str) -> None:
        """Replace a version's note."""
        self._change(template, number, lambda version: replace(version, note=note))

    def replace_disks(self, template: str, number: int, disks: Sequence[TemplateDisk]) -> None:
        """Record other facts of a version's images."""
        self._change(template, number, lambda version: replace(version, disks=tuple(disks)))

    def replace_states(self, template: str, number: int, states: Sequence[StateFile]) -> None:
        """Record what is known of the files beside a version's disks."""
        self._change(template, number, lambda version: replace(version, states=tuple(states)))

    def _forget(self, template: str, numbers: Sequence[int]) -> None:
        found = self._known(template)
        identities = [record.identity for record in self._clones.values() if not record.detached]
        needed = {one.version for one in identities if one.template == template} | {found.newest.number}
        needed |= {
            wish.number("version")
            for wish in self._intents.known.values()
            if wish.kind is IntentKind.SWAP and self._clones[wish.subject].identity.template == template
        }
        missing = set(numbers) - {version.number for version in found.history}
        for number in sorted(missing | (needed & set(numbers))):
            why = "there is none" if number in missing else "it is needed"
            raise TemplateError("cannot remove the version", subject=f"{template}@v{number}", why=why)
        self._put(found, tuple(version for version in found.history if version.number not in numbers))

    def _change(self, template: str, number: int, change: Callable[[Version], Version]) -> None:
        found = self._known(template).at(number)
        self._put(found, tuple(change(one) if one.number == number else one for one in found.history))
        self._changed()

    def _put(self, template: Template, versions: tuple[Version, ...]) -> None:
        self._templates[template.name] = replace(template, versions=versions).at(None)

    def _known(self, name: str) -> Template:
        if name not in self._templates:
            raise TemplateError("there is no template", subject=name)
        return self._templates[name]


def _resealed(disks: Sequence[TemplateDisk], sealed: Mapping[str, Sealed]) -> tuple[TemplateDisk, ...]:
    found = ((disk, sealed.get(disk.image)) for disk in disks)
    return tuple(replace(disk, stamp=facts.stamp, digest=facts.digest) if facts else disk for disk, facts in found)
