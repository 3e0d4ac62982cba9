"""List what a check found."""

from collections.abc import Sequence

from qq2clone_tui.domain.findings import Finding

from ..presenters.findings import finding_line
from ..presenters.text import Line
from .row_list import RowList

__all__ = ["FindingList"]


class FindingList(RowList[Finding]):
    """Findings, one row each; the cursor stays on its finding."""

    def take(self, findings: Sequence[Finding]) -> None:
        """Show these findings; the cursor stays on the same object where it is still among them."""
        before = self.chosen
        self.rows = tuple(findings)
        if before is not None:
            places = {(one.kind, one.subject): index for index, one in reversed(list(enumerate(self.rows)))}
            self._cursor = places.get((before.kind, before.subject), self._cursor)
        self.follow()

    def line_of(self, row: Finding, width: int, tone: str) -> Line:
        """Return one finding."""
        return finding_line(row, width, tone)
