"""Make the machine in which the next version of a template is made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from qq2clone_tui.domain.clone import STAGING, CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.intent import IntentKind, template_subject
from qq2clone_tui.domain.names import staging_name
from qq2clone_tui.domain.plan import Action, CloneSpec, Step
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.clones.reserve import Request, taken_on_host
from qq2clone_tui.engine.images.drift import refuse_drifted, unfinished_in_place
from qq2clone_tui.engine.jobs.execute import perform
from qq2clone_tui.engine.tools import Tools

__all__ = ["compiler_of", "make_staging", "staging_record", "unfinished_in_place"]

_MOST_NAMES = 100
_WRITABLE = {DiskPolicy.SHARE: DiskPolicy.OVERLAY, DiskPolicy.COPY: DiskPolicy.OVERLAY}


@dataclass(frozen=True)
class _StagingRequest(Request):
    """Asks for the one machine of a template that has no number; see ``Request``."""

    @property
    def numbers(self) -> Iterable[int]:
        """The one number there is."""
        return (STAGING,)

    def name(self, number: int) -> str:  # noqa: ARG002 - the request's parameter
        """Return the first name that no machine or file has, after the version that is made in it."""
        name = staging_name(self.template, self.version + 1)
        names = (name if suffix == 1 else f"{name}-{suffix}" for suffix in range(1, _MOST_NAMES))
        return next((each for each in names if each not in self.host_names and not self._in_the_way(each)), name)

    def _in_the_way(self, name: str) -> bool:
        return self.occupied(self.files(CloneIdentity(self.template, self.version, STAGING, name, "")))


def staging_record(tools: Tools, name: str) -> CloneRecord | None:
    """Return the record of a template's staging machine, None when there is none."""
    return next((record for record in tools.catalogue.clones(name) if record.identity.staging), None)


def compiler_of(template: Template) -> Compiler:
    """Return what makes staging machines: like clones, but every image can be written over that is not blank."""
    disks = tuple(replace(disk, policy=_WRITABLE.get(disk.policy, disk.policy)) for disk in template.disks)
    return Compiler(template.xml, replace(template, disks=disks))


def make_staging(tools: Tools, name: str) -> CloneRecord:
    """Make the staging machine of a template over its newest version, and return its record.

    Raises:
        TemplateError: there is no such template, or it has a staging machine.
        BadArgument: a commit in place was interrupted.
        AccessError: the newest version is not what it was, or the storage cannot be used.
    """
    template = tools.catalogue.template(name)
    unfinished = tools.catalogue.intents.of(template_subject(name))
    if unfinished is not None and unfinished.kind is IntentKind.IN_PLACE:
        raise unfinished_in_place(name)
    tools.images.check_ready()
    refuse_drifted(tools, template, beside=True)
    compiler = compiler_of(template)
    ours = frozenset(record.identity.uuid for record in tools.catalogue.clones())
    names, uuids, macs = taken_on_host(tools.hypervisor, ours)

    def occupied(paths: Iterable[str]) -> bool:
        return bool(tools.images.allocated_bytes(paths))

    place = tools.images.place
    request = _StagingRequest(name, template.version, 1, compiler, place, occupied, names, uuids, macs)
    records = tools.catalogue.reserve(request)
    if not records:
        why = "it has one already, or files of that name are in the way"
        raise TemplateError("cannot make the staging machine", subject=name, why=why)
    identity = records[0].identity
    specs = tuple(compiler.files(identity, place))
    shell = lines(Action.CLONE, tools.hypervisor.uri, identity.name, images=specs)
    step = Step(Action.CLONE, identity.uuid, identity.name, clone=CloneSpec(identity, specs), equivalent=shell)
    perform(tools, step, compiler)
    return replace(records[0], status=CloneStatus.READY)
