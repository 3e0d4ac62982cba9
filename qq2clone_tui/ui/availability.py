"""Say why a command cannot be done now, in a sentence the user is shown when trying."""

from dataclasses import dataclass

from qq2clone_tui.domain.inventory import ConnectionState, Inventory, Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.states import PowerVerb, refusal

from .commands import Command
from .presenters.text import visible

__all__ = ["POWER", "Situation", "why_not"]

POWER = {f"machines.{verb.value}": verb for verb in PowerVerb} | {"machines.unsave": PowerVerb.SAVE_REMOVE}


_OF_TEMPLATE = frozenset({"templates.remove", "templates.copy", "templates.rename", "edit.template"})


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides whether a command is possible.

    Args:
        inventory: the picture shown.
        targets: the machines a verb would act on.
        template: the template in view, empty when that is unclear.
        job: the job that a job command would act on.
        marked: whether there are marks.
        read_only: whether changes are forbidden.
        sample: whether a sample template can be made.
    """

    inventory: Inventory
    targets: tuple[Machine, ...] = ()
    template: str = ""
    job: Ledger | None = None
    marked: bool = False
    read_only: bool = False
    sample: bool = False


def why_not(command: Command, now: Situation) -> str:
    """Return why the command is not possible now, empty when it is."""
    if not command.writes:
        return ""
    if now.read_only:
        return "this is read-only mode: nothing can be changed"
    if command.noun == "jobs":
        return _jobs(command, now.job)
    if now.inventory.connection is not ConnectionState.LIVE:
        return "the hypervisor is not reachable just now"
    if command.noun == "templates" or command.id == "edit.template":
        return _templates(command, now)
    return _machines(command, now)


def _machines(command: Command, now: Situation) -> str:
    if command.id == "machines.clone":
        return "" if now.template else _no_template(now)
    if not now.targets:
        return "no machine is marked or under the cursor"
    verb = POWER.get(command.id)
    if verb is None:
        return ""
    reasons = [refusal(verb, machine.state) for machine in now.targets]
    if None in reasons:
        return ""
    if len(reasons) == 1:
        return f"{visible(now.targets[0].name)} {reasons[0]}"
    return f"none of the {len(reasons)} marked machines can: {visible(now.targets[0].name)} {reasons[0]}"


def _templates(command: Command, now: Situation) -> str:
    if command.id == "templates.sample" and not now.sample:
        return "the sample template cannot be made on this hypervisor"
    if command.id in _OF_TEMPLATE and not now.template:
        return _no_template(now)
    if command.id == "templates.remove":
        clones = next((entry.clones for entry in now.inventory.templates if entry.name == now.template), 0)
        return f"{visible(now.template)} still has {clones} clones" if clones else ""
    return ""


def _no_template(now: Situation) -> str:
    if not now.inventory.templates:
        return "there is no template yet: I imports one"
    return "choose a template in the tree first"


def _jobs(command: Command, job: Ledger | None) -> str:
    if job is None:
        return "there has been no job yet"
    if command.id == "jobs.cancel":
        return f"job {job.job} has finished" if job.finished else ""
    if not job.finished:
        return f"job {job.job} is still at work"
    return "" if job.count(EntryState.FAILED) else f"no machine failed in job {job.job}"
