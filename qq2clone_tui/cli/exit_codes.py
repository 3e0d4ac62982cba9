"""Say what each exit code means."""

from collections.abc import Mapping

__all__ = ["EXIT_CODES"]

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    10: "no permission, no such file, or no space",
    11: "a needed program is missing",
    12: "bad argument or impossible action",
    13: "template problem: unknown, or exists already",
    14: "an external command failed",
    15: "domain XML that cannot be used",
    16: "libvirt refused, or cannot be reached",
    17: "no graphical connection before the time-out",
    18: "a file of the wrong kind",
    19: "unexpected: a bug, please report it",
    130: "interrupted with Ctrl-C; the machines under way were finished",
}
"""What the shell gets to know, by the code."""
