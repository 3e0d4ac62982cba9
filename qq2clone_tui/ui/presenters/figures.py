"""Write bytes, shares, rates and ages in five cells or fewer."""

__all__ = ["age", "amount", "bar", "rate", "share", "sparkline"]

_UNITS = "BKMGTPE"
_BLOCKS = "▁▂▃▄▅▆▇█"


def amount(size: float | None) -> str:
    """Return bytes in binary units: ``196K``, ``1.2G``; ``-`` when not known."""
    if size is None:
        return "-"
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    if unit == 0:
        return str(int(value)) + ("B" if value else "")
    return f"{value:.1f}{_UNITS[unit]}" if value < 9.95 else f"{value:.0f}{_UNITS[unit]}"


def rate(size: float | None) -> str:
    """Return bytes a second: ``1.2M/s``."""
    return "-" if size is None else f"{amount(size)}/s"


def share(percent: float | None) -> str:
    """Return a percentage without decimals."""
    return "-" if percent is None else f"{percent:.0f}%"


def age(seconds: float) -> str:
    """Return how long ago something was, in its largest unit; under a minute is ``now``."""
    for size, unit in ((31_557_600, "y"), (604_800 * 2, "w"), (86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / (604_800 if unit == 'w' else size):.0f}{unit}"
    return "now"


def bar(part: float | None, width: int) -> str:
    """Return a share of 0-1 as a bar of ``width`` cells."""
    filled = round(min(1.0, max(0.0, part or 0.0)) * width)
    return "━" * filled + "╌" * (width - filled)


def sparkline(values: tuple[float, ...], width: int, top: float = 100.0) -> str:
    """Return the newest ``width`` values as blocks, the newest at the right."""
    newest = values[-width:] if width > 0 else ()
    steps = "".join(_BLOCKS[min(7, max(0, int(value / top * 8)))] for value in newest)
    return " " * (width - len(newest)) + steps
