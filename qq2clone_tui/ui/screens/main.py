"""Lay out the main screen: tree, table, live pane and jobs, and keep them at the desk's picture."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from qq2clone_tui.domain.inventory import ConnectionState
from qq2clone_tui.domain.job import Ledger

from ..actions.dispatch import Actions
from ..availability import Situation, why_not
from ..commands import Scope, command, in_scope
from ..presenters.ledgers import job_lines, ledger_title
from ..presenters.text import Cell, Line, line, visible
from ..presenters.titles import table_title
from ..widgets.bars import FooterBar, HeaderBar
from ..widgets.first_run import FirstRun
from ..widgets.line_list import LineList
from ..widgets.live_pane import LivePane
from ..widgets.machine_table import MachineTable
from ..widgets.prompt import Prompt
from ..widgets.sheet import Sheet
from ..widgets.template_tree import TemplateTree

if TYPE_CHECKING:
    from ..app import QqApp

__all__ = ["MainScreen"]

SMALLEST = (60, 16)


class MainScreen(Screen[None]):
    """The screen everything begins at.

    Args:
        app: the app whose desk is shown.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), f"perform('{entry.id}')", entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.MAIN)
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (110, "-wide"), (150, "-vast")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (SMALLEST[1], "-low"), (36, "-tall")]  # noqa: RUF012

    def __init__(self, app: "QqApp") -> None:
        super().__init__()
        self.qq = app
        self.desk = app.desk
        self.actions = Actions(self)
        self.table = MachineTable(self.desk, app.clock, id="table")
        self.prompt = Prompt(id="prompt")

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield HeaderBar(self.qq, id="header")
        yield Sheet(id="banner")
        with Horizontal(id="body"):
            yield TemplateTree(self.desk, id="tree")
            with Vertical(id="right"):
                yield FirstRun(id="first-run")
                yield self.table
                with Horizontal(id="below"):
                    yield LivePane(id="live")
                    yield Sheet(id="jobs")
        yield self.prompt
        yield FooterBar(self, id="footer")
        yield Sheet(id="too-small")

    def on_mount(self) -> None:
        """Give the table the keys, and show what is known."""
        self.query_one(FirstRun).entitle("Welcome")
        self.table.focus()
        self.call_after_refresh(self.show_all)

    def show_all(self) -> None:
        """Show the desk's picture; what has not changed costs nothing."""
        inventory = self.desk.inventory
        self.set_class(inventory.connection is ConnectionState.LIVE and not inventory.templates, "-first-run")
        self.set_class(inventory.connection is ConnectionState.RECONNECTING, "-stale")
        self.query_one(TemplateTree).update_from_desk()
        self.query_one(FirstRun).welcome(sample=self.qq.make_sample is not None, read_only=self.qq.read_only)
        banner = inventory.problem or self.qq.session.banner
        self.set_class(bool(banner), "-banner")
        self.query_one("#banner", Sheet).show([line(Cell(f" {visible(banner)}", "warn"))] if banner else [])
        self.show_table()
        self.show_jobs()

    def show_table(self) -> None:
        """Show rows, marks, and all that follows the cursor."""
        self.table.entitle(table_title(self.desk))
        self.table.follow()
        self.show_live()
        self.show_bars()

    def show_live(self) -> None:
        """Show the machine under the cursor."""
        uuid = self.desk.cursor or ""
        machine = self.desk.inventory.machines.get(uuid)
        self.query_one(LivePane).show_machine(machine, self.desk.rates.get(uuid), self.actions.details.of(machine))

    def show_jobs(self) -> None:
        """Show the newest job."""
        jobs, pane = self.qq.session.jobs.history, self.query_one("#jobs", Sheet)
        self.set_class(bool(jobs), "-has-jobs")
        pane.entitle(ledger_title(jobs[-1]) if jobs else "Jobs")
        region = pane.scrollable_content_region
        pane.show(job_lines(jobs, region.width, region.height))
        self.show_bars()

    def show_bars(self) -> None:
        """Show the lines at the top and at the bottom."""
        self.query_one(HeaderBar).update_from_app()
        self.query_one(FooterBar).update_from_main()

    def flash(self, text: str, tone: str = "warn") -> None:
        """Say something in the bottom line until the next key."""
        self.query_one(FooterBar).say(text, tone)

    def situation(self, job: Ledger | None = None) -> Situation:
        """Return all that decides what is possible now."""
        history, templates = self.qq.session.jobs.history, self.desk.inventory.templates
        only = templates[0].name if len(templates) == 1 else ""
        return Situation(
            inventory=self.desk.inventory,
            targets=self.desk.targets,
            template=self.desk.place.template or only,
            job=job or (history[-1] if history else None),
            marked=bool(self.desk.marks),
            read_only=self.qq.read_only,
            sample=self.qq.make_sample is not None,
        )

    def action_perform(self, ident: str) -> None:
        """Carry out a command of the table, or say why that cannot be done now."""
        too_small = self.has_class("-tiny") or self.has_class("-flat")
        if too_small and ident != "program.quit":
            return
        self.flash("")
        why = why_not(command(ident), self.situation())
        if why:
            self.flash(why)
        else:
            self.actions.perform(ident)

    @on(LineList.Moved)
    def follow_cursor(self, event: LineList.Moved) -> None:
        """Follow the cursor of the table, or the place chosen in the tree."""
        self.flash("")
        if isinstance(event.mover, TemplateTree):
            self.show_table()
        else:
            self.show_live()

    @on(LineList.Chosen)
    def leave_tree(self, event: LineList.Chosen) -> None:
        """Go on to the table from the tree."""
        if isinstance(event.chooser, TemplateTree):
            self.table.focus()

    @on(LineList.Counted)
    def show_count(self, event: LineList.Counted) -> None:
        """Show the digits typed so far."""
        self.query_one(FooterBar).count(event.count)

    @on(Prompt.Changed)
    @on(Prompt.Accepted)
    @on(Prompt.Dismissed)
    def hear_prompt(self, event: Prompt.Changed | Prompt.Accepted | Prompt.Dismissed) -> None:
        """Let the filter or the set follow what is typed."""
        self.actions.prompts.heard(event)

    def on_resize(self, event: events.Resize) -> None:
        """Fit everything to another size."""
        width, height = event.size
        text: tuple[Line, ...] = (
            line(Cell(" Too small", "strong")),
            line(Cell(f" {width}×{height}; this needs {SMALLEST[0]}×{SMALLEST[1]}", "dim")),
            line(Cell(" q quits", "dim")),
        )
        self.query_one("#too-small", Sheet).show(text)
        self.call_after_refresh(self.show_all)
