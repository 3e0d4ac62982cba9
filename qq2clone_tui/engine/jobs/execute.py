"""Carry out one step of a plan on one machine, leaving nothing half done."""

import contextlib
from collections.abc import Sequence

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.erasure import Erasure
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, HypervisorError, Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.plan import Action, CloneSpec, Step
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.checkpoints import steps as checkpoint_steps
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.erasure.erasing import check_files, erase_files
from qq2clone_tui.engine.renewal.renewal import begin_afresh
from qq2clone_tui.engine.renewal.swap import swap_disks
from qq2clone_tui.engine.saving.saved_states import discard, restore, save_to_file
from qq2clone_tui.engine.templates.renaming import rename_machine
from qq2clone_tui.engine.tools import Tools

__all__ = ["perform", "remove_machine"]


def perform(tools: Tools, step: Step, compiler: Compiler | None) -> None:
    """Carry out one step; raises the domain error that stopped it.

    Args:
        tools: the adapters.
        step: what to do.
        compiler: the template's compiler, needed for CLONE only.
    """
    if step.clone is not None and compiler is not None:
        with tools.at_work.on(step.uuid, step.name):
            _make(tools, step.clone, compiler)
    elif step.action in {Action.REMOVE, Action.WIPE, Action.SHRED}:
        with tools.at_work.on(step.uuid, step.name):
            _remove(tools, step)
    elif step.swap is not None:
        with tools.at_work.on(step.uuid, step.name):
            swap_disks(tools, step, step.swap)
    elif step.action is Action.RENAME:
        with tools.at_work.on(step.uuid, step.name):
            rename_machine(tools, step)
    elif step.checkpoint is not None:
        with tools.at_work.on(step.uuid, step.name):
            checkpoint_steps.carry_out(tools, step, step.checkpoint)
    elif step.action in {Action.SAVE, Action.SAVE_REMOVE, Action.START}:
        with tools.at_work.on(step.uuid, step.name):
            _with_memory(tools, step)
    else:
        if step.action is Action.DESTROY:
            _refuse_changeling(tools, step)
        tools.hypervisor.power(PowerVerb(step.action.value), step.uuid)


def _with_memory(tools: Tools, step: Step) -> None:
    """Carry out the verbs to which it matters where a machine's memory is."""
    if step.action is Action.SAVE and step.state_file:
        save_to_file(tools, step.uuid, step.name, step.state_file)
        return
    if step.action is Action.SAVE_REMOVE:
        discard(tools, step.uuid)
        return
    record = tools.catalogue.clone(step.uuid) if step.action is Action.START else None
    if record is not None and record.saved is not None:
        restore(tools, record, record.saved)
    elif record is not None and record.ephemeral and not record.detached and _off(tools, step.uuid):
        begin_afresh(tools, step, record)
        tools.hypervisor.power(PowerVerb.START, step.uuid)
    else:
        tools.hypervisor.power(PowerVerb(step.action.value), step.uuid)


def _off(tools: Tools, uuid: str) -> bool:
    """Tell whether a machine is off without a saved state, which would go on where it was."""
    domain = tools.hypervisor.read_domain(uuid)
    return domain is not None and domain.state in {DomainState.OFF, DomainState.CRASHED}


def _make(tools: Tools, spec: CloneSpec, compiler: Compiler) -> None:
    """Define first, so that bad XML costs no file; then the images; all of it or nothing."""
    identity = spec.identity
    if tools.catalogue.clone(identity.uuid) is None:
        raise BadArgument("the clone was not made", subject=identity.name, why="it was removed before its turn came")
    compiled = compiler.compile(identity, tools.images.place)
    made: list[str] = []
    try:
        tools.hypervisor.define(compiled.xml)
        tools.hypervisor.definitions.persist()  # recovery takes a machine that is gone for one without files
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
    """Undo a clone that failed; what cannot be undone now stays recorded for the next start.

    The domain goes last: where it is gone, recovery knows that there are no files either.
    """
    try:
        for path in made:
            tools.delete_file(path)
        _undefine(tools, uuid, made)
        tools.catalogue.forget([uuid])
    except Qq2cloneError as error:
        cause.remedy = f"{cause.remedy} Undoing it failed too ({error.what}); it is undone at the next start.".strip()


def _remove(tools: Tools, step: Step) -> None:
    _refuse_changeling(tools, step)  # before anything is recorded, so that it is not tried again at every start
    record = tools.catalogue.clone(step.uuid)
    if step.erase and record is not None:
        check_files(tools, record.files, _erasure(step.erase))  # also what has become its own since the plan
    tools.catalogue.mark_removing([step.uuid], step.erase)
    record = tools.catalogue.clone(step.uuid)
    if record is not None:
        remove_machine(tools, record)


def remove_machine(tools: Tools, record: CloneRecord) -> None:
    """Force a machine off, undefine it, overwrite and delete the files recorded as its own, forget it.

    Each part may have happened already: this also finishes what a killed process began. Once a file
    is overwritten in part nothing can start from it any more, since the machine is undefined before.
    """
    uuid = record.identity.uuid
    _undefine(tools, uuid, record.files)
    if record.erase:
        erase_files(tools, record.files, _erasure(record.erase))
    for path in record.files:
        tools.delete_file(path)
    tools.hypervisor.definitions.persist()  # a machine that a power cut brings back should still be recorded
    tools.catalogue.forget([uuid])


def _erasure(text: str) -> Erasure:
    found = Erasure.read(text)
    if found is None:
        raise BadArgument("cannot overwrite the files", subject=text, why="a newer release recorded how")
    return found


def _refuse_changeling(tools: Tools, step: Step) -> None:
    record = tools.catalogue.clone(step.uuid)
    if record is not None:
        with contextlib.suppress(DomainNotFound):
            check_ours(tools, step.uuid, record.identity.name, record.files)


def _undefine(tools: Tools, uuid: str, files: Sequence[str]) -> None:
    domain = tools.hypervisor.read_domain(uuid)
    if domain is None:
        return
    try:
        check_ours(tools, uuid, domain.name, files)
    except DomainNotFound:
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
