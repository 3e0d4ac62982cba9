"""Hold measured figures against the promised ones."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Figure", "Missing", "Result", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise and what was measured.

    Args:
        name: what was measured, and against what.
        measured: the figure, in ``unit``.
        required: the least it may be, or the most when ``at_most``.
        unit: ``x`` for ratios, else ms, MB, ...
        at_most: True when less is better.
        note: the raw figures behind a ratio.
    """

    name: str
    measured: float
    required: float
    unit: str = "x"
    at_most: bool = False
    note: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the promise is kept."""
        return self.measured <= self.required if self.at_most else self.measured >= self.required

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a line of the table."""
        bound = f"{'<=' if self.at_most else '>='} {_number(self.required)} {self.unit}"
        return (self.name, f"{_number(self.measured)} {self.unit}", bound, "yes" if self.ok else "NO", self.note)


@dataclass(frozen=True, slots=True)
class Missing:
    """A promise that could not be looked into on this machine, and why; no proof, but no failure either."""

    name: str
    why: str

    @property
    def ok(self) -> bool:
        """Tell that nothing was found wanting."""
        return True

    def cells(self) -> tuple[str, ...]:
        """Return the gap as a line of the table."""
        return (self.name, "-", "-", "?", f"not measured: {self.why}")


Result = Figure | Missing


def table(results: Sequence[Result]) -> str:
    """Return the results as aligned text."""
    rows = [("figure", "measured", "required", "ok?", ""), *(result.cells() for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(_line(row, widths) for row in (rows[0], tuple("-" * width for width in widths), *rows[1:]))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), *row[4:]]).rstrip()


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2f}"
