"""Show what is wrong with machines, templates and images, and let it be mended."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.findings import CheckReport, CheckWish

from ..actions.findings import FindingsActions
from ..check_run import CheckRun
from ..commands import Scope, command, in_scope
from ..messages import CheckProgressed
from ..presenters.errors import error_lines
from ..presenters.findings import finding_lines, looking_line, report_line
from ..presenters.footer import footer_line
from ..presenters.text import Cell, line, visible
from ..widgets.finding_list import FindingList
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .help import HelpScreen
from .looking import bindings_of
from .steady import CoveringScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["CheckScreen"]


class CheckScreen(CoveringScreen[None]):
    """Findings above, all that is to be said of the one under the cursor below.

    Args:
        main: the screen behind.

    Attributes:
        report: what was found last; None until the first look has ended.
        run: the look that may be under way.
    """

    BINDINGS = bindings_of(Scope.CHECK)

    def __init__(self, main: "MainScreen") -> None:
        super().__init__()
        self.main = main
        self.report: CheckReport | None = None
        self.run = CheckRun(main.qq.session.check, main.qq.errands, lambda: self.post_message(CheckProgressed()))
        self._actions = FindingsActions(self)
        self._summary = Sheet(id="summary")
        self._list = FindingList(id="finding-list")
        self._detail = Sheet(id="finding-detail")
        self._footer = Sheet(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out summary, findings, what is to be said of one, and keys."""
        yield self._summary
        yield self._list
        yield self._detail
        yield self._footer

    def on_mount(self) -> None:
        """Look for the first time; nothing is mended by that."""
        self._list.entitle("What was found")
        self._detail.entitle("About it")
        self._list.focus()
        self.look(CheckWish(mend=False))

    def on_unmount(self) -> None:
        """Look no further."""
        self.run.stop()

    def look(self, wish: CheckWish) -> None:
        """Look at everything as wished."""
        self.run.begin(wish, self._take, self._fail)
        self.show_progress()

    @on(CheckProgressed)
    def show_progress(self) -> None:
        """Show how far the look has got."""
        if self.run.under_way:
            self._summary.show([looking_line(*self.run.progress)])
            self.hint()

    def show_findings(self) -> None:
        """Show what was found."""
        if self.report is not None and self.is_attached:
            self._list.take(self.report.findings)
            if not self.run.under_way:
                self._summary.show([report_line(self.report)])
            self.explain()

    @on(LineList.Moved)
    def explain(self) -> None:
        """Say all there is to say of the finding under the cursor."""
        finding = self._list.chosen
        width = max(20, self._detail.scrollable_content_region.width)
        self._detail.show(finding_lines(finding, width) if finding else [])
        self.hint()

    def say(self, text: str) -> None:
        """Say something at the foot of the screen."""
        self._footer.show([line(Cell(f" {visible(text)}", "warn"), tone="bar")])

    def hint(self) -> None:
        """Show the keys; those that would do nothing now are dim."""
        keymap = self.main.qq.taste.keymap
        shown = (*keymap.in_footer(in_scope(Scope.CHECK)), *keymap.dressed([command("program.help")]))
        self._footer.show(
            [footer_line([(one, not self._actions.why_not(one.verb)) for one in shown], 0, self.size.width)]
        )

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen, or say why that cannot be done."""
        why = self._actions.why_not(verb)
        if why:
            self.say(why)
        else:
            getattr(self._actions, verb)()

    def action_help(self) -> None:
        """Show every key, those of this screen first."""
        qq = self.main.qq
        qq.push_screen(HelpScreen(qq.taste.keymap, read_only=qq.read_only, first=Scope.CHECK))

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self.show_findings)

    def _take(self, report: CheckReport) -> None:
        self.report = report
        self.show_findings()

    def _fail(self, error: Qq2cloneError) -> None:
        if self.is_attached:
            self._summary.show([line(Cell(" it could not be looked at", "bad"), tone="bar")])
            self._detail.show(error_lines(error, self.size.width))
            self.hint()
