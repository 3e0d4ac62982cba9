"""Put other disks into a machine: all of them or none, and whatever interrupts it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, Qq2cloneError, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.plan import Step, SwapSpec
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.swap_xml import swapped
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.images.drift import refuse_unfinished
from qq2clone_tui.engine.images.gate import need_of, refuse_needed
from qq2clone_tui.engine.saving.saved_states import discard
from qq2clone_tui.engine.tools import Tools

__all__ = ["settle_swap", "swap_disks"]


def swap_disks(tools: Tools, step: Step, swap: SwapSpec, *, restart: bool = True) -> None:
    """Make new files, let the machine's XML name them, and only then delete the old ones.

    The new XML is the one point at which it happens: before it the machine has its old disks, after it
    the new ones. What is left of the others goes at the end, or at the next start of this program.

    Args:
        tools: the adapters.
        step: the machine.
        swap: its other disks.
        restart: start it again if it was running.

    Raises:
        BadArgument: it may not be done to the machine as it is by now.
        Qq2cloneError: it failed; the machine has its old disks.
    """
    left = tools.catalogue.intents.claim(step.uuid)
    if left is not None:
        settle_swap(tools, left)
    record, domain = _present(tools, step, swap)
    _refuse_needed(tools, step, record, swap)
    _refuse_taken(tools, step, swap)
    intent = _intent(tools, record, domain, swap)
    tools.catalogue.intents.begin(intent)
    _make(tools, step.uuid, swap)
    try:
        _refuse_unfinished(tools, record, swap)
        if domain.state.active:
            tools.hypervisor.power(PowerVerb.DESTROY, step.uuid)
        _point(tools, step, swap)
    except Qq2cloneError as error:
        _settle_after(tools, intent, error)
        if domain.state.active and restart:
            with _told_in(error):
                _go_on(tools, step.uuid)
        raise
    _drop_memory(tools, record, intent)
    _finish(tools, step.uuid, swap.version, swap.paths, detached=swap.detached)
    if domain.state.active and restart:
        _restart(tools, step)


def settle_swap(tools: Tools, intent: Intent) -> str:
    """Finish or undo what was interrupted, by the files that the machine's XML names, and return a sentence.

    Raises:
        Qq2cloneError: it cannot be told or done now; nothing is lost.
    """
    uuid, paths = intent.subject, dict(intent.pairs("files"))
    record = tools.catalogue.clone(uuid)
    name = record.identity.name if record else uuid
    if record is not None and _names_all(tools, uuid, paths.values()):
        _drop_memory(tools, record, intent)
        _finish(tools, uuid, intent.number("version"), paths, detached=bool(intent.number("detached")))
        return f"{name}: it has its other disks now; what was left of the old ones is deleted"
    graph = tools.index.graph()
    for path in paths.values():
        if not need_of(tools, graph, [path]):
            tools.delete_file(path)
    tools.catalogue.intents.end(uuid)
    return f"{name}: it was about to get other disks, and keeps those it had"


def _make(tools: Tools, uuid: str, swap: SwapSpec) -> None:
    made: list[str] = []
    try:
        for _, spec in swap.images:
            tools.store_of(spec.path).create(spec)
            made.append(spec.path)
    except Qq2cloneError as error:
        with _told_in(error):
            for path in made:
                tools.delete_file(path)
            tools.catalogue.intents.end(uuid)
        raise


def _point(tools: Tools, step: Step, swap: SwapSpec) -> None:
    """Let the machine's XML name the new files."""
    xml = tools.hypervisor.inactive_xml(step.uuid)
    _refuse_started(tools, step)
    # libvirt has accepted this XML before; to hold it against the schema again takes ten times as long.
    tools.hypervisor.define(swapped(xml, swap.paths, dict(swap.shared), swap.version))


def _refuse_unfinished(tools: Tools, record: CloneRecord, swap: SwapSpec) -> None:
    """Raise if the version is gone or being written by now; whoever does that says so, and then looks who is on it."""
    name = record.identity.template
    if not swap.detached and not tools.catalogue.versions.exists(name, swap.version):
        subject = str(Reference(name, swap.version))
        raise TemplateError("cannot put the machine on the version", subject=subject, why="it was removed meanwhile")
    if not swap.detached and tools.catalogue.intents.of(template_subject(name)) is not None:
        refuse_unfinished(tools, tools.catalogue.template(name).at(swap.version))


def _settle_after(tools: Tools, intent: Intent, cause: Qq2cloneError) -> None:
    """See what the hypervisor made of it: a call may fail and have been carried out all the same."""
    with _told_in(cause):
        settle_swap(tools, intent)


@contextmanager
def _told_in(cause: Qq2cloneError) -> Iterator[None]:
    try:
        yield
    except Qq2cloneError as error:
        cause.remedy = f"{cause.remedy} Undoing it failed too ({error.what}); it is undone at the next start.".strip()


def _present(tools: Tools, step: Step, swap: SwapSpec) -> tuple[CloneRecord, DomainSummary]:
    record, domain = tools.catalogue.clone(step.uuid), tools.hypervisor.read_domain(step.uuid)
    if domain is None:
        raise DomainNotFound(_what(step), subject=step.name, why="the hypervisor has no such machine any more")
    if record is None or record.status is not CloneStatus.READY:
        raise BadArgument(_what(step), subject=step.name, why="it is being made or removed, or is no clone any more")
    check_ours(tools, step.uuid, domain.name, record.files)
    why = remedy = ""
    if set(swap.paths) - set(record.files):
        why, remedy = "it has got other disks since this was planned", "Plan it again."
    elif _saved(record, domain) and not swap.drop_saved:
        why, remedy = "it is saved, and that memory fits its disks only as they are", "Drop the saved state with it."
    elif not swap.drop_checkpoints and tools.hypervisor.has_snapshots(step.uuid):
        why, remedy = "it has checkpoints, which are kept inside its disks", "Drop them with it, or delete them first."
    elif swap.detached and domain.state.active:
        why, remedy = f"it is {domain.state.value} by now", "Shut it down first."
    if why:
        raise BadArgument(_what(step), subject=step.name, why=why, remedy=remedy)
    return record, domain


def _refuse_needed(tools: Tools, step: Step, record: CloneRecord, swap: SwapSpec) -> None:
    graph = tools.index.graph()  # with the disks of all machines: one that is not ours may have been given this one
    ours = [record.identity.uuid]
    if any(graph.needs(tools.images.resolved(old), ours) for old in swap.paths):
        refuse_needed(tools, _what(step), step.name, tuple(swap.paths), ours)


def _refuse_started(tools: Tools, step: Step) -> None:
    """Raise if somebody started the machine while its disks were made: it goes on with those it was started on."""
    domain = tools.hypervisor.read_domain(step.uuid)
    if domain is not None and domain.state.active:
        why = f"it is {domain.state.value} by now, on the disks it had"
        raise BadArgument(_what(step), subject=step.name, why=why, remedy="Shut it down first.")


def _refuse_taken(tools: Tools, step: Step, swap: SwapSpec) -> None:
    """Raise if somebody has put a file where a new one is to be: from the intent on, what lies there is ours."""
    for _, spec in swap.images:
        if tools.store_of(spec.path).allocated_bytes([spec.path]):
            why = f"there is a file {spec.path} by now"
            raise BadArgument(_what(step), subject=step.name, why=why, remedy="Plan it again.")


def _intent(tools: Tools, record: CloneRecord, domain: DomainSummary, swap: SwapSpec) -> Intent:
    uuid = record.identity.uuid
    payload = {
        "files": list(swap.paths.items()),
        "version": swap.version,
        "detached": int(swap.detached),
        # Only what there is now: who finishes this later finds perhaps what was made over the new disks.
        "saved": int(swap.drop_saved and _saved(record, domain)),
        "checkpoints": int(swap.drop_checkpoints and tools.hypervisor.has_snapshots(uuid)),
    }
    return Intent(IntentKind.SWAP, uuid, payload)


def _drop_memory(tools: Tools, record: CloneRecord, intent: Intent) -> None:
    """Delete what fits the old disks alone, unless it is gone already."""
    uuid = record.identity.uuid
    if intent.number("saved"):
        domain = tools.hypervisor.read_domain(uuid)
        if domain is not None and _saved(record, domain):
            discard(tools, uuid)
    if intent.number("checkpoints") and tools.hypervisor.has_snapshots(uuid):
        tools.hypervisor.checkpoints.forget(uuid)


def _finish(tools: Tools, uuid: str, version: int, paths: Mapping[str, str], *, detached: bool) -> None:
    tools.hypervisor.definitions.persist()  # else its definition might name what is deleted now, after a power cut
    tools.catalogue.renewals.replace_files(uuid, version, paths, detached=detached)
    old = [path for path, new in paths.items() if path != new]
    for path in old:
        tools.delete_file(path)
    tools.catalogue.journal.drop(old)


def _restart(tools: Tools, step: Step) -> None:
    try:
        tools.hypervisor.power(PowerVerb.START, step.uuid)
    except Qq2cloneError as error:
        error.what = f"it has its fresh disks but did not start: {error.what}"
        raise


def _go_on(tools: Tools, uuid: str) -> None:
    """Start a machine again that was running, if it was forced off for what then failed."""
    domain = tools.hypervisor.read_domain(uuid)
    if domain is not None and domain.state in {DomainState.OFF, DomainState.CRASHED}:
        tools.hypervisor.power(PowerVerb.START, uuid)


def _saved(record: CloneRecord, domain: DomainSummary) -> bool:
    return domain.state is DomainState.SAVED or (record.saved is not None and not domain.state.active)


def _names_all(tools: Tools, uuid: str, paths: Iterable[str]) -> bool:
    try:
        xml = tools.hypervisor.inactive_xml(uuid)
    except DomainNotFound:
        return False
    return {disk.source for disk in describe(xml).disks} >= set(paths)


def _what(step: Step) -> str:
    return f"cannot {step.action.value} the machine"
