"""Put the memory of clones aside in files of their own, and back where that can do no harm."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, SavedState
from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.errors import BadArgument, HypervisorError, Qq2cloneError
from qq2clone_tui.domain.inventory import DomainSummary, Machine
from qq2clone_tui.domain.plan import Action, Plan
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

__all__ = ["discard", "finish_restores", "restore", "save_to_file", "state_bytes", "to_files"]


def to_files(plan: Plan, images: ImageStore, uri: str) -> Plan:
    """Return a plan of saving in which each machine's memory goes to a file of its own at the place of ``images``.

    Raises:
        AccessError: files cannot be made there.
    """
    if plan.steps:
        images.check_ready()
    place = images.place.rstrip("/")
    wanted = [f"{place}/{step.uuid if '/' in step.name else step.name}" for step in plan.steps]
    taken = set(images.allocated_bytes([f"{stem}.save" for stem in wanted]))
    steps = []
    for step, stem in zip(plan.steps, wanted, strict=True):
        path = next(
            path for path in _names(stem) if path not in taken and (path == f"{stem}.save" or _free(images, path))
        )
        shell = lines(Action.SAVE, uri, step.name, state_file=path)
        steps.append(replace(step, state_file=path, equivalent=shell))
    return replace(plan, steps=tuple(steps))


def save_to_file(tools: Tools, uuid: str, name: str, path: str) -> None:
    """Save a machine to a file that is recorded as the clone's before it is made.

    Raises:
        BadArgument: the machine is no clone, does not run, or is being saved by another process; or there is a
            file of that name, made since the plan.
        Qq2cloneError: it could not be saved; then no file is left.
    """
    record, domain = tools.catalogue.clone(uuid), tools.hypervisor.read_domain(uuid)
    if record is None or domain is None:
        raise BadArgument("cannot save the machine", subject=name, why="it is not a clone any more")
    _refuse_to_save(record, domain)
    if record.saved is not None:  # it runs, so that state is of no use, and would be dangerous
        _forget(tools, record.saved, uuid)
    if not _free(tools.images, path):
        why = f"there is a file {path} by now, and it is not known to be its own"
        raise BadArgument("cannot save the machine", subject=name, why=why, remedy="Try again.")
    tools.catalogue.saved.put(uuid, SavedState(path))
    try:
        tools.hypervisor.saves.save_to(uuid, path)
    except Qq2cloneError:
        # In another state now, somebody else has saved it, or is at it, and the file of this name is theirs.
        after = tools.hypervisor.read_domain(uuid)
        if after is not None and after.state is domain.state:
            _forget(tools, SavedState(path), uuid)
        raise
    tools.catalogue.saved.put(uuid, SavedState(path, tuple(_stamps(tools.images, _disks(record)))))


def restore(tools: Tools, record: CloneRecord, saved: SavedState) -> None:
    """Start a machine where it stopped, unless its disks were written since; then the file goes.

    Raises:
        BadArgument: the state does not belong to the disks as they are now.
        HypervisorError: it could not be restored; the state is kept.
    """
    _refuse_stale(tools.images, record, saved)
    uuid = record.identity.uuid
    tools.catalogue.saved.begin_restoring(uuid)
    try:
        tools.hypervisor.saves.restore(saved.path)
    except Qq2cloneError:
        tools.catalogue.saved.end_restoring(uuid)
        raise
    _forget(tools, saved, uuid)


def discard(tools: Tools, uuid: str) -> None:
    """Delete the saved state of a machine, be it in a file of ours or libvirt's own."""
    record = tools.catalogue.clone(uuid)
    if record is not None and record.saved is not None:
        _forget(tools, record.saved, uuid)
        with contextlib.suppress(HypervisorError):  # mostly there is no other one beside it
            tools.hypervisor.power(PowerVerb.SAVE_REMOVE, uuid)
    else:
        tools.hypervisor.power(PowerVerb.SAVE_REMOVE, uuid)


def finish_restores(tools: Tools) -> tuple[str, ...]:
    """Forget states that a killed process had put back already, and free those that it had not.

    Returns:
        One sentence for each machine.
    """
    sentences = []
    for uuid in tools.catalogue.saved.interrupted():
        record, domain = tools.catalogue.clone(uuid), tools.hypervisor.read_domain(uuid)
        if record is None or record.saved is None:
            continue
        if domain is None or not domain.state.active:
            tools.catalogue.saved.end_restoring(uuid)
            continue
        try:
            _forget(tools, record.saved, uuid)
        except Qq2cloneError as error:
            sentences.append(f"{record.identity.name}: it was restored; of its old state, {error.paragraph()}")
        else:
            sentences.append(f"{record.identity.name}: it was restored, and the state it came from is deleted")
    return tuple(sentences)


def state_bytes(tools: Tools, machines: Iterable[Machine]) -> Mapping[str, int]:
    """Return the bytes that saved states take, by UUID, as far as that can be told from here."""
    chosen = [machine for machine in machines if machine.state is machine.state.SAVED]
    ours = tools.images.allocated_bytes(machine.state_file for machine in chosen if machine.state_file)
    managed = tools.hypervisor.saves.managed_bytes([m.name for m in chosen if not m.state_file])
    return {
        machine.uuid: size
        for machine in chosen
        if (size := ours.get(machine.state_file) if machine.state_file else managed.get(machine.name)) is not None
    }


def _forget(tools: Tools, saved: SavedState, uuid: str) -> None:
    tools.delete_file(saved.path)
    tools.catalogue.saved.drop(uuid)


def _refuse_to_save(record: CloneRecord, domain: DomainSummary) -> None:
    """Refuse what would destroy a state that another process has made, or is making, since the plan."""
    why = remedy = ""
    if not domain.state.active:
        why = f"it is {'saved' if record.saved else domain.state.value} by now"
    elif record.saved is not None and not record.saved.disks and domain.state is DomainState.PAUSED:
        # libvirt pauses what it saves, and lets nobody resume it before that has ended.
        why = "another process is saving it, or was killed in doing so"
        remedy = "Wait for it; where nobody is saving it, resume it and save it again."
    if why:
        raise BadArgument("cannot save the machine", subject=domain.name, why=why, remedy=remedy)


def _refuse_stale(images: ImageStore, record: CloneRecord, saved: SavedState) -> None:
    now = dict(_stamps(images, [path for path, _ in saved.disks]))
    changed = [path for path, stamp in saved.disks if now[path] != stamp]
    why = ""
    if not saved.disks:
        why = "saving it was interrupted before the state of its disks was noted, so nobody can tell whether they fit"
    elif changed:
        why = f"{changed[0]} was written to since it was saved; going on from the saved memory would ruin the disk"
    if why:
        raise BadArgument(
            "will not restore the machine",
            subject=record.identity.name,
            why=why,
            remedy="Delete the saved state with save-rm; then it starts afresh.",
        )


def _disks(record: CloneRecord) -> Sequence[str]:
    return [path for path in record.files if record.saved is None or path != record.saved.path]


def _stamps(images: ImageStore, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path, images.probe(path).stamp
        except Qq2cloneError:
            yield path, ""  # firmware variables and the like are no images; what is missing stops the start anyway


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.save"
    for number in range(2, 1000):
        yield f"{stem}.{number}.save"


def _free(images: ImageStore, path: str) -> bool:
    return not images.allocated_bytes([path])
