"""Show the versions of a template that machines can be moved onto."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from qq2clone_tui.domain.inventory import Inventory, Machine

from .figures import age, amount
from .text import Cell, Line, counted, fit, line, visible

__all__ = ["VersionChoice", "choice_line", "choices_of", "remark_lines"]

_NOTE_WIDTH = 66
_MOST_NOTE_LINES = 3
_WORDS = 10


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """One version to choose.

    Args:
        number: of the version; None for the newest one of each machine's own template.
        newest: whether there is none after it.
        clones: that stand on it.
        size: bytes that its images take on disk; None when nobody has counted.
        ago: seconds since it was made; None when that is not known.
        drift: why its images are not what they were, one clause for each; empty when all is well.
        note: what its maker wrote about it.
        here: how many of the machines that are to be moved stand on it now.
    """

    number: int | None
    newest: bool = False
    clones: int = 0
    size: int | None = None
    ago: float | None = None
    drift: tuple[str, ...] = ()
    note: str = ""
    here: int = 0


def choices_of(inventory: Inventory, machines: Sequence[Machine], now: float) -> tuple[VersionChoice, ...]:
    """Return the versions that machines can be moved onto, newest first; across templates, only the newest of each.

    Args:
        inventory: what versions there are.
        machines: those to be moved; at least one.
        now: seconds since the epoch.
    """
    names = {machine.template for machine in machines}
    template = next((each for each in inventory.templates if names == {each.name}), None)
    if template is None or not template.versions:
        return (VersionChoice(None),)
    here = Counter(machine.version for machine in machines if not machine.detached)
    return tuple(
        VersionChoice(
            version.number,
            newest=version.number == template.version,
            clones=version.clones,
            size=version.bytes,
            ago=now - version.created_at if version.created_at else None,
            drift=version.drift,
            note=version.note,
            here=here[version.number],
        )
        for version in template.versions
    )


def choice_line(choice: VersionChoice, width: int, tone: str = "") -> Line:
    """Return one version at ``width`` cells: number, age, clones, bytes, note."""
    if choice.number is None:
        return line(Cell(fit(" the newest version of each template", width), "strong"), tone=tone)
    flag = Cell(" !" if choice.drift else "  ", "warn")
    word = "newest" if choice.newest else age(choice.ago) if choice.ago is not None else ""
    clones = fit(counted(choice.clones, "clone"), 12, right=True)
    size = fit(amount(choice.size), 7, right=True)
    before = 6 + 2 + _WORDS + len(clones) + len(size) + 2
    return line(
        Cell(fit(f" v{choice.number}", 6), "strong"),
        flag,
        Cell(f" {fit(word, _WORDS - 1)}", "good" if choice.newest else "dim"),
        Cell(clones + size, "dim"),
        f"  {fit(visible(choice.note), max(0, width - before))}",
        tone=tone,
    )


def remark_lines(choice: VersionChoice) -> Sequence[Line]:
    """Return what there is to say about the version under the cursor; at least one line."""
    lines: list[Line] = []
    for clause in choice.drift:
        first, *rest = wrap(visible(clause), _NOTE_WIDTH - 2) or [""]
        lines += [line(Cell(f" ! {first}", "warn")), *(line(Cell(f"   {row}", "warn")) for row in rest)]
    if choice.here and choice.number is not None:
        lines.append(line(Cell(f" {counted(choice.here, 'machine')} of yours {_stand(choice.here)} on it now.", "dim")))
    rows = wrap(visible(choice.note), _NOTE_WIDTH)
    lines += [line(f" {row}") for row in rows[:_MOST_NOTE_LINES]]
    return lines or [line(Cell(" Every machine gets a fresh disk over it and keeps who it is.", "dim"))]


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"
