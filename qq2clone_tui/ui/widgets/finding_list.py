"""List what a check found."""

from collections.abc import Sequence

from qq2clone_tui.domain.findings import Finding

from ..presenters.findings import finding_line
from ..presenters.text import Line
from .line_list import LineList

__all__ = ["FindingList"]


class FindingList(LineList):
    """Findings, one row each; the cursor stays on its finding."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.findings: tuple[Finding, ...] = ()

    @property
    def line_count(self) -> int:
        """Return the number of findings."""
        return len(self.findings)

    @property
    def chosen(self) -> Finding | None:
        """Return the finding under the cursor."""
        return self.findings[self.cursor] if self.findings else None

    def take(self, findings: Sequence[Finding]) -> None:
        """Show these findings; the cursor stays on the same object where it is still among them."""
        before = self.chosen
        self.findings = tuple(findings)
        if before is not None:
            places = {(one.kind, one.subject): index for index, one in reversed(list(enumerate(self.findings)))}
            self._cursor = places.get((before.kind, before.subject), self._cursor)
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one finding."""
        tone = self.cursor_tone if index == self.cursor else ""
        return finding_line(self.findings[index], self.scrollable_content_region.width, tone)
