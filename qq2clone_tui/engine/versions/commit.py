"""Make what was written in a staging machine the next version of its template: at once, and nothing is copied."""

import posixpath
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, Qq2cloneError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.images.beside import noted
from qq2clone_tui.engine.images.drift import refuse_drifted
from qq2clone_tui.engine.images.gate import refuse_needed
from qq2clone_tui.engine.images.sole_files import refuse_linked
from qq2clone_tui.engine.renewal.stopped import undefine_stopped
from qq2clone_tui.engine.tools import Tools

from .prepare import compiler_of, staging_record
from .unwritten import unwritten

__all__ = ["Commit", "commit_staging", "own_firmware", "own_images", "plan_commit", "ready_to_commit", "settle_commit"]


@dataclass(frozen=True, slots=True)
class Commit:
    """What committing a staging machine does.

    Args:
        template: the template.
        version: the version it makes, or the one it writes into.
        machine: name of the staging machine, which goes.
        images: absolute paths of the images of the version that come of it, or are written.
        in_place: the changes are written into the newest version.
        warnings: sentences to read before.
    """

    template: str
    version: int
    machine: str
    images: tuple[str, ...]
    in_place: bool = False
    warnings: tuple[str, ...] = ()


def plan_commit(tools: Tools, name: str) -> Commit:
    """Return what committing the staging machine of a template as a new version does.

    Raises:
        TemplateError: there is no such template.
        BadArgument: it cannot be committed, and why.
    """
    template, record = ready_to_commit(tools, name)
    version = _version(tools, template, record, "")
    images = tuple(disk.image for disk in version.disks if disk.owned)
    return Commit(name, version.number, record.identity.name, images, warnings=unwritten(tools, record))


def commit_staging(tools: Tools, name: str, note: str) -> Reference:
    """Make the files of a template's staging machine its next version, and return what that is called.

    Raises:
        TemplateError, BadArgument: as ``plan_commit``.
        Qq2cloneError: it failed; the staging machine is still there, or it is finished at the next start.
    """
    subject = template_subject(name)
    left = tools.catalogue.intents.claim(subject)
    if left is not None and left.kind is IntentKind.COMMIT:
        settle_commit(tools, left)
    template, record = ready_to_commit(tools, name)
    version = _version(tools, template, record, note)
    payload = {"machine": record.identity.uuid, "note": note, "number": version.number}
    intent = Intent(IntentKind.COMMIT, subject, payload)
    tools.catalogue.intents.begin(intent)
    if tools.catalogue.clone(record.identity.uuid) is None:
        tools.catalogue.intents.end(subject)
        raise BadArgument("there is nothing to commit", subject=name, why="another process has just committed it")
    try:
        with _told_as_overtaken(name):
            undefine_stopped(tools, record.identity.uuid)
        _complete(tools, template, record, version)
    except Qq2cloneError as error:
        try:
            settle_commit(tools, intent)
        except Qq2cloneError as again:
            error.remedy = f"{error.remedy} What was begun is finished at the next start ({again.what}).".strip()
        raise
    return Reference(name, version.number)


def settle_commit(tools: Tools, intent: Intent) -> str:
    """Finish what was interrupted, unless the staging machine is still there, and return a sentence.

    Raises:
        Qq2cloneError: it cannot be done now; nothing is lost.
    """
    name, uuid, number = intent.subject.removeprefix("template "), intent.text("machine"), intent.number("number")
    record = tools.catalogue.clone(uuid)
    if record is None or record.status is CloneStatus.REMOVING:
        # Somebody is throwing it away, or was killed in doing so: it goes, and is no version.
        tools.catalogue.intents.end(intent.subject)
        return ""
    if tools.hypervisor.read_domain(uuid) is not None:
        for path in record.files:
            tools.store_of(path).sealing.unseal(path)
        tools.catalogue.intents.end(intent.subject)
        return f"{name}: its staging machine was about to be committed, and is still there"
    template = tools.catalogue.template(name)
    version = replace(_version(tools, template, record, intent.text("note")), number=number)
    _complete(tools, template, record, version)
    return f"{name}: v{number} is made; a killed process had not come to its end"


def ready_to_commit(tools: Tools, name: str) -> tuple[Template, CloneRecord]:
    """Return a template and its staging machine, having found that nothing stands against committing it.

    Raises:
        TemplateError: there is no such template.
        BadArgument: there is no staging machine, or it cannot be committed, and why.
        AccessError: the version it stands on is not what it was.
    """
    template, record = tools.catalogue.template(name), staging_record(tools, name)
    if record is None:
        remedy = f"Make one with: qq2clone modify-template {name} prepare-image"
        raise BadArgument("there is nothing to commit", subject=name, why="it has no staging machine", remedy=remedy)
    machine = record.identity.name
    with _told_as_overtaken(name):
        why, remedy = _obstacle(tools, record)
    if why:
        raise BadArgument("cannot commit the staging machine", subject=machine, why=why, remedy=remedy)
    refuse_drifted(tools, template)
    files = own_images(tools, template, record)
    refuse_linked(tools, "cannot commit the staging machine", files.values())
    _refuse_moved(tools, template.at(record.identity.version), files, machine)
    refuse_needed(tools, "cannot commit the staging machine", machine, tuple(files.values()), [record.identity.uuid])
    return template, record


@contextmanager
def _told_as_overtaken(name: str) -> Iterator[None]:
    """Say of a machine that goes away between two looks that another process was quicker: no fault of libvirt."""
    try:
        yield
    except DomainNotFound as error:
        why = "another process has just committed or discarded its staging machine"
        raise BadArgument("there is nothing to commit", subject=name, why=why) from error


def _refuse_moved(tools: Tools, base: Template, files: Mapping[str, str], machine: str) -> None:
    """Raise unless the staging machine's files stand on the images of its version: others nobody watches."""
    for disk in base.disks:
        path = files.get(disk.target)
        if path is None:
            continue
        below = tools.images.stands_on(path)[1:2]
        if below != (tools.images.resolved(disk.image),):
            why = f"{path} stands on {below[0] if below else 'nothing'} rather than on {disk.image}"
            remedy = "Put it back on that with qemu-img rebase, or throw it away with discard-image."
            raise BadArgument("cannot commit the staging machine", subject=machine, why=why, remedy=remedy)


def _obstacle(tools: Tools, record: CloneRecord) -> tuple[str, str]:
    uuid = record.identity.uuid
    domain = tools.hypervisor.read_domain(uuid)
    if domain is None and record.status is CloneStatus.READY:
        return "the hypervisor has no such machine any more", "Throw its files away with discard-image."
    if domain is None or record.status is not CloneStatus.READY:
        return (
            "it is being made or removed",
            "Wait for that; what a killed process left is cleared up at the next start.",
        )
    with suppress(DomainNotFound):
        check_ours(tools, uuid, domain.name, record.files)
    if domain.state.active:
        return f"it is {domain.state.value}", "Shut it down inside, or with: qq2clone shutdown staging"
    if domain.state is DomainState.SAVED or record.saved is not None:
        return "it is saved, and what is in its memory would be lost", "Start it, and shut it down inside."
    if tools.hypervisor.has_snapshots(uuid):
        return "it has checkpoints, which an image of a template cannot have", "Delete them first."
    return "", ""


def own_images(tools: Tools, template: Template, record: CloneRecord) -> dict[str, str]:
    """Return the staging machine's own file for each disk of the template that it can change, by target."""
    place = _place(tools, record)
    compiler = compiler_of(template.at(record.identity.version))
    specs = compiler.files(record.identity, place)
    own = frozenset(record.files)
    wanted = {f".{disk.target}.qcow2": disk.target for disk in template.disks if disk.policy is not DiskPolicy.BLANK}
    stem = f"{place.rstrip('/')}/{record.identity.name}"
    return {
        wanted[spec.path.removeprefix(stem)]: spec.path
        for spec in specs
        if spec.path in own and spec.path.removeprefix(stem) in wanted
    }


def _version(tools: Tools, template: Template, record: CloneRecord, note: str) -> Version:
    """Return the version that comes of a staging machine, its files being sealed later."""
    base = template.at(record.identity.version)
    files = own_images(tools, template, record)
    disks = tuple(_disk(tools, disk, files.get(disk.target)) for disk in base.disks)
    firmware = own_firmware(tools, template, record)
    return Version(template.newest.number + 1, disks, firmware, time.time(), note)


def _disk(tools: Tools, before: TemplateDisk, path: str | None) -> TemplateDisk:
    if path is None:  # clones get it blank
        return replace(before, owned=False)
    facts = tools.store_of(path).probe(path)
    size = max(facts.virtual_size, before.virtual_size)
    return replace(before, image=path, format=facts.format, virtual_size=size, owned=True, stamp=facts.stamp, digest="")


def own_firmware(tools: Tools, template: Template, record: CloneRecord) -> dict[str, str]:
    """Return the staging machine's own files of the state beside its disks; see ``Template.firmware``."""
    compiler = compiler_of(template.at(record.identity.version))
    named = compiler.firmware_files(record.identity, _place(tools, record))
    there = tools.images.allocated_bytes(named.values())
    return {where: path for where, path in named.items() if path in record.files and path in there}


def _complete(tools: Tools, template: Template, record: CloneRecord, version: Version) -> None:
    """Seal the images, delete what belongs to no version, and record the new one; each may have happened already."""
    tools.hypervisor.definitions.persist()  # the machine must not be back, and write to them, after a power cut
    kept = version.owned_files
    stamps = {path: tools.store_of(path).sealing.seal(path) for path in kept}
    for path in _rest(record, kept):
        tools.delete_file(path)
    disks = tuple(replace(disk, stamp=stamps.get(disk.image, disk.stamp)) for disk in version.disks)
    states = noted(tools.images, replace(template, firmware=version.firmware, states=()))
    tools.catalogue.versions.add(template.name, replace(version, disks=disks, states=states), record.identity.uuid)


def _rest(record: CloneRecord, kept: Sequence[str]) -> tuple[str, ...]:
    return tuple(path for path in record.files if path not in kept)


def _place(tools: Tools, record: CloneRecord) -> str:
    return posixpath.dirname(record.files[0]) if record.files else tools.images.place
