"""Give templates other names, and take their clones along; or the same images a second name."""

import posixpath
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.equivalent import virsh_line
from qq2clone_tui.domain.errors import BadArgument, BadXml, DomainNotFound, Qq2cloneError, TemplateError
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.metadata import mark_text
from qq2clone_tui.domain.names import check_template_name, clone_name
from qq2clone_tui.domain.plan import Action, Plan, Refusal, Step
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import StateFile, Template
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.images.drift import refuse_changed_states
from qq2clone_tui.engine.images.gate import refuse_unfinished
from qq2clone_tui.engine.ports.images import ImageStore
from qq2clone_tui.engine.tools import Tools

from .copies import take_back

__all__ = ["copy_template", "plan_copy", "plan_rename", "rename_machine", "rename_template", "settle_names"]


def plan_copy(tools: Tools, name: str, new: str) -> Template:
    """Return the template, at its version, whose images a second one would be made of.

    Args:
        tools: the adapters.
        name: the first, or one of its versions as ``debian@v2``; else its newest is taken.
        new: what the second is called.

    Raises:
        TemplateError: the first is unknown, or the new name is taken or not fit for a template.
    """
    check_template_name(new)
    named = parse_reference(name)
    first = tools.catalogue.template(named.name).at(named.version)
    _refuse_taken(tools, "cannot copy the template", new)
    return first


def copy_template(tools: Tools, name: str, new: str) -> Template:
    """Make a second template of the same images, which stay the first one's to delete; see ``plan_copy``.

    Raises:
        TemplateError: as ``plan_copy``.
        AccessError: what is copied of it is not what it was.
    """
    first = plan_copy(tools, name, new)
    states, rewrite = first.current.beside, tools.catalogue.rewrite
    if not first.firmware:
        return rewrite.template_copy(first.name, new, time.time(), states, first.version)
    refuse_changed_states(tools, "cannot copy the template", first)
    tools.images.check_ready()
    copies = {state.image: _free_name(tools.images, new, state.image) for state in states if state.owned}
    owned, made = tuple(copies.values()), list[str]()
    tools.catalogue.journal.note(owned)
    try:
        states = _copied(tools, states, copies, made)
        return rewrite.template_copy(first.name, new, time.time(), states, first.version)
    except BaseException:  # also when somebody else has taken the name by now
        take_back(tools, owned, made)
        raise


def _copied(
    tools: Tools, states: Sequence[StateFile], copies: Mapping[str, str], made: list[str]
) -> tuple[StateFile, ...]:
    """Make copies of a version's own files beside its disks, and return all of the new template's.

    Args:
        tools: the adapters.
        states: of the first template.
        copies: the absolute path of each copy, by that of the original.
        made: gets the paths of the copies as soon as they are there.
    """
    for original, path in copies.items():
        tools.images.create(ImageSpec(path, ImageKind.FILE, base=original))
        made.append(path)
    stamps = {original: tools.images.sealing.seal(path) for original, path in copies.items()}
    return tuple(
        replace(state, image=copies[state.image], stamp=stamps[state.image]) if state.owned else state
        for state in states
    )


def _free_name(images: ImageStore, template: str, original: str) -> str:
    """Return a path for a copy of a version's firmware file, which is small and changes with its template."""
    ending = posixpath.basename(original).rpartition("_")[2]
    names = (f"{images.place}/{template}.v1{'' if number == 1 else f'-{number}'}_{ending}" for number in count(1))
    return next(path for path in names if not images.allocated_bytes([path]))


def plan_rename(tools: Tools, old: str, new: str) -> Plan:
    """Return what renaming a template does to its clones.

    A machine keeps its name while it is active or saved, for libvirt can rename neither; ``settle_names``
    or the same command once more renames it later. Images keep their names, for machines know them by path.

    Raises:
        TemplateError: the template is unknown, or the new name is taken or not fit for a template.
    """
    check_template_name(new)
    tools.catalogue.template(old)
    if new != old:
        _refuse_taken(tools, "cannot rename the template", new)
    records = tools.catalogue.clones(old)
    if new != old and any(record.identity.staging for record in records):
        why, remedy = "it has a staging machine, which bears its name", "Commit or discard that first."
        raise TemplateError("cannot rename the template", subject=old, why=why, remedy=remedy)
    refuse_unfinished(tools, "cannot rename the template", old)
    domains = {domain.uuid: domain for domain in tools.hypervisor.list_domains()}
    names = _names(tools, domains)
    steps, refusals = [], []
    for record in records:
        if record.identity.staging:
            continue
        identity = record.identity
        wanted = clone_name(new, identity.number)
        why = _why_not(record, domains.get(identity.uuid), wanted, names)
        if why:
            refusals.append(Refusal(identity.uuid, identity.name, why))
        elif domains[identity.uuid].name != wanted:
            state = domains[identity.uuid].state
            shell = (virsh_line(tools.hypervisor.uri, "domrename", domains[identity.uuid].name, wanted),)
            steps.append(Step(Action.RENAME, identity.uuid, wanted, state, equivalent=shell))
    return Plan(Action.RENAME, tuple(steps), tuple(refusals), template=new)


def _refuse_taken(tools: Tools, what: str, name: str) -> None:
    if any(template.name == name for template in tools.catalogue.templates()):
        why = "there is a template of that name"
        raise TemplateError(what, subject=name, why=why, remedy="Give another name.")


def rename_template(tools: Tools, old: str, new: str) -> None:
    """Rename the template itself, and mark all its machines as clones of the new name.

    Raises:
        TemplateError: as ``plan_rename``.
    """
    if old != new:
        tools.catalogue.rewrite.template_name(old, new)
    known = {domain.uuid for domain in tools.hypervisor.list_domains()}
    for record in tools.catalogue.clones(new):
        if record.identity.uuid in known:
            # What is no clone of ours, or went away, is reported when its turn to be renamed comes.
            with suppress(BadArgument, BadXml, DomainNotFound):
                _mark(tools, record)


def rename_machine(tools: Tools, step: Step) -> None:
    """Give one machine the name that its template's name asks for.

    Raises:
        BadArgument: it is no clone of ours, or was saved to a file since the plan: that knows the old name.
        HypervisorError: libvirt refused, for example because of snapshots.
    """
    domain = tools.hypervisor.read_domain(step.uuid)
    if domain is None:
        raise DomainNotFound("cannot rename the machine", subject=step.name, why="the hypervisor has none")
    record = tools.catalogue.clone(step.uuid)
    if record is None:
        raise BadArgument("cannot rename the machine", subject=step.name, why="it was removed meanwhile")
    check_ours(tools, step.uuid, domain.name, record.files)
    if domain.name != step.name:
        if record.saved is not None:
            why = "it is saved by now, and could not be restored under another name"
            raise BadArgument("cannot rename the machine", subject=domain.name, why=why, remedy="Start it first.")
        tools.hypervisor.definitions.rename(step.uuid, step.name)
    tools.catalogue.rewrite.clone_name(step.uuid, step.name)


def settle_names(tools: Tools) -> tuple[str, ...]:
    """Rename the clones that a renaming of their template left over, as far as they are off by now.

    Those that were active or saved then, and those that a killed process did not get to. A machine that
    somebody else has renamed is known by its other name, and keeps that.

    Returns:
        One sentence for each machine that has another name now.
    """
    left = [record for record in tools.catalogue.clones() if record.misnamed]
    if not left:
        return ()
    domains = {domain.uuid: domain for domain in tools.hypervisor.list_domains()}
    names = _names(tools, domains)
    return tuple(filter(None, (_settled(tools, record, domains.get(record.identity.uuid), names) for record in left)))


def _settled(tools: Tools, record: CloneRecord, domain: DomainSummary | None, names: Mapping[str, str]) -> str:
    uuid, old, wanted = record.identity.uuid, record.identity.name, _wanted(record)
    if domain is None or domain.name not in (old, wanted):
        return ""
    try:
        _mark(tools, record)
        if _why_not(record, domain, wanted, names):
            return ""
        rename_machine(tools, Step(Action.RENAME, uuid, wanted, domain.state))
    except Qq2cloneError as error:
        return f"{old} could not be renamed after its template: {error.paragraph()}"
    return f"{old} is called {wanted} now, after its template"


def _mark(tools: Tools, record: CloneRecord) -> None:
    uuid = record.identity.uuid
    check_ours(tools, uuid, record.identity.name, record.files)
    tools.hypervisor.definitions.mark(uuid, mark_text(record.identity))


def _wanted(record: CloneRecord) -> str:
    if record.identity.staging:
        return record.identity.name
    return clone_name(record.identity.template, record.identity.number)


def _names(tools: Tools, domains: Mapping[str, DomainSummary]) -> Mapping[str, str]:
    """Return whose the names are that are taken, by the hypervisor or in our records."""
    recorded = {record.identity.name: record.identity.uuid for record in tools.catalogue.clones()}
    return {**recorded, **{domain.name: domain.uuid for domain in domains.values()}}


def _why_not(record: CloneRecord, domain: DomainSummary | None, wanted: str, names: Mapping[str, str]) -> str:
    if domain is None or record.status is not CloneStatus.READY:
        return "is not whole" if domain else "is not known to the hypervisor"
    if names.get(wanted, record.identity.uuid) != record.identity.uuid:
        return f"keeps its name: there is another machine called {wanted}"
    if domain.name != wanted and (domain.state.active or domain.state is DomainState.SAVED or record.saved):
        state = "saved" if record.saved and not domain.state.active else domain.state.value
        new = wanted.rpartition("-")[0]
        later = f"once it is off, the next start of this program renames it, or renaming {new} to {new}"
        return f"is {state} and keeps its name; {later}"
    return ""
