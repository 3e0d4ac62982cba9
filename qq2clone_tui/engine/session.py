"""Offer everything a face needs: decisions, jobs, templates and the live picture of one hypervisor."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Action, Plan, Step
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.domain.states import PowerVerb, refusal
from qq2clone_tui.domain.template import Template

from .capabilities import Capabilities
from .images.gate import Guard, need_of_machines
from .images.watch import VersionWatch
from .jobs.jobs import Jobs
from .live.disk_use import DiskUse
from .live.host_use import HostUse
from .live.inventory_store import InventoryStore
from .live.sampler import Sampler
from .ports.catalogue import Catalogue
from .ports.hypervisor import Hypervisor
from .ports.images import ImageStore
from .ports.programs import Programs
from .templates.choices import Choices
from .tools import Tools
from .versions.digest_keeper import DigestKeeper

if TYPE_CHECKING:
    from qq2clone_tui.domain.identity_xml import Compiler

    from .live.details import MachineDetails
    from .templates.importing import ImportReport
    from .templates.removal import TemplateRemoval

__all__ = ["Session"]


class Session(Capabilities):
    """One hypervisor with its catalogue and images; the whole API of both faces.

    Methods may block on disk or hypervisor unless they say otherwise. What plans and changes things is loaded
    when it is first used: to show machines takes much less.

    Args:
        hypervisor, images, catalogue: the adapters; closed with the session.
        read_xml: reads a file of domain XML, given its absolute path.
        programs: what runs on this host beside the hypervisor.
        threads: machines a job works on at a time.
        banner: a line to show above everything, such as "libvirt's test driver"; mostly empty.

    Attributes:
        uri: the hypervisor's URI.
        storage: absolute directory in which new images are made.
        inventory, sampler, jobs: the live picture, the figures, and every batch of the session.
        version_watch: what the images of versions take, and whether somebody has changed them.
        notices: sentences a face shows once at the start, such as what was recovered.
    """

    def __init__(
        self,
        hypervisor: Hypervisor,
        images: ImageStore,
        catalogue: Catalogue,
        read_xml: Callable[[str], str],
        *,
        programs: Programs = Programs(),  # noqa: B008 - frozen, so sharing it is safe
        threads: int = 16,
        banner: str = "",
    ) -> None:
        self.banner = banner
        self.uri = hypervisor.uri
        self.storage = images.place
        self.notices: tuple[str, ...] = ()
        self._read_xml = read_xml
        self.version_watch = VersionWatch(images, catalogue)
        inventory = InventoryStore(hypervisor, catalogue, self.version_watch.current)
        super().__init__(Tools(hypervisor, images, catalogue, programs), inventory)
        self.digests = DigestKeeper(catalogue, lambda: self.versions)
        disk_use = DiskUse(images, lambda: self.inventory.current.machines)
        self.sampler = Sampler(hypervisor, disk_use.current, HostUse(hypervisor, images).current)
        again = partial(_plan_again, self, catalogue)
        self.jobs = Jobs(self._prepare, again, self.abandon, threads, self.inventory.nudge)
        self._compilers = _Compilers()

    def start(self) -> None:
        """Follow the hypervisor's events from now on, on threads of its own."""
        self._tools.index.follow()
        self.inventory.start()
        self.version_watch.start(self.inventory.nudge)
        self.digests.start()
        self.sampler.start()
        self.addresses.start()

    def close(self) -> None:
        """Stop every thread and close every connection; machines go on running."""
        self.close_parts()
        self.sampler.stop()
        self.addresses.stop()
        self.digests.stop()
        self.version_watch.stop()
        self.inventory.stop()
        self._tools.index.stop()
        self._tools.hypervisor.close()
        self._tools.catalogue.close()

    def select(self, text: str, template: str | None, verb: PowerVerb | None = None) -> list[Machine]:
        """Return the machines a set names, in the given template, in one version of it, or in all.

        Raises:
            SelectionError: the set is malformed, or selects nothing the verb can act on.
            TemplateError: the template is unknown.
        """
        from qq2clone_tui.domain import selection

        picture = self.inventory.current if self.inventory.live else self.inventory.refresh()
        machines = list(picture.machines.values())
        if template is not None:
            self.template(template)
            named = parse_reference(template)
            machines = [m for m in machines if named.covers(m.template, m.version)]
        actionable = (lambda machine: refusal(verb, machine.state)) if verb is not None else None
        return selection.parse(text).resolve(machines, tags=picture.tags, actionable=actionable)

    def template(self, reference: str) -> Template:
        """Return a template at the version that is named, as ``debian@v3``, or at its newest.

        Raises:
            TemplateError: there is no such template or version.
        """
        named = parse_reference(reference)
        return self._tools.catalogue.template(named.name).at(named.version)

    def plan_clone(
        self, template: str, count: int, *, start: bool = False, dry_run: bool = False, ephemeral: bool = False
    ) -> Plan:
        """Return the plan for new clones; unless ``dry_run``, their identities are reserved by it.

        Args:
            template: a template, or one of its versions as ``debian@v3``.
            count: how many.
            start: start each once it is whole.
            dry_run: reserve nothing.
            ephemeral: they begin afresh at every start.
        """
        from .clones.plan_clones import Wanted, plan_clones

        chosen = self.template(template)
        wanted = Wanted(count, start=start, ephemeral=ephemeral, reference=str(parse_reference(template)))
        return plan_clones(self._tools, chosen, self._compilers.of(chosen), wanted, dry_run=dry_run)

    def plan_power(self, verb: PowerVerb, uuids: Sequence[str]) -> Plan:
        """Return the plan of a power verb for the machines with these UUIDs."""
        from .clones.plan_machines import plan_power
        from .saving.saved_states import state_bytes

        machines = self.inventory.current.machines
        chosen = [machines[uuid] for uuid in uuids if uuid in machines]
        renewed = any(machine.ephemeral for machine in chosen)  # those lose the disks they have
        need = need_of_machines(self._tools, thorough=renewed) if verb is PowerVerb.START else _nobody
        states = state_bytes(self._tools, chosen if verb is PowerVerb.SAVE_REMOVE else [])
        return plan_power(verb, uuids, machines, need, uri=self.uri, states=states)

    def plan_remove(self, uuids: Sequence[str]) -> Plan:
        """Return the plan that removes the machines with these UUIDs and their files."""
        from .clones.plan_machines import plan_removal

        tools = self._tools
        return self.checkpoints.mention_in(
            plan_removal(uuids, self.inventory.current.machines, tools.images, need_of_machines(tools), uri=self.uri)
        )

    def abandon(self, plan: Plan) -> None:
        """Give back the identities that a clone plan reserved and that were not used."""
        if plan.action is Action.CLONE:
            self._tools.catalogue.forget([step.uuid for step in plan.steps if step.clone is not None])
            self.inventory.nudge()

    def templates(self) -> list[Template]:
        """Return all templates in name order."""
        return self._tools.catalogue.templates()

    def import_template(
        self,
        source: str,
        name: str | None = None,
        *,
        copy: bool = False,
        dry_run: bool = False,
        choices: Choices = Choices(),  # noqa: B008 - frozen, so sharing it is safe
    ) -> "ImportReport":
        """Import a domain by name or UUID, or a file of domain XML by absolute path, as a template."""
        from .templates.importing import Source, import_template, source_of

        if source.startswith("/"):
            found = Source(source, self._read_xml(source))
        else:
            found = source_of(self._tools.hypervisor, source)
        report = import_template(self._tools, found, name, replace(choices, copy=copy), dry_run=dry_run)
        self.inventory.nudge()
        return report

    def plan_delete_template(self, name: str) -> "TemplateRemoval":
        """Return what deleting a template would do."""
        from .templates import removal

        return removal.plan_removal(self._tools, name)

    def delete_template(self, name: str) -> "TemplateRemoval":
        """Delete a template that has no clones; images it only refers to stay."""
        from .templates import removal

        removed = removal.remove(self._tools, name)
        self.inventory.nudge()
        return removed

    def details(self, uuid: str) -> "MachineDetails":
        """Return all that can be shown of one machine."""
        from .live.details import read_details

        found = read_details(self._tools.hypervisor, self._tools.images, uuid)
        machine = self.inventory.current.machines.get(uuid)
        return replace(found, saved_bytes=self.saves.bytes([machine]).get(uuid) if machine else None)

    def _prepare(self, plan: Plan) -> Callable[[Step], None]:
        from .jobs.execute import perform

        identities = [step.clone.identity for step in plan.steps if step.clone is not None]
        compiler = None
        if identities:
            made_from = self._tools.catalogue.template(identities[0].template).at(identities[0].version)
            compiler = self._compilers.of(made_from)
        guard = Guard(self._tools, plan)
        self.inventory.nudge()

        def carry_out(step: Step) -> None:
            guard.check(step)
            perform(self._tools, step, compiler)

        return carry_out


def _plan_again(session: Session, catalogue: Catalogue, plan: Plan) -> Plan:
    """Return a fresh plan for what failed."""
    from .jobs.retry import Planners, plan_again

    def clone(template: str, count: int, start: bool, ephemeral: bool) -> Plan:
        return session.plan_clone(template, count, start=start, ephemeral=ephemeral)

    return plan_again(Planners(session.plan_power, clone, _again(session)), catalogue, plan)


def _again(session: Session) -> Mapping[Action, Callable[[Plan], Plan]]:
    """Return how plans are made again for the machines they failed for."""

    def remove(plan: Plan) -> Plan:
        return session.plan_remove([step.uuid for step in plan.steps])

    def erase(plan: Plan) -> Plan:
        return session.erasures.again(remove(plan), plan.steps[0].erase)

    def renew(plan: Plan) -> Plan:
        return session.renewal.again(plan)

    def keep(plan: Plan) -> Plan:
        return session.checkpoints.again(plan)

    return {
        Action.REMOVE: remove,
        Action.WIPE: erase,
        Action.SHRED: erase,
        Action.RENAME: lambda plan: session.naming.plan(plan.template, plan.template),
        **dict.fromkeys((Action.RESET, Action.UPGRADE, Action.DETACH), renew),
        **dict.fromkeys((Action.CHECKPOINT, Action.REVERT, Action.CHECKPOINT_REMOVE), keep),
    }


def _nobody(_machine: Machine) -> str:
    return ""


class _Compilers:
    """Remembers each template's compiler: parsing its XML once serves a thousand clones."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Template, Compiler]] = {}
        self._lock = threading.Lock()

    def of(self, template: Template) -> "Compiler":
        """Return the compiler of a template at its version, as it is now."""
        from qq2clone_tui.domain.identity_xml import Compiler

        with self._lock:
            which = template.name, template.version
            known = self._known.get(which)
            if known is None or known[0] != template:
                known = self._known[which] = (template, Compiler(template.xml, template))
            return known[1]
