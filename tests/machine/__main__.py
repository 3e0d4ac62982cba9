"""Run thousands of histories; print the seed first, then what was done; exit 1 with the history that fails."""

import argparse
import secrets
import sys
import time
import traceback

from .runs import run, scratch


def main() -> int:
    """Run as many histories as are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.machine", description=__doc__)
    parser.add_argument("sequences", type=int, nargs="?", default=1000, help="how many histories; 1000 without")
    parser.add_argument("--steps", type=int, default=25, help="the most that is done in each")
    parser.add_argument("--seed", type=int, help="that of another run, to have the same one")
    parser.add_argument("--shrink", action="store_true", help="take minutes to shorten a history that fails")
    parser.add_argument("--blob", help="what a failed run gave to reproduce_failure, to have that history alone")
    given = parser.parse_args()
    chosen = secrets.randbelow(1 << 32) if given.seed is None else given.seed
    print(f"--seed {chosen}", flush=True)
    began = time.monotonic()
    with scratch() as directory:
        try:
            tally = run(directory / "world", given.sequences, given.steps, chosen, shrink=given.shrink, blob=given.blob)
        except Exception:  # noqa: BLE001 - whatever it is, it is what was looked for
            traceback.print_exc()
            return 1
    seconds = time.monotonic() - began
    print(f"{given.sequences} histories in {seconds:.0f} s: {sum(tally.values())} deeds")
    for name, count in sorted(tally.items()):
        print(f"{count:8} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
