"""Let machines and templates be edited as text, and store only what is sound."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.edit_rules import faults_of_machine, faults_of_template, new_disks
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, MissingProgram, Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler

from .dependents import Needs, needs_of_templates
from .editor import Editor
from .inventory_store import InventoryStore
from .tools import Tools

__all__ = ["Draft", "Editing"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that is being edited.

    Args:
        kind: ``machine`` or ``template``.
        ident: UUID of the machine, or name of the template.
        name: what it is called.
        original: the XML that the edit began with; it may hold secrets.
        text: the XML as edited so far.
        kept_at: absolute path of the file it was kept in before; empty for a fresh one.
        active: True while the machine runs, so that a change waits for its next start.
    """

    kind: str
    ident: str
    name: str
    original: str = field(repr=False)
    text: str = field(repr=False)
    kept_at: str = ""
    active: bool = False

    @property
    def key(self) -> str:
        """Return what drafts of the same thing have in common."""
        return f"{self.kind}-{self.ident}"


class Editing:
    """Edits of this session.

    Args:
        tools: the adapters; editor and drafts are among their programs.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def open_machine(self, uuid: str) -> Draft:
        """Return a clone's XML for editing, or the draft that was kept of it.

        Raises:
            DomainNotFound: the hypervisor does not know it.
            BadArgument: it is no clone of ours.
        """
        record, summary = self._tools.catalogue.clone(uuid), self._tools.hypervisor.read_domain(uuid)
        if record is None:
            raise BadArgument("cannot edit the machine", subject=uuid, why="it is no clone of a template here")
        if summary is None:
            raise DomainNotFound("cannot edit the machine", subject=record.identity.name, why="the hypervisor has none")
        xml = self._tools.hypervisor.inactive_xml(uuid)
        return self._resumed(Draft("machine", uuid, summary.name, xml, xml, active=summary.state.active))

    def open_template(self, name: str) -> Draft:
        """Return a template's XML for editing, or the draft that was kept of it.

        Raises:
            TemplateError: there is no such template.
        """
        xml = self._tools.catalogue.template(name).xml
        return self._resumed(Draft("template", name, name, xml, xml))

    def alone(self, draft: Draft) -> AbstractContextManager[None]:
        """Let nobody else edit the same thing for the length of a block.

        Raises:
            BadArgument: another process is editing it.
        """
        drafts = self._tools.programs.drafts
        return drafts.alone(draft.key, f"{draft.kind} {draft.name}") if drafts else nullcontext()

    def edit(self, draft: Draft) -> str:
        """Return the text as the user's editor left it; the editor takes the terminal meanwhile.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed.
        """
        return self._editor().edit(draft.text, draft.name)

    def store(self, draft: Draft, text: str) -> bool:
        """Store an edited text if it is sound, and tell whether anything was changed.

        Raises:
            BadXml, BadArgument: it cannot be stored; every reason is named, and nothing was changed.
        """
        if not text.strip():
            raise BadArgument(f"cannot store the {draft.kind}", subject=draft.name, why="the text is empty")
        if text == draft.original:
            self.discard(draft)
            return False
        try:
            if draft.kind == "machine":
                self._store_machine(draft, text)
            else:
                self._store_template(draft, text)
        except Qq2cloneError as error:
            error.subject = error.subject or draft.name
            raise
        self.discard(draft)
        self._inventory.nudge()
        return True

    def keep(self, draft: Draft, text: str) -> str:
        """Keep a text that could not be stored for the next time, and return the path of its file."""
        drafts = self._tools.programs.drafts
        return drafts.keep(draft.key, draft.original, text) if drafts else ""

    def discard(self, draft: Draft) -> None:
        """Forget the draft that was kept of something."""
        drafts = self._tools.programs.drafts
        if drafts is not None:
            drafts.drop(draft.key)

    def fresh(self, draft: Draft) -> Draft:
        """Throw a kept draft away and return the thing as it is now."""
        self.discard(draft)
        return self.open_machine(draft.ident) if draft.kind == "machine" else self.open_template(draft.ident)

    def _resumed(self, draft: Draft) -> Draft:
        drafts = self._tools.programs.drafts
        kept = drafts.find(draft.key) if drafts else None
        if kept is None:
            return draft
        return Draft(draft.kind, draft.ident, draft.name, kept.original, kept.text, kept.path, draft.active)

    def _editor(self) -> Editor:
        editor = self._tools.programs.editor
        if editor is None:
            raise MissingProgram("cannot edit", why="there is no editor here")
        return editor

    def _store_machine(self, draft: Draft, text: str) -> None:
        tools = self._tools
        record = tools.catalogue.clone(draft.ident)
        files = frozenset(record.files if record else ())
        faults = [*faults_of_machine(draft.original, text, files), *self._foreign_disks(draft, text)]
        _refuse(draft, faults)
        with tools.at_work.on(draft.ident, draft.name):
            # After a removal, defining it would bring back a machine without disks.
            record = tools.catalogue.clone(draft.ident)
            if record is None or record.status is not CloneStatus.READY:
                _refuse(draft, ["it is being made or removed"])
            _refuse_overtaken(draft, tools.hypervisor.inactive_xml(draft.ident))
            tools.hypervisor.definitions.redefine(text)

    def _store_template(self, draft: Draft, text: str) -> None:
        tools = self._tools
        template = tools.catalogue.template(draft.ident)
        faults = faults_of_template(draft.original, text)
        _refuse(draft, [*faults])
        Compiler(text, template)  # refuses what could not be cloned, with all the reasons
        _refuse_overtaken(draft, template.xml)
        tools.hypervisor.definitions.check(text)
        tools.catalogue.rewrite.template_xml(draft.ident, text)

    def _foreign_disks(self, draft: Draft, text: str) -> list[str]:
        """Return why disks that the edit adds may not be written to: others stand on them, or use them."""
        added = new_disks(draft.original, text)
        if not added:
            return []
        tools = self._tools
        needs: Needs = {
            **needs_of_templates(tools.images, tools.catalogue.templates()),
            **{
                tools.images.resolved(path): f"a file of {record.identity.name}"
                for record in tools.catalogue.clones()
                if record.identity.uuid != draft.ident
                for path in record.files
            },
        }
        reasons = ((source, needs.get(tools.images.resolved(source))) for source in added if source.startswith("/"))
        return [f"the added disk {source} is {need}; writing to it would ruin that" for source, need in reasons if need]


def _refuse(draft: Draft, faults: list[str]) -> None:
    if faults:
        why = faults[0] if len(faults) == 1 else "; ".join(f"({n}) {fault}" for n, fault in enumerate(faults, 1))
        raise BadArgument(f"cannot store the {draft.kind}", subject=draft.name, why=why)


def _refuse_overtaken(draft: Draft, current: str) -> None:
    if current != draft.original:
        raise BadArgument(
            f"cannot store the {draft.kind}",
            subject=draft.name,
            why="somebody else changed it since this edit began, and that change would be lost",
            remedy="Keep what you need of the draft, discard it, and edit again.",
        )
