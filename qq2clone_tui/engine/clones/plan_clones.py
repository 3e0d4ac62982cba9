"""Decide which clones to make and what files they need, before anything is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.intent import IntentKind, template_subject
from qq2clone_tui.domain.plan import Action, CloneSpec, Plan, Step
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.images.drift import refuse_drifted, refuse_unfinished
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

from .reserve import Request, preview, taken_on_host

__all__ = ["MOST_AT_ONCE", "Wanted", "plan_clones"]

MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What clones are wanted.

    Args:
        count: how many.
        start: start each once it is whole.
        ephemeral: they begin afresh at every start.
        reference: how their template was named, for people and to plan again; empty for its name.
    """

    count: int
    start: bool = False
    ephemeral: bool = False
    reference: str = ""


def plan_clones(tools: Tools, template: Template, compiler: Compiler, wanted: Wanted, *, dry_run: bool) -> Plan:
    """Return the plan for clones of a template at a version; unless ``dry_run``, their identities are reserved by it.

    Raises:
        BadArgument: the count is not between 1 and ``MOST_AT_ONCE``.
        AccessError: the storage cannot be used, a base image is not what it was, or there is no room for full copies.
    """
    count = wanted.count
    if not 1 <= count <= MOST_AT_ONCE:
        raise BadArgument(
            "cannot make that many clones",
            subject=str(count),
            why=f"the number must be between 1 and {MOST_AT_ONCE}",
            remedy="Ask for fewer, several times if need be.",
        )
    hypervisor, images, catalogue = tools.hypervisor, tools.images, tools.catalogue
    images.check_ready()
    refuse_unfinished(tools, template)
    for disk in template.disks:
        images.probe(disk.image)  # raises now, once, what would otherwise fail in every single clone
    refuse_drifted(tools, template, beside=True)
    ours = frozenset(record.identity.uuid for record in catalogue.clones())
    names, uuids, macs = taken_on_host(hypervisor, ours)

    def occupied(paths: Sequence[str]) -> bool:
        return bool(images.allocated_bytes(paths))

    asked = (template.name, template.version, count, compiler, images.place, occupied, names, uuids, macs)
    request = Request(*asked, ephemeral=wanted.ephemeral)
    records = preview(catalogue, request) if dry_run else catalogue.reserve(request)
    if not dry_run:
        _refuse_in_place(tools, template, records)
    steps = _steps(records, compiler, images.place, hypervisor.uri, start=wanted.start)
    reference = wanted.reference or template.name
    return Plan(Action.CLONE, steps, warnings=_space(images, template, count), template=reference)


def _refuse_in_place(tools: Tools, template: Template, records: Sequence[CloneRecord]) -> None:
    """Raise, and give the reserved numbers back, while the newest version is being written.

    Who writes it says so first and then looks for clones; so one of the two always sees the other.
    """
    unfinished = tools.catalogue.intents.of(template_subject(template.name))
    if unfinished is not None and unfinished.kind is IntentKind.IN_PLACE:
        tools.catalogue.forget([record.identity.uuid for record in records])
        raise BadArgument(
            "cannot make clones now",
            subject=template.name,
            why="its newest version is being written, by a commit in place",
            remedy="Wait for it; one that was interrupted is finished by: modify-template NAME commit-image --in-place",
        )


def _space(images: ImageStore, template: Template, count: int) -> tuple[str, ...]:
    room = images.room()
    if room is None:
        return ()
    copied = sum(disk.virtual_size for disk in template.disks if disk.policy is DiskPolicy.COPY) * count
    if copied > room.free:
        raise AccessError(
            "cannot make full copies",
            subject=images.place,
            why=f"{copied} bytes may be needed and {room.free} are free",
            remedy="Make fewer clones, free some space, or choose the overlay policy for the disk.",
        )
    promised = sum(disk.virtual_size for disk in template.disks) * count
    if promised > room.free:
        return (f"if every clone filled its disks, {promised - room.free} bytes more than are free would be needed",)
    return ()


def _steps(
    records: Sequence[CloneRecord], compiler: Compiler, place: str, uri: str, *, start: bool
) -> tuple[Step, ...]:
    return tuple(_step(record, compiler, place, uri, start=start) for record in records)


def _step(record: CloneRecord, compiler: Compiler, place: str, uri: str, *, start: bool) -> Step:
    identity = record.identity
    specs = tuple(compiler.files(identity, place))
    return Step(
        Action.CLONE,
        identity.uuid,
        identity.name,
        clone=CloneSpec(identity, specs, start, record.ephemeral),
        equivalent=lines(Action.CLONE, uri, identity.name, images=specs, start=start),
    )
