"""Turn a domain, or a file of domain XML, into a template; refuse with all the reasons at once."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.describe_xml import DiskDevice, DomainDescription, describe
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import (
    BadArgument,
    BadXml,
    DomainNotFound,
    TemplateError,
    WrongFileKind,
)
from qq2clone_tui.domain.identity_xml import Compiler, Finding
from qq2clone_tui.domain.import_rules import obstacles
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.names import check_template_name
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.ports.hypervisor import Hypervisor
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

from .choices import Choices
from .copies import plan_copies, record, with_copies

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


def import_template(tools: Tools, source: Source, name: str | None, choices: Choices, *, dry_run: bool) -> ImportReport:
    """Check a source, copy its images if asked to, and record it as a template.

    Raises:
        BadXml, BadArgument: the source cannot be cloned; every reason is named.
        AccessError, WrongFileKind: an image cannot be used.
        TemplateError: the name is taken or not fit for a template.
    """
    description = _description(source)
    name = name or description.name
    check_template_name(name)
    _refuse_taken(tools, name)
    wanted = [disk for disk in description.disks if disk.cloned]
    choices.check(disk.target for disk in wanted)
    volumes = _volumes(tools.hypervisor, wanted)
    _refuse(source, choices, volumes)
    originals = tuple(_disk(tools.images, disk, choices, volumes) for disk in wanted)
    if not choices.copy:
        _refuse_written(tools, originals)
    _refuse_open(tools.images, originals)
    options = {**choices.options, **_firmware(tools.images, description)}
    template = Template(name, source.xml, originals, source=source.origin, created_at=time.time(), options=options)
    copies = plan_copies(tools.images, template) if choices.copy else ()
    template = with_copies(template, copies)
    findings = _findings(template)
    if not dry_run:
        template = record(tools, template, copies)
    return ImportReport(template, findings)


def _description(source: Source) -> DomainDescription:
    try:
        return describe(source.xml)
    except BadXml as error:
        error.subject = error.subject or source.origin
        raise


def _refuse_taken(tools: Tools, name: str) -> None:
    """Raise now what the catalogue would only say after large images were copied."""
    if any(template.name == name for template in tools.catalogue.templates()):
        raise TemplateError(
            "cannot import the template",
            subject=name,
            why="there is a template of that name",
            remedy="Give another name after the source.",
        )


def _volumes(hypervisor: Hypervisor, disks: Sequence[DiskDevice]) -> dict[str, str]:
    """Return the absolute path behind every ``pool/volume`` that can be found."""
    found: dict[str, str] = {}
    for disk in disks:
        pool, _, volume = disk.source.partition("/")
        path = hypervisor.volume_path(pool, volume) if disk.source_type == "volume" else None
        if path is not None:
            found[disk.source] = path
    return found


def _refuse(source: Source, choices: Choices, volumes: Mapping[str, str]) -> None:
    domain = source.domain
    state = domain.state if domain else None
    found = obstacles(
        source.xml,
        state=state,
        has_snapshots=source.has_snapshots,
        has_managed_save=state is DomainState.SAVED,
        persistent=domain.persistent if domain else True,
        options=choices.options,
        volumes=volumes,
    )
    if not found:
        return
    # What the machine is doing can be changed by its owner; what its XML says makes it bad XML.
    kind = BadArgument if all(obstacle.where == "state" for obstacle in found) else BadXml
    raise kind(
        "cannot import the template",
        subject=source.origin,
        why="; ".join(f"{obstacle.where} {obstacle.why}" for obstacle in found),
        remedy=" ".join(dict.fromkeys(obstacle.remedy for obstacle in found if obstacle.remedy)),
    )


def _disk(images: ImageStore, disk: DiskDevice, choices: Choices, volumes: Mapping[str, str]) -> TemplateDisk:
    path = volumes.get(disk.source, disk.source)
    facts = images.probe(path)
    declared = disk.format or ("raw" if disk.source_type != "volume" else facts.format)
    if facts.encrypted:
        raise WrongFileKind(
            "cannot clone the image",
            subject=path,
            why="it is encrypted, and a clone's overlay would need its secret",
            remedy="Decrypt it into a new image with qemu-img convert first.",
        )
    if facts.format != declared:
        # A guest can write any header into a raw disk, so what the file looks like is not believed
        # over what the XML says: the backing file it names could be anything on the host.
        raise WrongFileKind(
            "cannot clone the image",
            subject=path,
            why=f"the XML {'says' if disk.format else 'implies'} it is {declared} but it looks like {facts.format}",
            remedy="Mend the type of the disk's <driver> in the XML.",
        )
    policy = choices.policies.get(disk.target, DiskPolicy.OVERLAY)
    return TemplateDisk(disk.target, path, facts.format, facts.virtual_size, policy, stamp=facts.stamp)


def _refuse_written(tools: Tools, disks: Sequence[TemplateDisk]) -> None:
    """Raise when an active machine writes one of the images: its clones would be corrupted."""
    hypervisor, images = tools.hypervisor, tools.images
    wanted = {path: disk.image for disk in disks for path in images.stands_on(disk.image)}
    for domain in hypervisor.list_domains():
        if not domain.state.active:
            continue
        try:
            live = describe(hypervisor.live_xml(domain.uuid))
        except DomainNotFound:
            continue
        written = [disk for disk in live.disks if disk.cloned]
        volumes = _volumes(hypervisor, written)
        used = {images.resolved(volumes.get(disk.source, disk.source)) for disk in written} & wanted.keys()
        if used:
            raise BadArgument(
                "cannot import the image",
                subject=min(wanted[path] for path in used),
                why=f"the machine {domain.name} is {domain.state.value} and writes to it",
                remedy="Shut that machine off first.",
            )


def _refuse_open(images: ImageStore, disks: Sequence[TemplateDisk]) -> None:
    """Raise when a QEMU that this hypervisor knows nothing of writes one of the images.

    Neither its clones nor a copy would be sound.
    """
    for disk in disks:
        for path in images.stands_on(disk.image):
            if images.written(path):
                raise BadArgument(
                    "cannot import the image",
                    subject=disk.image,
                    why=f"some QEMU has {'it' if path == images.resolved(disk.image) else repr(path)} open for writing",
                    remedy="End that program first; fuser names it.",
                )


def _firmware(images: ImageStore, description: DomainDescription) -> dict[str, str]:
    """Let libvirt make the firmware variables of clones of a machine that was never started."""
    missing = description.nvram and not images.allocated_bytes([description.nvram])
    return {"nvram": "fresh"} if missing else {}


def _findings(template: Template) -> tuple[Finding, ...]:
    """Return what clones share or lack, and which images must stay as they are."""
    compiler = Compiler(template.xml, template)
    referenced = (disk for disk in template.disks if not disk.owned and disk.policy is not DiskPolicy.BLANK)
    kept = tuple(
        Finding(
            "shared",
            f"disk {disk.target}",
            f"{disk.image} stays where it is and must not be written: keep machines that use it off",
        )
        for disk in referenced
    )
    return (*(finding for finding in compiler.report if finding.kind != "changed"), *kept)
