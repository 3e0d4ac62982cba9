"""Show every job of this session, and one of them machine by machine."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from qq2clone_tui.domain.job import Entry, EntryState, Ledger

from ..availability import why_not
from ..commands import Group, command, in_scope
from ..commands import Scope as Where
from ..dialogs.dialog import key_hints
from ..presenters.ledgers import MARKS, entry_line, ledger_summary, urgent
from ..presenters.text import Cell, Line, fit, line, visible
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .steady import CoveringScreen

if TYPE_CHECKING:
    from ..actions.jobs import JobActions
    from .main import MainScreen

__all__ = ["JobsScreen"]


class JobList(LineList):
    """The jobs, the newest on top."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.jobs: tuple[Ledger, ...] = ()
        self.entitle("Jobs")

    @property
    def line_count(self) -> int:
        """Return the number of jobs."""
        return len(self.jobs)

    @property
    def chosen(self) -> Ledger | None:
        """Return the job under the cursor."""
        return self.jobs[self.cursor] if self.jobs else None

    def take(self, history: tuple[Ledger, ...]) -> None:
        """Show these jobs; the cursor stays on its job."""
        before = self.chosen
        self.jobs = tuple(reversed(history))
        if before is not None:
            self._cursor = next((i for i, job in enumerate(self.jobs) if job.job == before.job), 0)
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one job: number, title, how it stands."""
        job = self.jobs[index]
        failed = job.count(EntryState.FAILED)
        state = EntryState.RUNNING if not job.finished else EntryState.FAILED if failed else EntryState.DONE
        if job.finished and not failed and job.count(EntryState.SKIPPED):
            state = EntryState.SKIPPED
        mark, tone = MARKS[state]
        width = self.scrollable_content_region.width
        return line(
            Cell(f"{job.job:>3} ", "dim"),
            Cell(f"{mark} ", tone),
            fit(visible(job.plan.title), max(1, width - 6)),
            tone=self.cursor_tone if index == self.cursor else "",
        )


class EntryList(LineList):
    """The machines of one job, those that need eyes first; the whole reason of the one under the cursor below."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.entries: tuple[Entry, ...] = ()

    @property
    def line_count(self) -> int:
        """Return the number of machines."""
        return len(self.entries)

    def take(self, ledger: Ledger | None) -> None:
        """Show the machines of a job."""
        self.entries = urgent(ledger) if ledger else ()
        self.entitle(f"{visible(ledger.plan.title)}" if ledger else "Machines")
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one machine."""
        tone = self.cursor_tone if index == self.cursor else ""
        return entry_line(self.entries[index], self.scrollable_content_region.width, tone)


class JobsScreen(CoveringScreen[None]):
    """The whole ledger, with retry and cancel.

    Args:
        main: the screen behind, for what is possible now.
        actions: carries out retry and cancel.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("escape,q,J", "leave", show=False),
        *(
            Binding(",".join(entry.keys), f"perform('{entry.id}')", entry.title, id=f"ledger.{entry.verb}", show=False)
            for entry in in_scope(Where.MAIN)
            if entry.group is Group.JOBS and entry.writes
        ),
    ]

    def __init__(self, main: "MainScreen", actions: "JobActions") -> None:
        super().__init__()
        self._main = main
        self._actions = actions
        self._summary = Sheet(id="summary")
        self._jobs = JobList(id="job-list")
        self._entries = EntryList(id="entry-list")
        self._reason = Sheet(id="reason")
        self._footer = Sheet(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out jobs, machines and the reason."""
        yield self._summary
        with Horizontal(id="ledger"):
            yield self._jobs
            yield self._entries
        yield self._reason
        yield self._footer

    def on_mount(self) -> None:
        """Let the list of jobs have the keys."""
        self._hint()
        self._jobs.focus()
        self._reason.entitle("Reason")
        self.call_after_refresh(self.show_jobs)

    def show_jobs(self) -> None:
        """Show how the jobs stand now."""
        jobs = self._jobs
        jobs.take(self._main.qq.session.jobs.history)
        self._entries.take(jobs.chosen)
        summary = ledger_summary(jobs.chosen) if jobs.chosen else line(Cell(" No jobs yet.", "dim"))
        self._summary.show([summary])
        self._show_reason()

    def action_perform(self, ident: str) -> None:
        """Retry or cancel the job under the cursor, or say why that cannot be done."""
        ledger = self._jobs.chosen
        why = why_not(command(ident), self._main.situation(ledger))
        if why:
            self._footer.show([line(Cell(f" {visible(why)}", "warn"), tone="bar")])
            return
        if command(ident).verb == "retry":
            self._actions.retry(ledger)
        else:
            self._actions.cancel(ledger)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Follow the cursor."""
        self._hint()
        if isinstance(event.mover, JobList):
            self._entries.move_to(0)
            self.show_jobs()
        self._show_reason()

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self.show_jobs)

    def _hint(self) -> None:
        pairs = (("R", "retry failed"), ("C", "cancel"), ("tab", "machines"), ("esc", "back"))
        self._footer.show([Line(key_hints(*pairs).cells, "bar")])

    def _show_reason(self) -> None:
        entries, sheet = self._entries, self._reason
        entry = entries.entries[entries.cursor] if entries.entries else None
        text = visible(entry.reason) if entry else ""
        width = max(10, sheet.scrollable_content_region.width - 2)
        rows = [text[start : start + width] for start in range(0, len(text), width)] or ["-"]
        sheet.show([line(Cell(f" {row}", "" if text else "dim")) for row in rows])
