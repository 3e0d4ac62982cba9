"""Say what to do when there is no template yet."""

from ..commands import command, key_label
from ..keymap import Keymap
from ..presenters.text import Cell, Line, line
from .sheet import Sheet

__all__ = ["FirstRun"]


class FirstRun(Sheet):
    """The two ways on from nothing, each one key away."""

    def welcome(self, keymap: Keymap, *, sample: bool, read_only: bool) -> None:
        """Show the ways that are open."""
        lines = [
            line(),
            line(Cell("  No template yet.", "strong")),
            line(),
            line(Cell("  Clones are made from a template: a machine that is set up once and shut off.", "dim")),
            line(Cell("  Each clone is a thin copy of it, ready in a moment and a few hundred KiB on disk.", "dim")),
            line(),
        ]
        if read_only:
            lines.append(line(Cell("  This is read-only mode: start without --read-only to make one.", "warn")))
        else:
            lines += _way(
                keymap, "templates.take", "Import a machine", "by the name of its domain, or the path of its XML file"
            )
            if sample:
                lines += _way(
                    keymap, "templates.sample", "Make the sample template", "a tiny machine to try everything with"
                )
        self.show(lines)


def _way(keymap: Keymap, ident: str, title: str, explained: str) -> list[Line]:
    key = key_label(keymap.dressed([command(ident)])[0].keys[0])
    return [line(Cell(f"    {key}  ", "key"), Cell(title, "strong")), line(Cell(f"       {explained}", "dim")), line()]
