"""Let machines and templates be edited as text, and store only what is sound."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.edit_rules import faults_of_machine, faults_of_template, new_disks
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, MissingProgram, Overtaken, Qq2cloneError
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.template import Template
from qq2clone_tui.domain.text_diff import diff_lines
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.images.beside import completed
from qq2clone_tui.engine.images.gate import need_of
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.ports.editor import Drafts
from qq2clone_tui.engine.tools import Tools

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
        kept_at: absolute path of the file it is edited in; empty before it is first edited.
        active: True while the machine runs, so that a change waits for its next start.
        behind: what others changed since the draft was kept, as in ``errors.Overtaken``.
    """

    kind: str
    ident: str
    name: str
    original: str = field(repr=False)
    text: str = field(repr=False)
    kept_at: str = ""
    active: bool = False
    behind: tuple[str, ...] = field(default=(), repr=False)


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
        """Return a clone's XML for editing.

        Raises:
            DomainNotFound: the hypervisor does not know it.
            BadArgument: it is no clone of ours.
        """
        record, summary = self._tools.catalogue.clone(uuid), self._tools.hypervisor.read_domain(uuid)
        if record is None:
            raise BadArgument("cannot edit the machine", subject=uuid, why="it is no clone of a template here")
        if summary is None:
            raise DomainNotFound("cannot edit the machine", subject=record.identity.name, why="the hypervisor has none")
        check_ours(self._tools, uuid, summary.name, record.files)
        xml = self._tools.hypervisor.inactive_xml(uuid)
        return Draft("machine", uuid, summary.name, xml, xml, active=summary.state.active)

    def open_template(self, name: str) -> Draft:
        """Return a template's XML for editing.

        Raises:
            TemplateError: there is no such template.
        """
        xml = self._tools.catalogue.template(name).xml
        return Draft("template", name, name, xml, xml)

    @contextmanager
    def alone(self, draft: Draft) -> Iterator[Draft]:
        """Let nobody else edit the same thing for the length of a block, and go on from the draft kept of it.

        Raises:
            BadArgument: another process is editing it.
        """
        with self._drafts.alone(self._key(draft), f"{draft.kind} {draft.name}"):
            kept = self._drafts.find(self._key(draft))
            if kept is None or kept.text == kept.original:
                yield draft
            else:
                behind = diff_lines(kept.original, draft.original) if kept.original != draft.original else ()
                yield replace(draft, text=kept.text, kept_at=kept.path, behind=behind)

    def edit(self, draft: Draft) -> Draft:
        """Let the user edit the text; the editor takes the terminal meanwhile.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed; what it wrote nevertheless is kept.
        """
        editor, key = self._tools.programs.editor, self._key(draft)
        if editor is None:
            raise MissingProgram("cannot edit", why="there is no editor here")
        path = draft.kept_at or self._drafts.keep(key, draft.name, draft.original, draft.text)
        try:
            editor.edit(path)
        except Qq2cloneError as error:
            kept = self._drafts.find(key)
            if (kept is None or not kept.text.strip()) and draft.text != draft.original:
                # It took the file away, or could not write it: what was there before is not to be lost by that.
                path = self._drafts.keep(key, draft.name, draft.original, draft.text)
                error.remedy = f"{error.remedy} The text as it was before is kept at {path}."
            elif kept is None or kept.text in (draft.original, ""):
                self._drafts.drop(key)
            else:
                error.remedy = f"{error.remedy} The text so far is kept at {path}; the next edit goes on from it."
            raise
        kept = self._drafts.find(key)
        return replace(draft, text=kept.text if kept else "", kept_at=path)

    def store(self, draft: Draft) -> bool:
        """Store an edited text if it is sound, and tell whether anything was changed.

        Raises:
            Overtaken: somebody else changed it since the edit began.
            BadXml, BadArgument: it cannot be stored; every reason is named, nothing was changed, and the
                draft stays.
        """
        if not draft.text.strip():
            self.discard(draft)
            raise BadArgument(f"cannot store the {draft.kind}", subject=draft.name, why="the text is empty")
        if draft.text == draft.original:
            self.discard(draft)
            return False
        try:
            if draft.kind == "machine":
                self._store_machine(draft, draft.text)
            else:
                self._store_template(draft, draft.text)
        except Qq2cloneError as error:
            error.subject = error.subject or draft.name
            raise
        self.discard(draft)
        self._inventory.nudge()
        return True

    def discard(self, draft: Draft) -> None:
        """Forget the draft that was kept of something."""
        self._drafts.drop(self._key(draft))

    def fresh(self, draft: Draft) -> Draft:
        """Throw a kept draft away and return the thing as it is now."""
        self.discard(draft)
        return self.open_machine(draft.ident) if draft.kind == "machine" else self.open_template(draft.ident)

    @property
    def _drafts(self) -> Drafts:
        drafts = self._tools.programs.drafts
        if drafts is None:
            raise MissingProgram("cannot edit", why="there is no place for texts here")
        return drafts

    def _key(self, draft: Draft) -> str:
        """Return what drafts of the same thing have in common; other hypervisors have templates of that name."""
        place = sha256(self._tools.hypervisor.uri.encode()).hexdigest()[:8]
        return f"{draft.kind}-{draft.ident}-{place}"

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
        _note_states(tools, replace(template, xml=text))

    def _foreign_disks(self, draft: Draft, text: str) -> list[str]:
        """Return why disks that the edit adds may not be written to: others stand on them, or use them."""
        added = new_disks(draft.original, text)
        if not added:
            return []
        tools = self._tools
        graph = tools.index.graph(machines=False)
        reasons = ((source, need_of(tools, graph, [source], [draft.ident])) for source in added if source[:1] == "/")
        return [
            f"the added disk {source} is needed by {need}; writing to it would ruin that"
            for source, need in reasons
            if need
        ]


def _refuse(draft: Draft, faults: list[str]) -> None:
    if faults:
        why = faults[0] if len(faults) == 1 else "; ".join(f"({n}) {fault}" for n, fault in enumerate(faults, 1))
        raise BadArgument(f"cannot store the {draft.kind}", subject=draft.name, why=why)


def _refuse_overtaken(draft: Draft, current: str) -> None:
    if current != draft.original:
        overtaken = Overtaken(
            f"cannot store the {draft.kind}",
            subject=draft.name,
            why="somebody else changed it since this edit began, and that change would be lost",
        )
        overtaken.diff = diff_lines(draft.original, current)
        raise overtaken


def _note_states(tools: Tools, template: Template) -> None:
    """Watch the files that clones get copies of by now, where the edit names others than before."""
    for version in template.history:
        states = completed(tools.images, template.at(version.number))
        if states != version.states:
            tools.catalogue.versions.replace_states(template.name, version.number, states)
