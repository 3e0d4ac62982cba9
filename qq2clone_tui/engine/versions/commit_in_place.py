"""Write what was changed in a staging machine into the images below it, which nobody else may stand on."""

from collections.abc import Mapping
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.images.gate import refuse_needed
from qq2clone_tui.engine.images.sole_files import refuse_linked
from qq2clone_tui.engine.jobs.execute import remove_machine
from qq2clone_tui.engine.tools import Tools

from .commit import Commit, own_firmware, own_images, ready_to_commit
from .prepare import staging_record
from .unwritten import unwritten

__all__ = ["commit_in_place", "plan_in_place", "settle_in_place"]

_WHAT = "cannot commit in place"


def plan_in_place(tools: Tools, name: str) -> Commit:
    """Return what writing the changes of a staging machine into the newest version does.

    Raises:
        TemplateError: there is no such template.
        BadArgument: it cannot be done, and why: somebody stands on that version, or its images are not ours.
    """
    unfinished = _unfinished(tools, name)
    if unfinished is not None:
        return unfinished
    template, record = _ready(tools, name)
    images = tuple(disk.image for disk, _ in _pairs(tools, template, record))
    _refuse_dependents(tools, template, record)
    warnings = [f"v{template.version} is another one afterwards; committing a new version would leave it as it is"]
    if own_firmware(tools, template, record):
        warnings.append("the firmware variables of the version stay as they are")
    warnings += unwritten(tools, record)
    return Commit(name, template.version, record.identity.name, images, in_place=True, warnings=tuple(warnings))


def _unfinished(tools: Tools, name: str) -> Commit | None:
    """Return what is left to do of a commit in place that was interrupted, None when none was."""
    left, record = tools.catalogue.intents.of(template_subject(name)), staging_record(tools, name)
    if left is None or left.kind is not IntentKind.IN_PLACE or record is None or _untouched(left):
        return None
    template = tools.catalogue.template(name)
    images = tuple(disk.image for disk, _ in _pairs(tools, template, record))
    warning = f"v{template.version} is written in part; this is done once more, from the beginning"
    return Commit(name, template.version, record.identity.name, images, in_place=True, warnings=(warning,))


def commit_in_place(tools: Tools, name: str) -> Reference:
    """Write the changes of a staging machine into the newest version, which nobody else stands on.

    The staging machine goes last. Until then it holds everything, so that what was interrupted is
    done once more, from the beginning, and ends the same.

    Raises:
        TemplateError, BadArgument: as ``plan_in_place``.
        Qq2cloneError: it failed; all is in the staging machine still.
    """
    subject = template_subject(name)
    left = tools.catalogue.intents.claim(subject)
    if left is not None and left.kind is IntentKind.IN_PLACE:
        if not _untouched(left):
            return _go_on(tools, left)
        tools.catalogue.intents.end(subject)
    template, record = _ready(tools, name)
    first = next((disk.target for disk, _ in _pairs(tools, template, record)), "")
    payload = {"machine": record.identity.uuid, "number": template.version, "first": first, "untouched": 1}
    intent = Intent(IntentKind.IN_PLACE, subject, payload)
    tools.catalogue.intents.begin(intent)
    try:
        # After the intent is recorded: who makes clones records those first, and then looks for it.
        _refuse_dependents(tools, template, record)
    except BaseException:
        tools.catalogue.intents.end(subject)
        raise
    # From here on images may be written in part, and only the end of it makes them whole.
    intent = replace(intent, payload={**payload, "untouched": 0})
    tools.catalogue.intents.advance(intent)
    return _carry_out(tools, intent)


def settle_in_place(tools: Tools, intent: Intent) -> str:
    """Say what is left to be done: it may take long, so whoever knows of it shall begin it."""
    name = intent.subject.removeprefix("template ")
    record = tools.catalogue.clone(intent.text("machine"))
    if record is None or record.status is CloneStatus.REMOVING or _untouched(intent):
        # All is written, and the machine goes with everything else whose removal was interrupted; or nothing is.
        tools.catalogue.intents.end(intent.subject)
        return ""
    return (
        f"{name}: a commit in place was interrupted, and v{intent.number('number')} is written in part; "
        f"finish it with 'qq2clone modify-template {name} commit-image --in-place'"
    )


def _untouched(intent: Intent) -> bool:
    """Return whether a commit in place was interrupted before it wrote to any image."""
    return bool(intent.number("untouched"))


def _go_on(tools: Tools, left: Intent) -> Reference:
    """Finish what was interrupted, unless somebody stands on the images by now."""
    name = left.subject.removeprefix("template ")
    template, record = tools.catalogue.template(name), staging_record(tools, name)
    if record is not None and record.identity.uuid == left.text("machine"):
        _refuse_dependents(tools, template, record)
    return _carry_out(tools, left)


def _carry_out(tools: Tools, intent: Intent) -> Reference:
    name = intent.subject.removeprefix("template ")
    template, record = tools.catalogue.template(name), staging_record(tools, name)
    if record is None or record.identity.uuid != intent.text("machine"):
        tools.catalogue.intents.end(intent.subject)
        return Reference(name, template.version)
    _refuse_open(tools, template, record)
    written: dict[str, TemplateDisk] = {}
    for disk, overlay in _pairs(tools, template, record):
        written[disk.target] = _written(tools, intent, disk, overlay)
    disks = tuple(written.get(disk.target, disk) for disk in template.disks)
    tools.catalogue.versions.replace_disks(name, template.version, disks)
    tools.catalogue.mark_removing([record.identity.uuid])
    remove_machine(tools, record)
    tools.catalogue.intents.end(intent.subject)
    return Reference(name, template.version)


def _written(tools: Tools, intent: Intent, disk: TemplateDisk, overlay: str) -> TemplateDisk:
    sealing = tools.store_of(disk.image).sealing
    sealing.unseal(disk.image)
    try:
        sealing.commit(overlay, "qcow2", disk.image)
    except Qq2cloneError:
        if sealing.seal(disk.image) == disk.stamp and intent.text("first") == disk.target:
            tools.catalogue.intents.end(intent.subject)  # nothing has been written at all
        raise
    return replace(disk, stamp=sealing.seal(disk.image), digest="")


def _ready(tools: Tools, name: str) -> tuple[Template, CloneRecord]:
    template, record = ready_to_commit(tools, name)
    foreign = [disk.image for disk, _ in _pairs(tools, template, record) if not disk.owned]
    why = remedy = ""
    if foreign:
        why = f"{foreign[0]} is not ours to write to: the template was imported by reference"
        remedy = "Commit it as a new version, or import the template with --copy."
    elif record.identity.version != template.version:
        why, remedy = f"it stands on v{record.identity.version}, which is not the newest", "Commit it as a new version."
    if why:
        raise BadArgument(_WHAT, subject=name, why=why, remedy=remedy)
    return template, record


def _pairs(tools: Tools, template: Template, record: CloneRecord) -> list[tuple[TemplateDisk, str]]:
    """Return each disk that is written, with the staging machine's file over it."""
    overlays: Mapping[str, str] = own_images(tools, template, record)
    return [(disk, overlays[disk.target]) for disk in template.disks if disk.target in overlays]


def _refuse_dependents(tools: Tools, template: Template, record: CloneRecord) -> None:
    version = Reference(template.name, template.version)
    clones = [
        other.identity.name
        for other in tools.catalogue.clones(template.name)
        if other.identity.version == template.version and not other.detached and not other.identity.staging
    ]
    if clones:
        count = f"{len(clones)} clone{'' if len(clones) == 1 else 's'}"
        raise BadArgument(
            _WHAT,
            subject=str(version),
            why=f"{count} of it would be corrupted, the first being {clones[0]}",
            remedy="Commit it as a new version: those clones are untouched then.",
        )
    images = [disk.image for disk, _ in _pairs(tools, template, record)]
    refuse_linked(tools, _WHAT, images)
    refuse_needed(tools, _WHAT, str(version), images, [record.identity.uuid, str(version)])


def _refuse_open(tools: Tools, template: Template, record: CloneRecord) -> None:
    domain = tools.hypervisor.read_domain(record.identity.uuid)
    if domain is not None and domain.state.active:
        raise BadArgument(_WHAT, subject=template.name, why=f"the staging machine is {domain.state.value}")
    if record.saved is not None or (domain is not None and domain.state is DomainState.SAVED):
        why, remedy = "the staging machine is saved, and its memory would be lost", "Start it, and shut it down inside."
        raise BadArgument(_WHAT, subject=template.name, why=why, remedy=remedy)
