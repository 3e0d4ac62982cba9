"""Decide which clones to make and what files they need, before anything is made."""

from collections.abc import Sequence

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.plan import Action, CloneSpec, Plan, Step
from qq2clone_tui.domain.template import Template

from .ports import ImageStore
from .reserve import Request, preview, taken_on_host
from .tools import Tools

__all__ = ["MOST_AT_ONCE", "plan_clones"]

MOST_AT_ONCE = 10_000


def plan_clones(
    tools: Tools,
    template: Template,
    compiler: Compiler,
    count: int,
    *,
    start: bool,
    dry_run: bool,
) -> Plan:
    """Return the plan for ``count`` clones; unless ``dry_run``, their identities are reserved by it.

    Raises:
        BadArgument: the count is not between 1 and ``MOST_AT_ONCE``.
        AccessError: the storage or a base image cannot be used, or there is no room for full copies.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise BadArgument(
            "cannot make that many clones",
            subject=str(count),
            why=f"the number must be between 1 and {MOST_AT_ONCE}",
            remedy="Ask for fewer, several times if need be.",
        )
    hypervisor, images, catalogue = tools.hypervisor, tools.images, tools.catalogue
    images.check_ready()
    changed = _check_bases(images, template)
    ours = frozenset(record.identity.uuid for record in catalogue.clones())
    names, uuids, macs = taken_on_host(hypervisor, ours)

    def occupied(paths: Sequence[str]) -> bool:
        return bool(images.allocated_bytes(paths))

    request = Request(template.name, template.version, count, compiler, images.place, occupied, names, uuids, macs)
    warnings = (*changed, *_space(images, template, count))
    records = preview(catalogue, request) if dry_run else catalogue.reserve(request)
    steps = _steps(records, compiler, images.place, hypervisor.uri, start=start)
    return Plan(Action.CLONE, steps, warnings=warnings, template=template.name)


def _check_bases(images: ImageStore, template: Template) -> tuple[str, ...]:
    """Raise now, once, what would otherwise fail in every single clone; return what is worth a warning."""
    warnings = []
    for disk in template.disks:
        facts = images.probe(disk.image)
        if facts.virtual_size < disk.virtual_size:
            raise AccessError(
                "cannot clone over the base image",
                subject=disk.image,
                why="it is smaller than when the template was imported",
                remedy="Put the original image back, or import the template anew.",
            )
        read = disk.policy is not DiskPolicy.BLANK
        if read and disk.stamp and facts.stamp and disk.stamp != facts.stamp:
            warnings.append(f"{disk.image} has changed since the import; existing clones may be damaged")
    return tuple(warnings)


def _space(images: ImageStore, template: Template, count: int) -> tuple[str, ...]:
    free = images.free_bytes()
    copied = sum(disk.virtual_size for disk in template.disks if disk.policy is DiskPolicy.COPY) * count
    if copied > free:
        raise AccessError(
            "cannot make full copies",
            subject=images.place,
            why=f"{copied} bytes may be needed and {free} are free",
            remedy="Make fewer clones, free some space, or choose the overlay policy for the disk.",
        )
    promised = sum(disk.virtual_size for disk in template.disks) * count
    if promised > free:
        return (f"if every clone filled its disks, {promised - free} bytes more than are free would be needed",)
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
        clone=CloneSpec(identity, specs, start),
        equivalent=lines(Action.CLONE, uri, identity.name, images=specs, start=start),
    )
