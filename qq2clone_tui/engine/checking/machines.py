"""Compare clones with the machines and disks that they ought to have."""

from collections.abc import Iterator
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import DomainNotFound, Qq2cloneError, TemplateError
from qq2clone_tui.domain.findings import Finding, FindingKind
from qq2clone_tui.domain.image_graph import UserKind
from qq2clone_tui.domain.template import TemplateDisk
from qq2clone_tui.engine.clones.changelings import check_ours

from .revival import revival
from .scene import Domain, Scene, not_looked_at

__all__ = ["disks", "lost_machines"]


def lost_machines(scene: Scene) -> Iterator[Finding]:
    """Yield the clones whose machine is gone, or is somebody else's."""
    for record in scene.whole:
        one = record.identity
        if one.uuid in scene.unread:
            why = f"its XML cannot be read: {scene.unread[one.uuid]}"
            yield Finding(FindingKind.UNREADABLE, one.name, why, template=one.template)
        elif one.uuid not in scene.domains:
            if _gone(scene, record):
                yield _lost(scene, record)
        else:
            yield from _changeling(scene, record)


def _gone(scene: Scene, record: CloneRecord) -> bool:
    """Tell whether the machine is gone still: it may have been made, removed or committed since the list was read.

    In this order: an undertaking begins before its machine goes, and ends as the record does.
    """
    one = record.identity
    if scene.tools.hypervisor.read_domain(one.uuid) is not None or scene.busy(one.template, one.uuid):
        return False
    now = scene.tools.catalogue.clone(one.uuid)
    return now is not None and now.status is CloneStatus.READY


def _lost(scene: Scene, record: CloneRecord) -> Finding:
    one = record.identity
    why = "the hypervisor has no machine with its UUID any more"
    finding = Finding(FindingKind.LOST_CLONE, one.name, why, template=one.template)
    left = scene.tools.images.allocated_bytes(record.files)
    if not left:
        deed = "its record is forgotten, for none of its files is left either"
        return scene.mended(finding, deed, lambda: scene.tools.catalogue.forget([one.uuid]), consent=True)
    files = "a file of it is" if len(left) == 1 else f"{len(left)} files of it are"
    finding = replace(finding, why=f"{why}, but {files} left")
    verb = f"modify-template {one.template} discard-image" if one.staging else f"-t {one.template} rm {one.number}"
    remedy = f"Or remove what is left of it with: qq2clone {verb}"
    define = revival(scene, record)
    if define is None:
        return replace(finding, remedy=f"Define the machine again if it is wanted. {remedy}")
    deed = "its machine is defined again after its template, with its name, addresses and disks"
    return scene.mended(finding, deed, define, consent=True, remedy=remedy)


def _changeling(scene: Scene, record: CloneRecord) -> Iterator[Finding]:
    one = record.identity
    try:
        check_ours(scene.tools, one.uuid, one.name, record.files)
    except DomainNotFound:
        return
    except Qq2cloneError as error:
        yield Finding(FindingKind.LOST_CLONE, one.name, error.why, remedy=error.remedy, template=one.template)


def disks(scene: Scene) -> Iterator[Finding]:
    """Yield what is wrong with the disks of clones: missing, over another image, or used twice."""
    for record in scene.whole:
        domain = scene.domains.get(record.identity.uuid)
        if domain is None:
            continue
        try:
            found = list(_disks_of(scene, record, domain))
            if found and scene.tools.catalogue.clone(record.identity.uuid) == record and not _changing(scene, record):
                yield from found
        except Qq2cloneError as error:
            yield not_looked_at(record.identity.name, error, record.identity.template)


def _changing(scene: Scene, record: CloneRecord) -> bool:
    return scene.busy(record.identity.template, record.identity.uuid)


def _disks_of(scene: Scene, record: CloneRecord, domain: Domain) -> Iterator[Finding]:
    one = record.identity
    expected = _expected(scene, record)
    for disk in domain.description.disks:
        if disk.source not in record.files:
            continue
        path = scene.tools.images.resolved(disk.source)
        if not scene.graph.image(path).there:
            if not scene.tools.images.allocated_bytes([disk.source]):  # it may just have been in the making
                yield _missing(scene, record, disk.source)
            continue
        if disk.target in expected:
            yield from _base(scene, record, disk.source, expected[disk.target])
        others = [
            str(user)
            for user in scene.graph.direct_users(path)
            if user.ident != one.uuid and user.kind is not UserKind.VERSION
        ]
        if others:
            yield Finding(
                FindingKind.SHARED_DISK,
                one.name,
                f"{disk.source} is also a disk of {', '.join(others)}",
                remedy="Give one of them a copy before either is started: two that write to one disk ruin it.",
                template=one.template,
            )


def _expected(scene: Scene, record: CloneRecord) -> dict[str, TemplateDisk]:
    """Return what the overlays of a clone stand on, by device name; nothing for one with full images."""
    one = record.identity
    template = scene.template_of.get(one.template)
    if record.detached or template is None:
        return {}
    try:
        version = template.at(one.version)
    except TemplateError:
        return {}
    return {disk.target: disk for disk in version.disks if disk.policy is DiskPolicy.OVERLAY}


def _missing(scene: Scene, record: CloneRecord, path: str) -> Finding:
    one = record.identity
    if scene.tools.images.inspection is not None:
        scene.tools.images.inspection.facts(path)  # one that only cannot be looked at is another matter
    remedy = f"Bring it back from a copy, or begin afresh: qq2clone -t {one.template} reset {one.number}"
    if one.staging:
        remedy = f"Bring it back from a copy, or give it up: qq2clone modify-template {one.template} discard-image"
    return Finding(
        FindingKind.MISSING_DISK, one.name, f"its disk {path} is not there", remedy=remedy, template=one.template
    )


def _base(scene: Scene, record: CloneRecord, path: str, disk: TemplateDisk) -> Iterator[Finding]:
    one, images = record.identity, scene.tools.images
    chain = scene.graph.chain(images.resolved(path))
    base = images.resolved(disk.image)
    if base in chain[1:]:
        return
    chain = tuple(images.stands_on(path))  # once more: it may just have been in the making
    if base in chain[1:]:
        return
    if len(chain) == 1:
        images.probe(path)  # a header that cannot be read says nothing, and this says why
    below = f"on {chain[1]}" if len(chain) > 1 else "on nothing"
    yield Finding(
        FindingKind.OTHER_BASE,
        one.name,
        f"by its own header, {path} stands {below}, and not on {disk.image}, which {one.template}@v{one.version} has",
        remedy="Somebody changed its header. Look at it with qemu-img info before the machine is started, and point it "
        "back with qemu-img rebase -u if its bytes were made over that image.",
        template=one.template,
    )
