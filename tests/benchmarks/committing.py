"""Measure how a template takes over a gibibyte of changes, beside ``qemu-img commit`` of the same."""

import subprocess
from functools import partial
from pathlib import Path

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.engine.session import Session

from .changed_images import GIB, change, enlarge, overlay_of
from .figures import Figure, Result
from .hypervisors import Ground
from .stage import Stage
from .watch import Seconds, median, say, timed

__all__ = ["measure"]

ROUNDS = 3
_LARGE = "large"
_NAME = "commit of 1 GiB of changes"
_MOST_MILLISECONDS = 100
_MOST_MOVED_MIB = 8
_LEAST_GAIN = 10
_MOVED = ("rchar", "wchar")


def measure(ground: Ground) -> list[Result]:
    """Return the figures of commits."""
    return ground.on_each(partial(_on_one, ground.directory), _NAME)


def _on_one(directory: Path, stage: Stage) -> list[Result]:
    """Commit in turns with qemu-img, so that whatever else the host does meets both."""
    session, place = stage.session, directory / f"commit-{stage.name}"
    sample = write_sample(place)
    enlarge(sample.image, 2 * GIB)
    session.import_template(str(sample.xml), _LARGE)
    ours: list[Seconds] = []
    theirs: list[Seconds] = []
    moved: list[int] = []
    for number in range(ROUNDS):
        theirs.append(_qemu_img(sample.image, place))
        taken, read_and_written = _commit(session)
        ours.append(taken)
        moved.append(read_and_written)
        say(f"{stage.name} {number + 1}/{ROUNDS}: commit {taken * 1000:.0f} ms, qemu-img commit {theirs[-1]:.2f} s")
    note = f"{median(ours) * 1000:.0f} ms against {median(theirs):.2f} s"
    return [
        Figure(f"{_NAME} ({stage.name})", 1000 * median(ours), _MOST_MILLISECONDS, "ms", at_most=True),
        Figure(f"{_NAME}, read and written ({stage.name})", max(moved) / 1024**2, _MOST_MOVED_MIB, "MB", at_most=True),
        Figure(f"{_NAME} : qemu-img commit ({stage.name})", median(theirs) / median(ours), _LEAST_GAIN, note=note),
    ]


def _commit(session: Session) -> tuple[Seconds, int]:
    """Return how long a commit took, and the bytes that this process and its children moved meanwhile."""
    machine = session.staging.prepare(_LARGE)
    for path in machine.files:
        change(path, GIB)
    before = _moved()
    taken = timed(lambda: session.staging.commit(_LARGE, "a gibibyte more"))
    return taken, _moved() - before


def _moved() -> int:
    """Return the bytes this process, with the children it has waited for, has read and written (proc(5))."""
    lines = (line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return sum(int(figure) for name, figure in lines if name in _MOVED)


def _qemu_img(base: Path, directory: Path) -> Seconds:
    """Return how long qemu-img takes, spared the emptying of the overlay (``-d``)."""
    copy, overlay = overlay_of(base, directory, "theirs")
    change(str(overlay), GIB)
    words = ["qemu-img", "commit", "-q", "-d", "-f", "qcow2", str(overlay)]
    taken = timed(partial(subprocess.run, words, check=True, timeout=120, stdin=subprocess.DEVNULL))
    for path in (copy, overlay):
        path.unlink()
    return taken
