"""Notice that images of versions are not what they were: no clones are made over those until somebody has looked."""

from collections.abc import Iterable, Mapping, Sequence

from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import AccessError, BadArgument, Qq2cloneError
from qq2clone_tui.domain.image_graph import ImageGraph, UserKind
from qq2clone_tui.domain.intent import IntentKind, template_subject
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Watched
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

from .stamps import stamp_of

__all__ = [
    "drift_of",
    "open_for_writing",
    "refuse_changed_states",
    "refuse_drifted",
    "refuse_unfinished",
    "unfinished_in_place",
]


def drift_of(images: ImageStore, files: Iterable[Watched]) -> tuple[str, ...]:
    """Return why the files of a version are not what they were, a clause for each; empty when all are.

    By size, time of the last change, inode and who has it open, which costs no reading; see the digests for more.
    """
    looked_at = [file for file in files if isinstance(file, StateFile) or file.policy is not DiskPolicy.BLANK]
    found = [*(_changed(images, file) for file in looked_at), *open_for_writing(images, looked_at)]
    return tuple(clause for clause in found if clause)


def open_for_writing(images: ImageStore, files: Iterable[Watched]) -> tuple[str, ...]:
    """Return which files of a version some machine was started from, a clause each, where that can be told."""
    return tuple(
        f"{file.image} is open for writing: some machine was started from it"
        for file in files
        if images.written(file.image)
    )


def refuse_drifted(tools: Tools, template: Template, *, beside: bool = False) -> None:
    """Raise unless the images of a template's version are what they were when it was made or acknowledged.

    Those of older versions, and of other templates, that they stand on count as well.

    Args:
        tools: the adapters.
        template: at that version.
        beside: what clones get copies of beside their disks counts too; a machine that exists has its own.

    Raises:
        AccessError: one is not, and is named; or a machine writes to one this moment.
        BadArgument: it is the newest version, and that is being written by a commit in place.
    """
    refuse_unfinished(tools, template)
    recorded = _recorded(tools, template)
    _refuse_written(tools, template, [disk for disks in recorded.values() for disk in disks])
    found = {at: drift_of(tools.images, disks) for at, disks in recorded.items()}
    changed = {at: clauses for at, clauses in found.items() if clauses}
    if changed:
        raise _changed_error("cannot make disks over the version", template, changed)
    if beside:
        refuse_changed_states(tools, "cannot make clones of the version", template)


def refuse_changed_states(tools: Tools, what: str, template: Template) -> None:
    """Raise unless the files beside the disks of a template's version are what they were.

    Raises:
        AccessError: one is not, and is named, or a machine writes to it.
    """
    clauses = drift_of(tools.images, template.current.beside)
    if clauses:
        raise _changed_error(what, template, {str(Reference(template.name, template.version)): clauses})


def _changed_error(what: str, template: Template, changed: Mapping[str, Sequence[str]]) -> AccessError:
    return AccessError(
        what,
        subject=str(Reference(template.name, template.version)),
        why="; ".join(dict.fromkeys(clause for clauses in changed.values() for clause in clauses)),
        remedy=f"Put the original back, or see that it is right and say: qq2clone modify-template {min(changed)} "
        "acknowledge-image",
    )


def refuse_unfinished(tools: Tools, template: Template) -> None:
    """Raise while the version is being written by a commit in place, also one that was interrupted."""
    unfinished = tools.catalogue.intents.of(template_subject(template.name))
    in_place = unfinished is not None and unfinished.kind is IntentKind.IN_PLACE
    if in_place and template.version == template.newest.number:
        raise unfinished_in_place(template.name)


def unfinished_in_place(name: str) -> BadArgument:
    """Return the error for a template whose newest version has been written in part."""
    return BadArgument(
        "the newest version of the template is written in part",
        subject=name,
        why="a commit in place was interrupted; all is well in its staging machine, and there alone",
        remedy=f"Finish it with: qq2clone modify-template {name} commit-image --in-place",
    )


def _refuse_written(tools: Tools, template: Template, disks: Iterable[TemplateDisk]) -> None:
    """Raise if a machine writes to one of the images; of files out of reach, if one that runs has it as a disk."""
    images = tools.images
    paths = [disk.image for disk in disks if disk.policy is not DiskPolicy.BLANK]
    written = paths if images.inspection is None else [path for path in paths if images.written(path)]
    graph = tools.index.graph() if written else ImageGraph({}, {})
    for path in written:
        users = graph.direct_users(images.resolved(path))  # our own have it to read only, if at all
        machines = [str(user) for user in users if user.active and user.kind is UserKind.MACHINE]
        if machines or images.inspection is not None:
            raise AccessError(
                "cannot make disks over the version",
                subject=str(Reference(template.name, template.version)),
                why=f"{path} is in use: {', '.join(machines) or 'some QEMU'} may write to it",
                remedy="Shut that down first, and see whether the image is still what it should be.",
            )


def _recorded(tools: Tools, template: Template) -> dict[str, list[TemplateDisk]]:
    """Return what is recorded of the images of a version and of those below, by the version it is recorded of."""
    images, own = tools.images, str(Reference(template.name, template.version))
    found = {own: list(template.disks)}
    read = [disk for disk in template.disks if disk.policy is not DiskPolicy.BLANK]
    below = {path for disk in read for path in images.stands_on(disk.image)[1:]}
    others = [other for other in tools.catalogue.templates() if other.name != template.name] if below else []
    for other in (template, *others):  # what a template says of an image itself goes before what others say
        for version in other.history:
            at = str(Reference(other.name, version.number))
            lower = [disk for disk in version.disks if images.resolved(disk.image) in below]
            if lower and at != own:
                found[at] = lower
        below -= {images.resolved(disk.image) for disks in found.values() for disk in disks}
    return found


def _changed(images: ImageStore, file: Watched) -> str:
    return _changed_state(images, file) if isinstance(file, StateFile) else _changed_image(images, file)


def _changed_state(images: ImageStore, state: StateFile) -> str:
    try:
        now = stamp_of(images, state.image)
    except Qq2cloneError as error:
        return f"{state.image} cannot be used: {error.why or error.what}"
    if not now:
        # Of another host's file that was never seen, nothing can be said.
        return f"{state.image} is missing" if images.inspection is not None or state.stamp else ""
    return f"{state.image} {_how(state.stamp, now)}" if state.stamp not in ("", now) else ""


def _changed_image(images: ImageStore, disk: TemplateDisk) -> str:
    if images.inspection is not None and disk.stamp:
        facts_now = images.inspection.facts(disk.image)
        if facts_now is not None and facts_now.stamp == disk.stamp:
            return ""  # a look at the file's own entry, where reading its content takes a program
    try:
        facts = images.probe(disk.image)
    except Qq2cloneError as error:
        return f"{disk.image} cannot be used: {error.why or error.what}"
    if facts.virtual_size < disk.virtual_size:
        return f"{disk.image} is smaller than it was: {facts.virtual_size} bytes, not {disk.virtual_size}"
    if not disk.stamp or not facts.stamp or disk.stamp == facts.stamp:
        return ""
    return f"{disk.image} {_how(disk.stamp, facts.stamp)}"


def _how(before: str, now: str) -> str:
    """Say what two stamps differ in, where they are made of inode, size and time."""
    old, new = before.split(":"), now.split(":")
    if len(old) == len(new) == 3 and old[0] != new[0]:
        return "is another file than it was"
    if len(old) == len(new) == 3 and old[1] != new[1]:
        return f"is {new[1]} bytes long and was {old[1]}"
    return "was written to"
