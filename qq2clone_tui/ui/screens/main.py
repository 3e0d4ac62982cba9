"""Lay out the main screen: tree, table, live pane and jobs, and keep them at the desk's picture."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from qq2clone_tui.domain.inventory import ConnectionState
from qq2clone_tui.domain.job import Ledger
from qq2clone_tui.domain.tags import tags_of

from ..actions.dispatch import Actions
from ..availability import Situation, why_not
from ..commands import Scope, command, in_scope
from ..desk import version_in_view
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
from .steady import SteadyScreen

if TYPE_CHECKING:
    from ..app import QqApp

__all__ = ["MainScreen"]

SMALLEST = (60, 16)


class MainScreen(SteadyScreen[None]):
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
        self.shown = False
        # The widgets are held, not looked up: news may still arrive while the screen is taken down.
        self.header = HeaderBar(app, id="header")
        self.banner = Sheet(id="banner")
        self.tree_pane = TemplateTree(self.desk, id="tree")
        self.first_run = FirstRun(id="first-run")
        self.table = MachineTable(self.desk, app.clock, app.taste.columns, id="table")
        self.live = LivePane(id="live")
        self.jobs = Sheet(id="jobs")
        self.prompt = Prompt(id="prompt")
        self.footer = FooterBar(self, id="footer")
        self.too_small = Sheet(id="too-small")

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield self.header
        yield self.banner
        with Horizontal(id="body"):
            yield self.tree_pane
            with Vertical(id="right"):
                yield self.first_run
                yield self.table
                with Horizontal(id="below"):
                    yield self.live
                    yield self.jobs
        yield self.prompt
        yield self.footer
        yield self.too_small

    def on_mount(self) -> None:
        """Give the table the keys, and show what is known."""
        self.shown = True
        self.first_run.entitle("Welcome")
        self.table.focus()
        self.show_all()

    def on_unmount(self) -> None:
        """Show nothing more."""
        self.shown = False

    def show_all(self) -> None:
        """Show the desk's picture; what has not changed costs nothing."""
        inventory = self.desk.inventory
        self.set_class(inventory.connection is ConnectionState.LIVE and not inventory.templates, "-first-run")
        self.set_class(inventory.connection is ConnectionState.RECONNECTING, "-stale")
        self.tree_pane.update_from_desk()
        self.first_run.welcome(
            self.qq.taste.keymap, sample=self.qq.make_sample is not None, read_only=self.qq.read_only
        )
        banner = inventory.problem or self.qq.session.banner
        self.set_class(bool(banner), "-banner")
        self.banner.show([line(Cell(f" {visible(banner)}", "warn"))] if banner else [])
        self.show_table()
        self.show_jobs()

    def show_table(self) -> None:
        """Show rows, marks, and all that follows the cursor."""
        self.table.entitle(table_title(self.desk))
        self.table.follow()
        self.show_live()
        self.show_bars()

    def show_live(self) -> None:
        """Show the machine under the cursor, or the version that was chosen in the tree while that has the keys."""
        version = version_in_view(self.desk) if self.tree_pane.has_focus else None
        if version is not None:
            self.live.show_version(version, self.actions.versions_in_view.of(version), self.qq.clock())
            return
        uuid = self.desk.cursor or ""
        machine = self.desk.inventory.machines.get(uuid)
        addresses = self.desk.addresses.get(uuid, ())
        tags = tags_of(uuid, self.desk.inventory.tags)
        self.live.show_machine(machine, self.desk.rates.get(uuid), self.actions.details.of(machine), addresses, tags)

    def show_jobs(self) -> None:
        """Show the newest job."""
        jobs, pane = self.qq.session.jobs.history, self.jobs
        self.set_class(bool(jobs), "-has-jobs")
        pane.entitle(ledger_title(jobs[-1]) if jobs else "Jobs")
        region = pane.scrollable_content_region
        pane.show(job_lines(jobs, region.width, region.height))
        self.show_bars()

    def show_bars(self) -> None:
        """Show the lines at the top and at the bottom."""
        self.header.update_from_app()
        self.footer.update_from_main()

    def flash(self, text: str, tone: str = "warn") -> None:
        """Say something in the bottom line until the next key."""
        self.footer.say(text, tone)

    def situation(self, job: Ledger | None = None) -> Situation:
        """Return all that decides what is possible now."""
        history, templates = self.qq.session.jobs.history, self.desk.inventory.templates
        under = self.desk.inventory.machines.get(self.desk.cursor or "")
        nearest = under.template if under else templates[0].name if len(templates) == 1 else ""
        return Situation(
            inventory=self.desk.inventory,
            targets=self.desk.targets,
            template=self.desk.place.template or nearest,
            job=job or (history[-1] if history else None),
            marked=bool(self.desk.marks),
            read_only=self.qq.read_only,
            sample=self.qq.make_sample is not None,
            version=self.desk.place.version,
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
    @on(LineList.Chosen)
    @on(LineList.Counted)
    @on(events.DescendantFocus)
    def hear_list(self, event: LineList.Moved | LineList.Chosen | LineList.Counted | events.DescendantFocus) -> None:
        """Follow the cursor, the place chosen in the tree, the digits typed, and which pane has the keys."""
        if isinstance(event, events.DescendantFocus):
            self.show_live()
            self.show_bars()
        elif isinstance(event, LineList.Counted):
            self.footer.count(event.count)
        elif isinstance(event, LineList.Chosen):
            if event.chooser is self.tree_pane:
                self.table.focus()
        else:
            if event.at > self.footer.said_at:  # news of a movement may come after what the next key was answered
                self.flash("")
            if event.mover is self.tree_pane:
                self.show_table()
            else:
                self.show_live()
                self.show_bars()

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
        self.too_small.show(text)
        self.call_after_refresh(self.show_all)
