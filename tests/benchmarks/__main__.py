"""Measure what is named, or everything; print a table; exit 1 when a promise is not kept."""

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from . import cloning, committing, executing, indexing, powering, resetting, screen, typing_commands
from .figures import Result, table
from .hypervisors import Ground
from .interrupts import interruptible
from .stage import scratch

BENCHES: Mapping[str, Callable[[Ground], list[Result]]] = {
    "clone": cloning.measure,
    "power": powering.measure,
    "commit": committing.measure,
    "reset": resetting.measure,
    "index": indexing.measure,
    "exec": executing.measure,
    "commands": typing_commands.measure,
    "screen": screen.measure,
}


def main() -> int:
    """Measure and print the table; whatever was started is stopped, also on Ctrl-C."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)}; all without one")
    parser.add_argument("--no-system", action="store_true", help="leave the host's qemu:///system alone")
    given = parser.parse_args()
    chosen = given.bench or list(BENCHES)
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]!r}: there are {', '.join(BENCHES)}")
    results: list[Result] = []
    with interruptible("interrupted; what was started is gone"), ExitStack() as stack:
        ground = Ground(stack, stack.enter_context(scratch()), "--no-system was given" if given.no_system else "")
        for name in chosen:
            results += BENCHES[name](ground)
    print(table(results))
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
