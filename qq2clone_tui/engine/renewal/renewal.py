"""Plan fresh disks for clones: over their version, over another one, or standing alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.disk import DiskPolicy, ImageKind, ImageSpec
from qq2clone_tui.domain.equivalent import swap_lines
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.identity_disks import disk_image
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.names import renewed_paths
from qq2clone_tui.domain.plan import Action, Danger, Plan, Refusal, Step, SwapSpec
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.images.drift import refuse_drifted
from qq2clone_tui.engine.images.gate import need_of_files
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

from .swap import swap_disks

__all__ = ["Renewal", "begin_afresh"]

_Specs = Callable[[Machine, Sequence[DiskDevice]], SwapSpec]


class _Refused(Exception):
    """Why a machine is left out, and the choice that would let it in."""

    def __init__(self, why: str, lifted_by: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.lifted_by = lifted_by


class Renewal:
    """Resets, upgrades and detachments.

    Args:
        tools: the adapters.
        inventory: the live picture.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def plan_reset(self, uuids: Sequence[str], *, drop_saved: bool = False, drop_checkpoints: bool = False) -> Plan:
        """Return the plan that gives machines fresh disks over the version they stand on.

        They keep number, UUID, MAC addresses and firmware state; those that run are restarted.

        Args:
            uuids: the machines; unknown ones are ignored.
            drop_saved, drop_checkpoints: what fits the old disks alone may go with them.
        """
        versions = _Versions(self._tools)

        def fresh(machine: Machine, disks: Sequence[DiskDevice]) -> SwapSpec:
            return fresh_disks(self._tools, versions.of(machine.template, machine.version), machine.files, disks)

        return self._plan(Action.RESET, uuids, fresh, drop_saved, drop_checkpoints)

    def plan_upgrade(
        self,
        uuids: Sequence[str],
        to: int | None = None,
        *,
        drop_saved: bool = False,
        drop_checkpoints: bool = False,
    ) -> Plan:
        """Return the plan that gives machines fresh disks over another version of their template.

        Args:
            uuids: the machines; unknown ones are ignored.
            to: number of the version; None for each template's newest.
            drop_saved, drop_checkpoints: what fits the old disks alone may go with them.
        """
        versions = _Versions(self._tools)

        def fresh(machine: Machine, disks: Sequence[DiskDevice]) -> SwapSpec:
            template = versions.of(machine.template, to)
            if template.version == machine.version and not machine.detached:
                raise _Refused(f"stands on v{machine.version} already; reset gives it fresh disks")
            return fresh_disks(self._tools, template, machine.files, disks)

        return self._plan(Action.UPGRADE, uuids, fresh, drop_saved, drop_checkpoints)

    def plan_detach(self, uuids: Sequence[str], *, drop_saved: bool = False) -> Plan:
        """Return the plan that gives machines full images that stand on no version; they must be off."""

        def full(machine: Machine, disks: Sequence[DiskDevice]) -> SwapSpec:
            if machine.detached:
                raise _Refused("is detached already")
            if machine.state.active:
                raise _Refused(f"is {machine.state.value}; shut it down first")
            return _full_images(self._tools, machine, disks)

        return self._plan(Action.DETACH, uuids, full, drop_saved, False)

    def again(self, plan: Plan) -> Plan:
        """Return a fresh plan of the same kind for the machines of one that failed."""
        uuids, swap = [step.uuid for step in plan.steps], next(step.swap for step in plan.steps if step.swap)
        saved, checkpoints = swap.drop_saved, swap.drop_checkpoints
        if plan.action is Action.DETACH:
            return self.plan_detach(uuids, drop_saved=saved)
        if plan.action is Action.UPGRADE:
            return self.plan_upgrade(uuids, swap.version, drop_saved=saved, drop_checkpoints=checkpoints)
        return self.plan_reset(uuids, drop_saved=saved, drop_checkpoints=checkpoints)

    def _plan(
        self, action: Action, uuids: Sequence[str], specs: _Specs, drop_saved: bool, drop_checkpoints: bool
    ) -> Plan:
        machines = self._inventory.current.machines
        chosen = [machines[uuid] for uuid in dict.fromkeys(uuids) if uuid in machines]
        holders = self._tools.hypervisor.checkpoints.holders()
        need = need_of_files(self._tools)
        steps: list[Step] = []
        refusals: list[Refusal] = []
        for machine in chosen:
            try:
                _refuse_unfit(machine, machine.uuid in holders, drop_saved, drop_checkpoints)
                disks = describe(self._tools.hypervisor.inactive_xml(machine.uuid)).disks
                swap = replace(specs(machine, disks), drop_saved=drop_saved, drop_checkpoints=drop_checkpoints)
                _refuse_served(need(machine.uuid, swap.paths))
                steps.append(self._step(action, machine, swap))
            except _Refused as refused:
                refusals.append(Refusal(machine.uuid, machine.name, refused.why, refused.lifted_by))
            except Qq2cloneError as error:
                refusals.append(Refusal(machine.uuid, machine.name, error.paragraph()))
        warnings = _warnings(action, [machines[step.uuid] for step in steps], holders)
        if action is Action.DETACH and steps:
            warnings += (_growth(self._tools, steps),)
        return Plan(action, tuple(steps), tuple(refusals), warnings, Danger.LOSES if steps else Danger.NONE)

    def _step(self, action: Action, machine: Machine, swap: SwapSpec) -> Step:
        old = tuple(swap.paths)
        sizes = self._tools.images.allocated_bytes(old)
        active = machine.state.active
        return Step(
            action,
            machine.uuid,
            machine.name,
            machine.state,
            removes=old,
            frees=sum(sizes.values()),
            swap=swap,
            equivalent=swap_lines(self._tools.hypervisor.uri, machine.name, swap, running=active),
        )


def _growth(tools: Tools, steps: Sequence[Step]) -> str:
    """Return what full images take more than overlays, at most: they hold what was shared before."""
    graph = tools.index.graph(machines=False)
    old = [tools.images.resolved(path) for step in steps for path in step.removes]
    more = sum(graph.bytes_of(graph.chain(path)[1:]) for path in old)
    room = tools.images.room()
    free = f", and {room.free >> 20} MiB are free" if room is not None else ""
    return f"full images take up to {-(-more >> 20)} MiB more{free}"


class _Versions:
    """Templates at their versions, each looked at once for a whole plan."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._known: dict[tuple[str, int | None], Template] = {}

    def of(self, name: str, number: int | None) -> Template:
        """Return a template at a version whose images are as they were when it was made."""
        if (name, number) not in self._known:
            template = self._tools.catalogue.template(name).at(number)
            refuse_drifted(self._tools, template)
            self._known[name, number] = template
        return self._known[name, number]


def fresh_disks(tools: Tools, template: Template, files: Iterable[str], disks: Sequence[DiskDevice]) -> SwapSpec:
    """Return fresh disks for a machine over a template at a version.

    Args:
        tools: the adapters.
        template: at the version the machine is to stand on.
        files: the machine's own files, by absolute path.
        disks: its disks.

    Raises:
        BadXml: the version has no image for one of them.
    """
    recorded, own = {disk.target: disk for disk in template.disks}, frozenset(files)
    images: list[tuple[str, ImageSpec]] = []
    shared: list[tuple[str, tuple[str, str]]] = []
    for disk in disks:
        base = recorded.get(disk.target)
        if disk.source in own:
            if base is None or base.policy is DiskPolicy.SHARE:
                raise _Refused(f"has a disk {disk.target} of its own, which v{template.version} does not know")
            images.append((disk.source, disk_image(base, _free_path(tools, disk.source))))
        elif base is not None and base.policy is DiskPolicy.SHARE:
            shared.append((disk.target, (base.image, base.format)))
    if not images:
        raise _Refused("has no disk that is recorded as its own; its XML was edited")
    return SwapSpec(template.version, tuple(images), tuple(shared))


def begin_afresh(tools: Tools, step: Step, record: CloneRecord) -> None:
    """Give an ephemeral machine that is about to start fresh disks over its version.

    Raises:
        Qq2cloneError: it cannot be done; the machine keeps its disks, and is better not started.
    """
    template = tools.catalogue.template(record.identity.template).at(record.identity.version)
    refuse_drifted(tools, template)
    disks = describe(tools.hypervisor.inactive_xml(step.uuid)).disks
    try:
        swap = fresh_disks(tools, template, record.files, disks)
    except _Refused as refused:
        raise BadArgument("cannot begin afresh", subject=step.name, why=f"it {refused.why}") from refused
    swap_disks(tools, step, swap)


def _full_images(tools: Tools, machine: Machine, disks: Sequence[DiskDevice]) -> SwapSpec:
    own = frozenset(machine.files)
    images = []
    for disk in disks:
        if disk.source in own:
            facts = tools.images.probe(disk.source)
            path = _free_path(tools, disk.source)
            images.append((disk.source, ImageSpec(path, ImageKind.COPY, disk.source, facts.format, facts.virtual_size)))
    if not images:
        raise _Refused("has no disk that is recorded as its own; its XML was edited")
    return SwapSpec(machine.version, tuple(images), detached=True)


def _free_path(tools: Tools, path: str) -> str:
    """Return the name that a machine's next file for a disk gets: there is nothing of that name yet."""
    return next(candidate for candidate in renewed_paths(path) if not tools.images.allocated_bytes([candidate]))


def _refuse_unfit(machine: Machine, checkpoints: bool, drop_saved: bool, drop_checkpoints: bool) -> None:
    if machine.staging:
        raise _Refused("is a staging machine; 'modify-template NAME discard-image' throws its changes away")
    if machine.status is not CloneStatus.READY or machine.state is DomainState.MISSING:
        raise _Refused("is not whole" if machine.state is not DomainState.MISSING else "is not known to the hypervisor")
    saved = machine.state is DomainState.SAVED or (machine.state_file and not machine.state.active)
    if saved and not drop_saved:
        raise _Refused("is saved, and that memory fits its disks only as they are", "drop_saved")
    if checkpoints and not drop_checkpoints:
        raise _Refused("has checkpoints, which are kept inside its disks", "drop_checkpoints")


def _refuse_served(who: str) -> None:
    """Raise if somebody needs the disks that would go; who carries the plan out asks again."""
    if who:
        raise _Refused(f"has a disk that is needed by {who}")


def _warnings(action: Action, machines: Sequence[Machine], holders: frozenset[str]) -> tuple[str, ...]:
    active = sum(machine.state.active for machine in machines)
    saved = sum(machine.state is DomainState.SAVED for machine in machines)
    kept = sum(machine.uuid in holders for machine in machines)
    found = []
    if machines and action is not Action.DETACH:
        found.append("what these machines have written is lost")
    if active:
        found.append(
            f"{active} of them {'is' if active == 1 else 'are'} active: forced off, and started again afterwards"
        )
    if saved:
        found.append(f"{saved} saved state{'' if saved == 1 else 's'} will be lost")
    if kept:
        found.append(f"the checkpoints of {kept} machine{'' if kept == 1 else 's'} will be lost")
    return tuple(found)
