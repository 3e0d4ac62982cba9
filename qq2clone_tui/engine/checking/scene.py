"""Gather what a check compares: what is recorded, what the hypervisor has, and what lies on the disk."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.describe_xml import DomainDescription, describe
from qq2clone_tui.domain.errors import BadXml, DomainNotFound, Qq2cloneError
from qq2clone_tui.domain.findings import CheckWish, Fate, Finding, FindingKind
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.domain.intent import template_subject
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.metadata import Marker, read_marker
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.tools import Tools

__all__ = ["Domain", "Scene", "SetOut", "gather", "not_looked_at"]


@dataclass(frozen=True)
class Domain:
    """A machine as the hypervisor has it.

    Args:
        summary: name, UUID and state.
        xml: inactive domain XML, secure form: never shown or logged.
        description: what matters of it.
        marker: our mark in it, None when there is none.
    """

    summary: DomainSummary
    xml: str = field(repr=False)
    description: DomainDescription
    marker: Marker | None = None

    def source(self, target: str) -> str:
        """Return the path of the disk with a device name; empty when it has none."""
        return next((disk.source for disk in self.description.disks if disk.target == target), "")


@dataclass(frozen=True)
class SetOut:
    """What is to be checked, and how that goes.

    Args:
        wish: what the user wants.
        reference: the template, or its version, that is looked at; None for everything.
        heard: is told what is being done, and how many bytes of how many are done where that counts.
        stopped: tells whether to end early.
    """

    wish: CheckWish
    reference: Reference | None
    heard: Callable[[str, int, int], object]
    stopped: Callable[[], bool]

    def covers(self, template: str) -> bool:
        """Tell whether what belongs to a template is to be checked."""
        return self.reference is None or self.reference.name == template

    def covers_version(self, template: str, version: int) -> bool:
        """Tell whether what belongs to a version of a template is to be checked."""
        number = self.reference.version if self.reference else None
        return self.covers(template) and number in (None, version)


@dataclass(frozen=True)
class Scene:
    """Everything at one instant; the files were looked at before the records were read.

    Args:
        tools: the adapters.
        out: what is to be checked.
        graph: what stands on what, and who uses it.
        domains: every machine of the hypervisor, by UUID.
        unread: machines that could not be read, by UUID, and why.
        templates: all, in name order.
        records: all clones and staging machines, by UUID.
    """

    tools: Tools
    out: SetOut
    graph: ImageGraph
    domains: Mapping[str, Domain]
    unread: Mapping[str, str]
    templates: Sequence[Template]
    records: Mapping[str, CloneRecord]

    @property
    def whole(self) -> Iterator[CloneRecord]:
        """Yield the clones to be checked; those that a process is making or removing are not."""
        for record in self.records.values():
            one = record.identity
            if record.status is CloneStatus.READY and self.out.covers_version(one.template, one.version):
                yield record

    @cached_property
    def template_of(self) -> Mapping[str, Template]:
        """The templates by name."""
        return {template.name: template for template in self.templates}

    def busy(self, template: str, uuid: str = "") -> bool:
        """Tell whether a template, or a machine of it, is being changed in several steps at this moment."""
        intents = self.tools.catalogue.intents
        return any(intents.of(subject) is not None for subject in (uuid, template_subject(template)) if subject)

    def written_at(self, paths: Iterable[str]) -> float:
        """Return when the first of some files was written last, in seconds since the epoch; now if nobody knows."""
        inspection = self.tools.images.inspection
        facts = [inspection.facts(path) for path in paths] if inspection else []
        return min((one.mtime_ns / 1e9 for one in facts if one), default=time.time())

    def mended(
        self, finding: Finding, deed: str, act: Callable[[], object], *, consent: bool = False, remedy: str = ""
    ) -> Finding:
        """Return a finding with what became of it, having mended it if that was wished.

        Args:
            finding: what is wrong.
            deed: what mends it, as a clause that is true before and after ("its record is forgotten").
            act: mends it.
            consent: it takes the user's consent.
            remedy: what a person can do instead; when it could not be mended, by default the error's own remedy.
        """
        wish = self.out.wish
        if consent and not wish.consent:
            return replace(finding, fate=Fate.NEEDS_CONSENT, deed=deed, remedy=remedy)
        if not wish.mend:
            return replace(finding, fate=Fate.MENDABLE, deed=deed)
        try:
            act()
        except Qq2cloneError as error:
            why = f"{finding.why}, and mending it failed: {_clause(error)}"
            return replace(finding, why=why, remedy=remedy or error.remedy)
        return replace(finding, fate=Fate.MENDED, deed=deed)


def gather(tools: Tools, out: SetOut) -> Scene:
    """Return everything as it is now.

    Raises:
        HypervisorError, AccessError: hypervisor or catalogue cannot be asked.
    """
    domains: dict[str, Domain] = {}
    unread: dict[str, str] = {}
    for summary in tools.hypervisor.list_domains():
        try:
            xml = tools.hypervisor.inactive_xml(summary.uuid)
            domains[summary.uuid] = Domain(summary, xml, describe(xml), read_marker(xml))
        except DomainNotFound:
            continue  # it went away meanwhile
        except BadXml as error:
            unread[summary.uuid] = error.why or error.what
    # The index reads the directories before the records: what a process makes meanwhile is recorded by then.
    graph = tools.index.graph()
    templates, records = tools.catalogue.templates(), tools.catalogue.clones()
    return Scene(tools, out, graph, domains, unread, templates, {one.identity.uuid: one for one in records})


def not_looked_at(subject: str, error: Qq2cloneError, template: str = "") -> Finding:
    """Return the finding for something that could not be looked at."""
    return Finding(FindingKind.UNREADABLE, subject, _clause(error), remedy=error.remedy, template=template)


def _clause(error: Qq2cloneError) -> str:
    about = f" {error.subject!r}" if error.subject else ""
    return f"{error.what}{about}{f': {error.why}' if error.why else ''}".rstrip(".")
