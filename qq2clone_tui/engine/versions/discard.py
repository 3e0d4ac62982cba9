"""Say what goes when a staging machine is thrown away."""

from dataclasses import dataclass

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.intent import IntentKind, template_subject
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.images.gate import refuse_needed
from qq2clone_tui.engine.tools import Tools

from .prepare import staging_record, unfinished_in_place

__all__ = ["Discard", "plan_discard"]


@dataclass(frozen=True, slots=True)
class Discard:
    """What discarding a staging machine does.

    Args:
        template: its template.
        uuid, machine: the machine, and its name.
        removes: absolute paths of the files that are deleted.
        frees: bytes that those take.
        warnings: sentences to read before.
    """

    template: str
    uuid: str
    machine: str
    removes: tuple[str, ...]
    frees: int = 0
    warnings: tuple[str, ...] = ()


def plan_discard(tools: Tools, name: str) -> Discard:
    """Return what throwing away the staging machine of a template does.

    Raises:
        TemplateError: there is no such template.
        BadArgument: there is none, it is running, somebody needs its images, or a commit in place was interrupted.
    """
    tools.catalogue.template(name)
    record = staging_record(tools, name)
    if record is None:
        raise BadArgument("there is nothing to discard", subject=name, why="it has no staging machine")
    unfinished = tools.catalogue.intents.of(template_subject(name))
    if unfinished is not None and unfinished.kind is IntentKind.IN_PLACE:
        raise unfinished_in_place(name)
    one = record.identity
    domain = tools.hypervisor.read_domain(one.uuid)
    if domain is not None and domain.state.active:
        why, remedy = f"it is {domain.state.value}", "Shut it down, or cut its power with destroy-image."
        raise BadArgument("cannot discard the staging machine", subject=domain.name, why=why, remedy=remedy)
    refuse_needed(tools, "cannot discard the staging machine", one.name, record.files, [one.uuid])
    sizes = tools.images.allocated_bytes(record.files)
    saved = record.saved is not None or (domain is not None and domain.state is DomainState.SAVED)
    warnings = ("its saved memory goes too",) if saved else ()
    return Discard(name, one.uuid, domain.name if domain else one.name, tuple(sizes), sum(sizes.values()), warnings)
