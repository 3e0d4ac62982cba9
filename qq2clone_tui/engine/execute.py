"""Carry out one step of a plan on one machine, leaving nothing half done."""

from collections.abc import Sequence

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.errors import DomainNotFound, HypervisorError, Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.plan import Action, CloneSpec, Step
from qq2clone_tui.domain.states import PowerVerb

from .tools import Tools

__all__ = ["perform", "remove_machine"]


def perform(tools: Tools, step: Step, compiler: Compiler | None) -> None:
    """Carry out one step; raises the domain error that stopped it.

    Args:
        tools: the adapters.
        step: what to do.
        compiler: the template's compiler, needed for CLONE only.
    """
    if step.clone is not None and compiler is not None:
        _make(tools, step.clone, compiler)
    elif step.action is Action.REMOVE:
        _remove(tools, step)
    else:
        tools.hypervisor.power(PowerVerb(step.action.value), step.uuid)


def _make(tools: Tools, spec: CloneSpec, compiler: Compiler) -> None:
    """Define first, so that bad XML costs no file; then the images; all of it or nothing."""
    identity = spec.identity
    compiled = compiler.compile(identity, tools.images.place)
    made: list[str] = []
    try:
        tools.hypervisor.define(compiled.xml)
        for image in spec.images:
            tools.images.create(image)
            made.append(image.path)
        tools.catalogue.mark_ready([identity.uuid])
    except Qq2cloneError as error:
        _roll_back(tools, identity.uuid, made, error)
        raise
    if spec.start:
        try:
            tools.hypervisor.power(PowerVerb.START, identity.uuid)
        except Qq2cloneError as error:
            error.what = f"the clone was made but did not start: {error.what}"
            raise


def _roll_back(tools: Tools, uuid: str, made: Sequence[str], cause: Qq2cloneError) -> None:
    """Undo a clone that failed; what cannot be undone now stays recorded for the next start."""
    try:
        _undefine(tools, uuid)
        for path in made:
            tools.delete_file(path)
        tools.catalogue.forget([uuid])
    except Qq2cloneError as error:
        cause.remedy = f"{cause.remedy} Undoing it failed too ({error.what}); it is undone at the next start.".strip()


def _remove(tools: Tools, step: Step) -> None:
    tools.catalogue.mark_removing([step.uuid])
    record = tools.catalogue.clone(step.uuid)
    if record is not None:
        remove_machine(tools, record)


def remove_machine(tools: Tools, record: CloneRecord) -> None:
    """Force a machine off, undefine it, delete the files recorded as its own, forget it.

    Each part may have happened already: this also finishes what a killed process began.
    """
    uuid = record.identity.uuid
    _undefine(tools, uuid)
    for path in record.files:
        tools.delete_file(path)
    tools.catalogue.forget([uuid])


def _undefine(tools: Tools, uuid: str) -> None:
    domain = tools.hypervisor.read_domain(uuid)
    if domain is None:
        return
    if domain.state.active:
        try:
            tools.hypervisor.power(PowerVerb.DESTROY, uuid)
        except HypervisorError:
            still = tools.hypervisor.read_domain(uuid)
            if still is not None and still.state.active:
                raise
    try:
        tools.hypervisor.undefine(uuid)
    except DomainNotFound:
        return  # another program was quicker, which is what was wanted
