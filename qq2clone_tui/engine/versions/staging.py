"""Offer what can be done about the next version of a template."""

from dataclasses import dataclass

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.intent import template_subject
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.names import check_note
from qq2clone_tui.domain.plan import Action, Step
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import POWER_VERBS, DomainState, PowerVerb
from qq2clone_tui.engine.jobs.execute import perform, remove_machine
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

from .commit import Commit, commit_staging, plan_commit
from .commit_in_place import commit_in_place, plan_in_place
from .discard import Discard, plan_discard
from .prepare import make_staging, staging_record

__all__ = ["Prepared", "Staging", "wakes"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A staging machine that is ready to be changed.

    Args:
        uuid, name: the machine.
        template: its template.
        version: the version it stands on.
        files: absolute paths that belong to it.
        fresh: it was made just now; else it was there.
        started: it was started just now.
        created_at: when it was made, seconds since the epoch.
        found: its state before; None when it was made just now, or the hypervisor has it no more.
    """

    uuid: str
    name: str
    template: str
    version: int
    files: tuple[str, ...]
    fresh: bool
    started: bool = False
    created_at: float = 0.0
    found: DomainState | None = None


def wakes(state: DomainState) -> bool:
    """Tell whether a machine in this state can be started, or go on."""
    return state in POWER_VERBS[PowerVerb.START] | POWER_VERBS[PowerVerb.RESUME]


class Staging:
    """The staging machines of templates.

    Args:
        tools: the adapters.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def prepare(self, name: str, *, start: bool = False) -> Prepared:
        """Make the staging machine of a template over its newest version, unless it has one, and start it if asked to.

        Raises:
            TemplateError: there is no such template.
            BadArgument: an earlier commit is not finished.
            Qq2cloneError: it cannot be made or started.
        """
        tools = self._tools
        tools.catalogue.template(name)
        record = staging_record(tools, name)
        fresh = record is None
        if record is None:
            record = make_staging(tools, name)
        self._inventory.nudge()
        one, domain = record.identity, tools.hypervisor.read_domain(record.identity.uuid)
        started = start and domain is not None and self._start(domain)
        found = None if fresh or domain is None else domain.state
        if found is DomainState.OFF and record.saved is not None:
            found = DomainState.SAVED
        return Prepared(one.uuid, one.name, name, one.version, record.files, fresh, started, record.created_at, found)

    def plan_commit(self, name: str, *, in_place: bool = False) -> Commit:
        """Return what committing the staging machine of a template does.

        Args:
            name: the template.
            in_place: write the changes into the newest version rather than make a new one.

        Raises:
            TemplateError: there is no such template.
            BadArgument: it cannot be done, and why.
        """
        return plan_in_place(self._tools, name) if in_place else plan_commit(self._tools, name)

    def commit(self, name: str, note: str = "", *, in_place: bool = False) -> Reference:
        """Make the staging machine of a template its next version, or write its changes into the newest one.

        Args:
            name: the template.
            note: what the new version is, for people.
            in_place: write the changes into the newest version, which nothing else may stand on.

        Raises:
            TemplateError, BadArgument: as ``plan_commit``.
            Qq2cloneError: it failed; what was changed is not lost.
        """
        check_note(note)
        record = staging_record(self._tools, name)
        subject = (record.identity.uuid, record.identity.name) if record else (template_subject(name), name)
        with self._tools.at_work.on(*subject):
            made = commit_in_place(self._tools, name) if in_place else commit_staging(self._tools, name, note)
        self._inventory.nudge()
        return made

    def plan_discard(self, name: str) -> Discard:
        """Return what throwing away the staging machine of a template does.

        Raises:
            TemplateError: there is no such template.
            BadArgument: there is none, it is running, or a commit in place was interrupted.
        """
        return plan_discard(self._tools, name)

    def discard(self, name: str) -> None:
        """Throw the staging machine of a template away, with all that was changed in it.

        Raises:
            BadArgument: there is none, it is running, or a commit in place was interrupted.
        """
        tools = self._tools
        plan, record = plan_discard(tools, name), staging_record(tools, name)
        if record is None:
            return
        with tools.at_work.on(plan.uuid, plan.machine):
            tools.catalogue.mark_removing([plan.uuid])
            remove_machine(tools, record)
        self._inventory.nudge()

    def force_off(self, name: str) -> None:
        """Cut the power of a template's staging machine; what its guest has not written yet is lost.

        Raises:
            BadArgument: there is none, or it is not running.
        """
        tools = self._tools
        tools.catalogue.template(name)
        record = staging_record(tools, name)
        domain = tools.hypervisor.read_domain(record.identity.uuid) if record else None
        if domain is None or not domain.state.active:
            why = "it has no staging machine" if domain is None else f"it is {domain.state.value}"
            raise BadArgument("there is nothing to force off", subject=name, why=why)
        perform(tools, Step(Action.DESTROY, domain.uuid, domain.name, domain.state), None)

    def _start(self, domain: DomainSummary) -> bool:
        """Start a machine or let it go on, and tell whether it was in need of that."""
        if not wakes(domain.state):
            return False
        action = Action.START if domain.state in POWER_VERBS[PowerVerb.START] else Action.RESUME
        perform(self._tools, Step(action, domain.uuid, domain.name, domain.state), None)
        return True
