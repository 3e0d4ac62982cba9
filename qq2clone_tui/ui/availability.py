"""Say why a command cannot be done now, in a sentence the user is shown when trying."""

from dataclasses import dataclass

from qq2clone_tui.domain.inventory import ConnectionState, Inventory, Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import DomainState, PowerVerb, refusal

from .commands import Command
from .presenters.text import visible

__all__ = ["POWER", "Situation", "why_not"]

POWER = {f"machines.{verb.value}": verb for verb in PowerVerb} | {"machines.unsave": PowerVerb.SAVE_REMOVE}


_OFF = frozenset({DomainState.OFF, DomainState.CRASHED})
_OF_TEMPLATE = frozenset({"templates.remove", "templates.copy", "templates.rename", "edit.template"})
_OF_VERSIONS = frozenset({"staging", "versions", "pruning"})
_NOT_FOR_STAGING = frozenset({"machines.remove", "machines.wipe", "machines.shred", "tags.give"})


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
        version: the version in view, 0 when that is no single one.
    """

    inventory: Inventory
    targets: tuple[Machine, ...] = ()
    template: str = ""
    job: Ledger | None = None
    marked: bool = False
    read_only: bool = False
    sample: bool = False
    version: int = 0

    @property
    def reference(self) -> str:
        """Return the template in view, at the version in view where there is one: ``debian12@v3``."""
        return str(Reference(self.template, self.version or None))

    @property
    def summary(self) -> TemplateSummary | None:
        """Return what is known of the template in view."""
        return next((entry for entry in self.inventory.templates if entry.name == self.template), None)

    @property
    def drifted(self) -> tuple[VersionSummary, ...]:
        """Return the versions in view whose images are not what they were, the newest first."""
        versions = self.summary.versions if self.summary else ()
        return tuple(each for each in versions if each.drift and self.version in (0, each.number))


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
    if command.noun in _OF_VERSIONS:
        return _versions(command, now)
    of_template = command.noun == "templates" or command.id == "edit.template"
    return _templates(command, now) if of_template else _machines(command, now)


def _machines(command: Command, now: Situation) -> str:
    if command.id == "machines.clone":
        return _clone(now)
    if not now.targets:
        return "no machine is marked or under the cursor"
    of_clones = command.id in _NOT_FOR_STAGING or command.noun == "renewal"
    if of_clones and any(machine.staging for machine in now.targets):
        return f"{visible(now.targets[0].name)} is a staging machine: y commits or discards it"
    if command.id == "renewal.promote" and len(now.targets) > 1:
        return f"one machine at a time becomes a template, and {len(now.targets)} are marked"
    if command.id == "renewal.promote" and now.targets[0].state not in _OFF:
        return f"{visible(now.targets[0].name)} is {now.targets[0].state.value}; promote acts on a machine that is off"
    verb = POWER.get(command.id)
    return _power(verb, now) if verb else ""


def _power(verb: PowerVerb, now: Situation) -> str:
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


def _versions(command: Command, now: Situation) -> str:
    if command.noun == "pruning":
        return "" if now.inventory.templates else _no_template(now)
    if not now.template:
        return _no_template(now)
    if command.id == "versions.acknowledge" and not now.drifted:
        return f"{visible(now.reference)} is what it was: there is nothing to acknowledge"
    return ""


def _clone(now: Situation) -> str:
    if now.summary is None:
        return _no_template(now)
    number = now.version or now.summary.version
    if any(version.number == number for version in now.drifted):
        return f"{visible(now.template)}@v{number} is not what it was: A shows what has changed"
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
