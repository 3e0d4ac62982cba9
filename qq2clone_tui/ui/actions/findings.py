"""Do something about what a check found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qq2clone_tui.domain.findings import CheckWish, Fate, Finding

from ..dialogs.question import QuestionDialog
from ..presenters.findings import consent_lines

if TYPE_CHECKING:
    from ..screens.check import CheckScreen

__all__ = ["FindingsActions"]

_QUESTION_WIDTH = 70


class FindingsActions:
    """Carries out the commands that are heard on the screen of findings.

    Args:
        screen: shows the findings.
    """

    def __init__(self, screen: "CheckScreen") -> None:
        self._screen = screen

    def why_not(self, verb: str) -> str:
        """Return why a command is not possible now; empty when it is."""
        screen = self._screen
        if verb in {"mend", "agree"} and screen.main.qq.read_only:
            return "this is read-only mode: nothing can be changed"
        if verb == "stop":
            return "" if screen.run.under_way else "nothing is being looked at now"
        if verb in {"mend", "agree", "digests", "again"} and screen.run.under_way:
            return "it is being looked at already; C stops that"
        if verb == "mend" and not self._of(Fate.MENDABLE):
            return "nothing was found that could be mended just so"
        if verb == "agree" and not self._of(Fate.NEEDS_CONSENT):
            return "nothing was found that takes your consent"
        return ""

    def mend(self) -> None:
        """Mend what can be mended without losing anything."""
        self._screen.look(CheckWish())

    def agree(self) -> None:
        """Show what takes the user's consent, and mend it too once that is given."""
        width = min(_QUESTION_WIDTH, self._screen.size.width - 10)
        report = self._screen.report
        if report is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._screen.look(CheckWish(consent=True))

        self._screen.app.push_screen(QuestionDialog("Mend this?", consent_lines(report, width)), answered)

    def digests(self) -> None:
        """Compute the digests of all images that are ours; in read-only mode none is recorded."""
        self._screen.look(CheckWish(mend=False, digests=True, record=not self._screen.main.qq.read_only))

    def again(self) -> None:
        """Look at everything again; nothing is mended by that."""
        self._screen.look(CheckWish(mend=False))

    def stop(self) -> None:
        """Look no further."""
        self._screen.run.stop()

    def back(self) -> None:
        """Go back; a look that is under way ends early."""
        self._screen.dismiss(None)

    def _of(self, fate: Fate) -> Sequence[Finding]:
        report = self._screen.report
        return report.with_fate(fate) if report else ()
