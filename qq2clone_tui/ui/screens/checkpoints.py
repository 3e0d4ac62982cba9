"""Show the checkpoints of machines; make them, go back to them, delete them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import Ledger

from ..actions.checkpoint_screen import CheckpointScreenActions
from ..availability import why_not
from ..commands import Scope, command, in_scope
from ..messages import InventoryChanged, LedgersChanged
from ..presenters.checkpoints import outcome_text, remark_lines, rows_by_machine, rows_of, subject_line
from ..presenters.footer import footer_line
from ..presenters.text import Cell, line, visible
from ..widgets.checkpoint_list import CheckpointList
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .help import HelpScreen
from .looking import bindings_of
from .steady import CoveringScreen

if TYPE_CHECKING:
    from ..actions.plans import Plans
    from .main import MainScreen

__all__ = ["CheckpointsScreen"]


class CheckpointsScreen(CoveringScreen[None]):
    """One list, for one machine, for several together by name, or for several one by one.

    Args:
        main: the screen behind.
        plans: the way from a wish to a job.
        uuids: the machines.
        place: what they stand on, in words, where they were chosen by that in the tree.

    Attributes:
        by_machine: whether several machines are listed one by one, at first only where they were chosen by a place.
        uuids: as given.
        list: the checkpoints.
        found: those of each machine that has any, by UUID; None until they are read.
    """

    BINDINGS = bindings_of(Scope.CHECKPOINTS)

    def __init__(self, main: "MainScreen", plans: "Plans", uuids: Sequence[str], place: str = "") -> None:
        super().__init__()
        self.main = main
        self.uuids = tuple(uuids)
        self.by_machine = bool(place)
        self._place = place
        self.list = CheckpointList(read_only=main.qq.read_only, id="checkpoint-list")
        self.found: Mapping[str, Sequence[Checkpoint]] | None = None
        self._actions = CheckpointScreenActions(self, plans)
        self._summary = Sheet(id="summary")
        self._remark = Sheet(id="checkpoint-remark")
        self._footer = Sheet(id="footer")
        self._unsubscribe: tuple[Callable[[], None], ...] = ()
        self._seen: tuple[Ledger, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out subject, list, remark and keys."""
        yield self._summary
        yield self.list
        yield self._remark
        yield self._footer

    def on_mount(self) -> None:
        """Read the checkpoints, and follow jobs and machines."""

        def jobs_changed(_: object) -> None:
            self.post_message(LedgersChanged())

        def machines_changed(_: object) -> None:
            self.post_message(InventoryChanged())

        session = self.main.qq.session
        self._seen = session.jobs.history
        self._unsubscribe = (session.jobs.subscribe(jobs_changed), session.inventory.subscribe(machines_changed))
        self.list.entitle("Checkpoints")
        self.list.focus()
        self._show_subject()
        self.look()

    def on_unmount(self) -> None:
        """Follow them no more."""
        for stop in self._unsubscribe:
            stop()

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Return those of the machines that there are still."""
        known = self.main.qq.session.inventory.current.machines
        return tuple(known[uuid] for uuid in self.uuids if uuid in known)

    @on(InventoryChanged)
    def follow_machines(self, event: InventoryChanged) -> None:
        """Show the machine's state as it is now."""
        event.stop()
        self._show_subject()

    @on(LedgersChanged)
    def follow_jobs(self, event: LedgersChanged) -> None:
        """Look again once a job has finished, and say what became of it."""
        event.stop()
        history = self.main.qq.session.jobs.history
        ended = [each for each in history if each.finished and each not in self._seen]
        if ended:
            self._seen = history
            self.look(outcome_text(ended[-1]))

    def show_rows(self) -> None:
        """Show the checkpoints that are known, in the way that was chosen."""
        if self.found is not None:
            rows = (rows_by_machine if self.by_machine else rows_of)(self.machines, self.found)
            self.list.take(rows, len(self.uuids))
        self._show_subject()
        self.show_remark()

    def look(self, outcome: str = "") -> None:
        """Read the checkpoints; until they are known again, those that were known stay.

        Args:
            outcome: what is said at the foot of the screen once they are read.
        """

        def take(found: Mapping[str, Sequence[Checkpoint]]) -> None:
            if self.is_attached:
                self.found = found
                self.show_rows()
                if outcome:
                    self.say(outcome, "bad" if "failed" in outcome else "good")

        checkpoints = self.main.qq.session.checkpoints
        self.main.qq.errands.run("", lambda: checkpoints.of_all(self.uuids), take)

    @on(LineList.Moved)
    def show_remark(self) -> None:
        """Say what there is to say about the checkpoint under the cursor, and which keys there are."""
        row = self.list.chosen
        self._remark.show(remark_lines(row, self._remark.size.width) if row else [])
        keymap, now = self.main.qq.taste.keymap, self.main.situation()
        own = in_scope(Scope.CHECKPOINTS, read_only=now.read_only)
        shown = (*keymap.in_footer(own), *keymap.dressed([command("program.help")]))
        on_row = {"revert", "remove"}
        pairs = [
            (entry, not why_not(entry, now) and (row is not None or entry.verb not in on_row))
            for entry in shown
            if entry.verb != "turn" or len(self.uuids) > 1
        ]
        self._footer.show([footer_line(pairs, 0, self.size.width)])

    def say(self, text: str, tone: str = "warn") -> None:
        """Say something at the foot of the screen until the cursor moves."""
        self._footer.show([line(Cell(f" {visible(text)}", tone), tone="bar")])

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen, or say why that cannot be done now."""
        self.show_remark()
        why = why_not(command(f"checkpoints.{verb}"), self.main.situation())
        if why:
            self.say(why)
        else:
            getattr(self._actions, verb)()

    def action_help(self) -> None:
        """Show every key, those of this screen first."""
        self.app.push_screen(
            HelpScreen(self.main.qq.taste.keymap, read_only=self.main.qq.read_only, first=Scope.CHECKPOINTS)
        )

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self.list.follow)
        self.call_after_refresh(self.show_remark)

    def _show_subject(self) -> None:
        rows = None if self.found is None else self.list.rows
        self._summary.show([subject_line(self.machines, rows, self.found, self._place)])
