"""Play the catalogue in memory."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.ports.catalogue import ReserveRequest

from .journal import MemoryJournal
from .rewriting import MemoryRewriting, hand_over
from .salvage import MemorySalvage
from .saved_states import MemorySavedRecords
from .tags import MemoryTags
from .versions import MemoryIntents, MemoryRenewals, MemoryVersions

__all__ = ["MemoryCatalogue"]


class MemoryCatalogue:
    """A catalogue that lasts as long as the process. Implements ``ports.Catalogue``.

    Args:
        clock: gives the time new clones are stamped with, seconds since the epoch.

    Attributes:
        journal: the files that are being made or deleted.
        tags: the tags of clones.
        saved: the files that hold the memory of clones.
        rewrite: changes to names and XML.
        versions: the versions of templates.
        renewals: which files and which version clones have.
        intents: what processes are about to do in several steps.
        salvage: its own state, and how lost records come back.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.journal = MemoryJournal()
        self._clock = clock
        self._templates: dict[str, Template] = {}
        self._clones: dict[str, CloneRecord] = {}
        self._revision = 0
        changed = partial(self.restore, ())
        self.tags = MemoryTags(lambda uuid: uuid in self._clones, changed)
        self.rewrite = MemoryRewriting(self._templates, self._clones, changed)
        self.saved = MemorySavedRecords(self._clones, self.restore)
        self.intents = MemoryIntents()
        self.versions = MemoryVersions(self._templates, self._clones, changed, self.journal, self.intents)
        self.renewals = MemoryRenewals(self._clones, self.restore, self.journal, self.intents)
        self.salvage = MemorySalvage(self._templates, self._clones, self.restore, self.journal)
        self._lock = threading.Lock()

    def templates(self) -> list[Template]:
        """Return all templates in name order."""
        return sorted(self._templates.values(), key=lambda template: template.name)

    def template(self, name: str) -> Template:
        """Return one template."""
        template = self._templates.get(name)
        if template is None:
            raise TemplateError("there is no template", subject=name, remedy="qq2clone list-templates names them all.")
        return template

    def add_template(self, template: Template) -> None:
        """Record a new template."""
        with self._lock:
            if template.name in self._templates:
                raise TemplateError("cannot add the template", subject=template.name, why="the name is taken")
            self._templates[template.name] = replace(template, versions=template.history)
            self.journal.drop(template.owned_files)
            self._revision += 1

    def remove_template(
        self, name: str, deletes: Sequence[str] = (), heirs: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        """Forget a template without clones; ``deletes`` that no other uses go into the journal."""
        images = self.template(name).owned_files
        with self._lock:
            if any(record.identity.template == name for record in self._clones.values()):
                raise TemplateError("cannot delete the template", subject=name, why="it has clones")
            del self._templates[name]
            shared = hand_over(self._templates, name, images)
            for path, heir in heirs.items():
                template = self._templates[heir]
                if path not in template.owned_files:
                    self._templates[heir] = replace(template, inherited=(*template.inherited, path))
            free = tuple(path for path in deletes if path not in shared)
            self.journal.note(free)
            self._revision += 1
        return free

    def clones(self, template: str | None = None) -> list[CloneRecord]:
        """Return clones ordered by template and number."""
        with self._lock:
            records = [r for r in self._clones.values() if template in (None, r.identity.template)]
        return sorted(records, key=lambda record: (record.identity.template, record.identity.number))

    def clone(self, uuid: str) -> CloneRecord | None:
        """Return one clone, or None."""
        return self._clones.get(uuid)

    def reserve(self, request: ReserveRequest) -> list[CloneRecord]:
        """Take the lowest free numbers."""
        self.template(request.template).at(request.version)
        with self._lock:
            identities = [record.identity for record in self._clones.values()]
            used = {identity.number for identity in identities if identity.template == request.template}
            uuids = set(self._clones)
            macs = {mac for identity in identities for mac in identity.macs}
            fresh: list[CloneRecord] = []
            for number in request.numbers:
                if len(fresh) >= request.count:
                    break
                identity = None if number in used else request.identity(number, uuids, macs)
                if identity is not None:
                    uuids.add(identity.uuid)
                    macs.update(identity.macs)
                    files = tuple(request.files(identity))
                    fresh.append(
                        CloneRecord(identity, CloneStatus.MAKING, files, self._clock(), ephemeral=request.ephemeral)
                    )
            self._clones.update({record.identity.uuid: record for record in fresh})
            self._revision += 1
        return fresh

    def mark_ready(self, uuids: Sequence[str]) -> None:
        """Record that clones are whole."""
        self.restore(_marked(self._clones, uuids, CloneStatus.READY))

    def mark_removing(self, uuids: Sequence[str], erase: str = "") -> None:
        """Record that clones are being removed, and how their files are overwritten before."""
        marked = _marked(self._clones, uuids, CloneStatus.REMOVING)
        self.restore([replace(record, erase=erase or record.erase) for record in marked])

    def forget(self, uuids: Sequence[str]) -> None:
        """Drop records."""
        with self._lock:
            for uuid in uuids:
                self._clones.pop(uuid, None)
            self._revision += 1

    def abandoned(self) -> list[CloneRecord]:
        """Return nothing: what is in memory goes with its process."""
        return []

    def revision(self) -> int:
        """Return a number that changes with every change."""
        return self._revision

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def restore(self, records: Sequence[CloneRecord]) -> None:
        """Put records in as they are, for a fleet that exists already."""
        with self._lock:
            self._clones.update({record.identity.uuid: record for record in records})
            self._revision += 1


def _marked(records: Mapping[str, CloneRecord], uuids: Sequence[str], status: CloneStatus) -> list[CloneRecord]:
    return [replace(records[uuid], status=status) for uuid in uuids if uuid in records]
