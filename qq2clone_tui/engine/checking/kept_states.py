"""Compare the checkpoints of clones with the states that their disks hold."""

from collections.abc import Collection, Iterator

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, Qq2cloneError
from qq2clone_tui.domain.findings import Finding, FindingKind
from qq2clone_tui.domain.inventory import DomainSummary

from .scene import Scene, not_looked_at

__all__ = ["kept_states"]


def kept_states(scene: Scene) -> Iterator[Finding]:
    """Yield states in disks that libvirt does not know, and checkpoints whose disks hold none."""
    holders = scene.tools.hypervisor.checkpoints.holders()
    for record in scene.whole:
        uuid = record.identity.uuid
        domain = scene.domains.get(uuid)
        # Elsewhere each disk would be asked for over the network: only those of machines with checkpoints are.
        if domain is None or not (scene.tools.images.kept.reachable or uuid in holders):
            continue
        disks = [disk.source for disk in domain.description.disks if disk.source in record.files]
        try:
            yield from _states_of(scene, record, domain.summary, disks)
        except DomainNotFound:
            continue  # it went away meanwhile
        except Qq2cloneError as error:
            yield not_looked_at(record.identity.name, error, record.identity.template)


def _states_of(scene: Scene, record: CloneRecord, domain: DomainSummary, disks: Collection[str]) -> Iterator[Finding]:
    tools, uuid = scene.tools, domain.uuid
    # In this order: what is being made meanwhile is in the disks before libvirt knows of it.
    held = {path: tools.images.kept.tags(path) for path in disks}
    known = {each.name: each for each in tools.hypervisor.checkpoints.of(uuid)}
    if tools.catalogue.intents.of(uuid) is not None or not (known or any(held.values())):
        return
    for path, names in held.items():
        for name in sorted(names - known.keys()):
            yield _left(scene, record, domain, path, name)
    if tools.images.kept.reachable:
        for each in known.values():
            yield from _broken(record, each, held)


def _left(scene: Scene, record: CloneRecord, domain: DomainSummary, path: str, name: str) -> Finding:
    tools, one = scene.tools, record.identity
    why = f"its disk {path} holds a state {name} of which libvirt does not know; it only takes space"
    finding = Finding(FindingKind.LEFT_STATE, one.name, why, template=one.template)
    if domain.state.active or not tools.images.kept.reachable:
        where = "Once the machine is off" if domain.state.active else "On that host, while the machine is off"
        remedy = f"{where}: qemu-img snapshot -d {name!r} {path}"
        return Finding(finding.kind, finding.subject, why, remedy=remedy, template=one.template)

    def take_out() -> None:
        with tools.at_work.on(one.uuid, one.name):
            if any(each.name == name for each in tools.hypervisor.checkpoints.of(one.uuid)):
                raise BadArgument("will not take the state out", subject=name, why="libvirt knows of it by now")
            tools.images.kept.drop(path, name)

    return scene.mended(finding, "the state is taken out of the disk", take_out, consent=True)


def _broken(record: CloneRecord, checkpoint: Checkpoint, held: dict[str, frozenset[str]]) -> Iterator[Finding]:
    one = record.identity
    without = [path for path in checkpoint.files if path in held and checkpoint.name not in held[path]]
    if without and not checkpoint.external:
        why = f"its checkpoint {checkpoint.name} is not in its disk {without[0]}: nothing can go back to it"
        remedy = f"Delete it with: qq2clone -t {one.template} checkpoint delete {one.number} {checkpoint.name!r}"
        yield Finding(FindingKind.BROKEN_CHECKPOINT, one.name, why, remedy=remedy, template=one.template)
