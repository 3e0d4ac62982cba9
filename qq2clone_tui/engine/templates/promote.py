"""Make a template of a clone: of its own files, at once, or of copies of them."""

import posixpath
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, Qq2cloneError, TemplateError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.domain.metadata import without_mark
from qq2clone_tui.domain.names import check_template_name, names_like
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.domain.template_text import as_values, from_values
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.images.beside import noted
from qq2clone_tui.engine.images.gate import refuse_needed
from qq2clone_tui.engine.images.sole_files import refuse_linked
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.renewal.stopped import undefine_stopped
from qq2clone_tui.engine.tools import Tools

from .choices import Choices
from .importing import import_template, source_of

__all__ = ["Promotion", "Promotions", "settle_promotion", "template_of"]

_WHAT = "cannot make a template of the machine"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What making a template of a machine does.

    Args:
        machine: name of the machine.
        template: name of the new template.
        images: absolute paths of the images that become the template's, or are copied for it.
        below: absolute paths of the images that those stand on, and that have to stay; empty for copies.
        keep: the machine stays, and the images are copied.
        removes: absolute paths of its other files, which go with it.
    """

    machine: str
    template: str
    images: tuple[str, ...]
    below: tuple[str, ...] = ()
    keep: bool = False
    removes: tuple[str, ...] = ()


class Promotions:
    """Clones that become templates.

    Args:
        tools: the adapters.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def plan(self, uuid: str, name: str, *, keep: bool = False) -> Promotion:
        """Return what making a template of a clone does.

        Args:
            uuid: the clone.
            name: the new template's.
            keep: copy its images, so that it stays.

        Raises:
            TemplateError: the name is taken or not fit for a template.
            BadArgument: it cannot be done to the machine, and why.
        """
        record = _ready(self._tools, uuid, name)
        template = template_of(self._tools, record, name)
        images = tuple(disk.image for disk in template.disks)
        if keep:
            return Promotion(record.identity.name, name, images, keep=True)
        below = [path for image in images for path in self._tools.images.stands_on(image)[1:]]
        kept = template.owned_files
        rest = tuple(path for path in record.files if path not in kept)
        return Promotion(record.identity.name, name, images, tuple(dict.fromkeys(below)), removes=rest)

    def promote(self, uuid: str, name: str, *, keep: bool = False) -> Template:
        """Make a template of a clone, and return it; see ``plan``.

        Raises:
            TemplateError, BadArgument: as ``plan``.
            Qq2cloneError: it failed; the clone is as it was, or it is finished at the next start.
        """
        record = _ready(self._tools, uuid, name)
        with self._tools.at_work.on(uuid, record.identity.name):
            made = _copied(self._tools, record, name) if keep else _promote(self._tools, record, name)
        self._inventory.nudge()
        return made


def settle_promotion(tools: Tools, intent: Intent) -> str:
    """Finish what was interrupted, unless the machine is still there, and return a sentence.

    Raises:
        Qq2cloneError: it cannot be done now; nothing is lost.
    """
    uuid, template = intent.subject, from_values(intent.payload)
    record = tools.catalogue.clone(uuid)
    if record is None or record.status is CloneStatus.REMOVING:
        # Somebody is removing it, or was killed in doing so: it goes, and is no template.
        tools.catalogue.intents.end(uuid)
        return ""
    if tools.hypervisor.read_domain(uuid) is not None:
        for path in template.owned_files:
            tools.store_of(path).sealing.unseal(path)
        tools.catalogue.intents.end(uuid)
        return f"{record.identity.name}: it was about to become a template, and is still a clone"
    name = _free_name(tools, template.name)
    _complete(tools, record, replace(template, name=name))
    return f"{record.identity.name}: it is the template {name} now"


def _promote(tools: Tools, record: CloneRecord, name: str) -> Template:
    uuid = record.identity.uuid
    left = tools.catalogue.intents.claim(uuid)
    if left is not None and left.kind is IntentKind.PROMOTE:
        settle_promotion(tools, left)
    template = template_of(tools, record, name)
    refuse_linked(tools, _WHAT, template.owned_files)
    intent = Intent(IntentKind.PROMOTE, uuid, as_values(template))
    tools.catalogue.intents.begin(intent)
    try:
        _refuse_changed(tools, record, name)
    except BaseException:
        tools.catalogue.intents.end(uuid)
        raise
    try:
        undefine_stopped(tools, uuid)
        _complete(tools, record, template)
    except Qq2cloneError as error:
        try:
            told = settle_promotion(tools, intent)
            error.remedy = f"{error.remedy} {told}{'.' if told else ''}".strip()
        except Qq2cloneError as again:
            error.remedy = f"{error.remedy} What was begun is finished at the next start ({again.what}).".strip()
        raise
    return tools.catalogue.template(name)


def _refuse_changed(tools: Tools, record: CloneRecord, name: str) -> None:
    """Raise if the clone or the name is not what it was before others were kept off the clone."""
    if _is_taken(tools, name):
        raise TemplateError(_WHAT, subject=name, why="there is a template of that name", remedy="Give another name.")
    now = tools.catalogue.clone(record.identity.uuid)
    if now is None or now.files != record.files:
        why = "it is no clone any more" if now is None else "it has got other disks meanwhile"
        raise BadArgument(_WHAT, subject=record.identity.name, why=why, remedy="Look at it, and try again.")


def _is_taken(tools: Tools, name: str) -> bool:
    return any(template.name == name for template in tools.catalogue.templates())


def _free_name(tools: Tools, name: str) -> str:
    """Return the first name that no template has: the machine is gone, so it must become one under some name."""
    return next(each for each in names_like(name) if not _is_taken(tools, each))


def _complete(tools: Tools, record: CloneRecord, template: Template) -> None:
    """Seal the images, delete the machine's other files, and record the template; each may have happened already."""
    tools.hypervisor.definitions.persist()  # the machine must not be back, and write to them, after a power cut
    kept = template.owned_files
    stamps = {path: tools.store_of(path).sealing.seal(path) for path in kept}
    for path in record.files:
        if path not in kept:
            tools.delete_file(path)
    disks = tuple(replace(disk, stamp=stamps.get(disk.image, disk.stamp)) for disk in template.disks)
    states = noted(tools.images, template)
    tools.catalogue.versions.adopt(replace(template, disks=disks, states=states), record.identity.uuid)


def _copied(tools: Tools, record: CloneRecord, name: str) -> Template:
    source = source_of(tools.hypervisor, record.identity.uuid)
    unmarked = replace(source, xml=without_mark(source.xml), origin=record.identity.name)
    options = tools.catalogue.template(record.identity.template).options
    chosen = Choices(copy=True, options={key: value for key, value in options.items() if key != "nvram"})
    return import_template(tools, unmarked, name, chosen, dry_run=False).template


def _ready(tools: Tools, uuid: str, name: str) -> CloneRecord:
    check_template_name(name)
    if _is_taken(tools, name):
        raise TemplateError(_WHAT, subject=name, why="there is a template of that name", remedy="Give another name.")
    record, domain = tools.catalogue.clone(uuid), tools.hypervisor.read_domain(uuid)
    if record is None or domain is None:
        raise BadArgument(_WHAT, subject=record.identity.name if record else uuid, why="it is no clone any more")
    with suppress(DomainNotFound):
        check_ours(tools, uuid, domain.name, record.files)
    why = remedy = ""
    if record.identity.staging:
        why, remedy = "it is a staging machine", "Commit it with: modify-template NAME commit-image"
    elif record.status is not CloneStatus.READY:
        why = "it is being made or removed"
    elif domain.state.active:
        why, remedy = f"it is {domain.state.value}", "Shut it down first."
    elif domain.state is DomainState.SAVED or record.saved is not None:
        why, remedy = "it is saved, and what is in its memory would be lost", "Start it, and shut it down inside."
    elif tools.hypervisor.has_snapshots(uuid):
        why, remedy = "it has checkpoints, which an image of a template cannot have", "Delete them first."
    if why:
        raise BadArgument(_WHAT, subject=domain.name, why=why, remedy=remedy)
    refuse_needed(tools, _WHAT, domain.name, record.files, [uuid])
    return record


def template_of(tools: Tools, record: CloneRecord, name: str) -> Template:
    """Return the template that a clone's own files make, not sealed yet."""
    xml = without_mark(tools.hypervisor.inactive_xml(record.identity.uuid))
    own = frozenset(record.files)
    disks = []
    for disk in describe(xml).disks:
        if disk.cloned:
            facts = tools.images.probe(disk.source)
            owned = disk.source in own
            disks.append(
                TemplateDisk(disk.target, disk.source, facts.format, facts.virtual_size, owned=owned, stamp=facts.stamp)
            )
    options = tools.catalogue.template(record.identity.template).options
    template = Template(name, xml, tuple(disks), source=record.identity.name, created_at=time.time(), options=options)
    place = posixpath.dirname(record.files[0]) if record.files else tools.images.place
    named = Compiler(xml, template).firmware_files(record.identity, place)
    there = tools.images.allocated_bytes(named.values())
    firmware = {where: path for where, path in named.items() if path in own and path in there}
    return replace(template, firmware=firmware)
