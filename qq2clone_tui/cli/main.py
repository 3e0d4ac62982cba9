"""Start the command line, and let nothing but an exit code out of it."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

__all__ = ["main"]

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, *, world: "World | None" = None) -> int:
    """Run the command line and return its exit code; no exception escapes.

    Args:
        argv: the arguments without the program's name; those of the process by default.
        world: where settings and engine come from; the real ones by default.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        # Imported here, so that Ctrl-C during the imports is as quiet as at any other time.
        from . import process

        try:
            return process.run(arguments, world)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the last line of defence: nobody is shown a traceback
            return process.last_words(error, arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
