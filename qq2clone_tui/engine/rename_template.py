"""Give templates other names, and take their clones along; or the same images a second name."""

import time
from collections.abc import Mapping
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.equivalent import virsh_line
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.metadata import mark_text
from qq2clone_tui.domain.names import check_template_name, clone_name
from qq2clone_tui.domain.plan import Action, Plan, Refusal, Step
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template

from .tools import Tools

__all__ = ["copy_template", "plan_rename", "rename_machine", "rename_template"]


def copy_template(tools: Tools, name: str, new: str) -> Template:
    """Make a second template of the same images, which stay the first one's to delete.

    Raises:
        TemplateError: the first is unknown, or the new name is taken or not fit for a template.
    """
    check_template_name(new)
    first = tools.catalogue.template(name)
    disks = tuple(replace(disk, owned=False) for disk in first.disks)
    copy = replace(first, name=new, disks=disks, version=first.version, created_at=time.time())
    tools.catalogue.add_template(copy)
    return copy


def plan_rename(tools: Tools, old: str, new: str) -> Plan:
    """Return what renaming a template does to its clones.

    A machine keeps its name while it is active or saved, for libvirt can rename neither; the same
    command once more renames those left over. Images keep their names, for machines know them by path.

    Raises:
        TemplateError: the template is unknown, or the new name is taken or not fit for a template.
    """
    check_template_name(new)
    tools.catalogue.template(old)
    if new != old and any(template.name == new for template in tools.catalogue.templates()):
        why = "there is a template of that name"
        raise TemplateError("cannot rename the template", subject=new, why=why, remedy="Give another name.")
    domains = {domain.uuid: domain for domain in tools.hypervisor.list_domains()}
    names = {domain.name: domain.uuid for domain in domains.values()}
    steps, refusals = [], []
    for record in tools.catalogue.clones(old):
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
            tools.hypervisor.definitions.mark(record.identity.uuid, mark_text(record.identity))


def rename_machine(tools: Tools, step: Step) -> None:
    """Give one machine the name that its template's name asks for.

    Raises:
        HypervisorError: libvirt refused, for example because of snapshots.
    """
    tools.hypervisor.definitions.rename(step.uuid, step.name)
    tools.catalogue.rewrite.clone_name(step.uuid, step.name)


def _why_not(record: CloneRecord, domain: DomainSummary | None, wanted: str, names: Mapping[str, str]) -> str:
    if domain is None or record.status is not CloneStatus.READY:
        return "is not whole" if domain else "is not known to the hypervisor"
    if names.get(wanted, record.identity.uuid) != record.identity.uuid:
        return f"keeps its name: there is another machine called {wanted}"
    if domain.name != wanted and (domain.state.active or domain.state is DomainState.SAVED or record.saved):
        state = "saved" if record.saved and not domain.state.active else domain.state.value
        new = wanted.rpartition("-")[0]
        return f"is {state} and keeps its name; once it is off, renaming {new} to {new} renames it too"
    return ""
