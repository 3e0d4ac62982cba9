"""Turn a domain, or a file of domain XML, into a template; refuse with all the reasons at once."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qq2clone_tui.domain.describe_xml import DiskDevice, DomainDescription, describe
from qq2clone_tui.domain.disk import DiskPolicy, ImageKind, ImageSpec
from qq2clone_tui.domain.errors import BadArgument, BadXml, DomainNotFound, Qq2cloneError, WrongFileKind
from qq2clone_tui.domain.identity_xml import Finding
from qq2clone_tui.domain.import_rules import Obstacle, obstacles
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.names import check_template_name
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk

from .ports import Hypervisor, ImageStore
from .tools import Tools

__all__ = ["ImportReport", "Source", "import_template", "source_of"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The template as imported, and what a person should know about its clones."""

    template: Template
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a template comes from.

    Args:
        origin: what the user named: a domain or an absolute path.
        xml: inactive domain XML.
        domain: the domain on the hypervisor, None for a file.
        has_snapshots: True when that domain has snapshots.
    """

    origin: str
    xml: str
    domain: DomainSummary | None = None
    has_snapshots: bool = False


def source_of(hypervisor: Hypervisor, name: str) -> Source:
    """Return the source that a domain name or UUID stands for.

    Raises:
        DomainNotFound: the hypervisor has no such domain.
    """
    for domain in hypervisor.list_domains():
        if name in {domain.name, domain.uuid}:
            xml = hypervisor.inactive_xml(domain.uuid)
            return Source(name, xml, domain, hypervisor.has_snapshots(domain.uuid))
    raise DomainNotFound(
        "cannot import the domain",
        subject=name,
        why=f"{hypervisor.uri} has no domain of that name",
        remedy="Give the name of a domain, or the absolute path of a file of domain XML.",
    )


def import_template(
    tools: Tools,
    source: Source,
    name: str | None,
    *,
    copy: bool,
    dry_run: bool,
) -> ImportReport:
    """Check a source, copy its images if asked to, and record it as a template.

    Raises:
        BadXml, BadArgument: the source cannot be cloned; every reason is named.
        AccessError, WrongFileKind: an image cannot be used.
        TemplateError: the name is taken or not fit for a template.
    """
    images = tools.images
    description = describe(source.xml)
    name = name or description.name
    check_template_name(name)
    _refuse(source, copy=copy)
    disks = tuple(_disk(images, disk) for disk in description.disks if disk.cloned)
    if not copy:
        _refuse_written(tools.hypervisor, disks)
    template = Template(name, source.xml, disks, source=source.origin, created_at=time.time())
    if copy:
        template = replace(template, disks=tuple(_owned(disk, name, images.place) for disk in disks))
    if not dry_run:
        _record(tools, template, disks)
    return ImportReport(template, _findings(description, disks, copy=copy))


def _refuse(source: Source, *, copy: bool) -> None:
    state = source.domain.state if source.domain else None
    found = obstacles(
        source.xml,
        state=state,
        has_snapshots=source.has_snapshots,
        has_managed_save=state is DomainState.SAVED,
    )
    if not found:
        return
    kind = BadArgument if all(obstacle.where == "state" for obstacle in found) else BadXml
    raise kind(
        "cannot copy the template" if copy else "cannot import the template",
        subject=source.origin,
        why="; ".join(_sentence(obstacle) for obstacle in found),
        remedy=" ".join(dict.fromkeys(obstacle.remedy for obstacle in found if obstacle.remedy)),
    )


def _sentence(obstacle: Obstacle) -> str:
    return f"{obstacle.where}: {obstacle.why}" if obstacle.where else obstacle.why


def _disk(images: ImageStore, disk: DiskDevice) -> TemplateDisk:
    facts = images.probe(disk.source)
    declared = disk.format or "raw"
    if facts.encrypted:
        raise WrongFileKind(
            "cannot clone the image",
            subject=disk.source,
            why="it is encrypted, and a clone's overlay would need its secret",
            remedy="Decrypt it into a new image with qemu-img convert first.",
        )
    if facts.format != declared:
        # A guest can write any header into a raw disk, so what the file looks like is not believed
        # over what the XML says: the backing file it names could be anything on the host.
        raise WrongFileKind(
            "cannot clone the image",
            subject=disk.source,
            why=f"the XML {'says' if disk.format else 'implies'} it is {declared} but it looks like {facts.format}",
            remedy="Mend the <driver type=…> of the disk in the XML.",
        )
    return TemplateDisk(disk.target, disk.source, facts.format, facts.virtual_size)


def _refuse_written(hypervisor: Hypervisor, disks: Sequence[TemplateDisk]) -> None:
    """Raise when an active machine writes one of the images: its clones would be corrupted."""
    wanted = {disk.image for disk in disks}
    for domain in hypervisor.list_domains():
        if not domain.state.active:
            continue
        try:
            live = describe(hypervisor.live_xml(domain.uuid))
        except DomainNotFound:
            continue
        used = wanted & {disk.source for disk in live.disks if disk.cloned}
        if used:
            raise BadArgument(
                "cannot import the image",
                subject=min(used),
                why=f"the machine {domain.name} is {domain.state.value} and writes to it",
                remedy="Shut that machine off first.",
            )


def _owned(disk: TemplateDisk, name: str, place: str) -> TemplateDisk:
    path = f"{place}/{name}.{disk.target}.base.qcow2"
    return replace(disk, image=path, format="qcow2", policy=DiskPolicy.OVERLAY, owned=True)


def _record(tools: Tools, template: Template, originals: Sequence[TemplateDisk]) -> None:
    images = tools.images
    made: list[str] = []
    if any(disk.owned for disk in template.disks):
        images.check_ready()
    try:
        for disk, original in zip(template.disks, originals, strict=True):
            if disk.owned:
                images.create(
                    ImageSpec(disk.image, ImageKind.COPY, original.image, original.format, original.virtual_size)
                )
                made.append(disk.image)
        tools.catalogue.add_template(template)
    except Qq2cloneError:
        for path in made:
            images.delete(path)
        raise


def _findings(description: DomainDescription, disks: Sequence[TemplateDisk], *, copy: bool) -> tuple[Finding, ...]:
    sources: Mapping[str, str] = {disk.target: disk.image for disk in disks}
    shared = [
        Finding("shared", disk.target, f"{disk.source or 'empty drive'} is used by every clone and never deleted")
        for disk in description.disks
        if not disk.cloned
    ]
    kept = [
        Finding("shared", target, f"{image} must stay as it is: keep machines that write to it off")
        for target, image in sources.items()
        if not copy
    ]
    return (*shared, *kept)
