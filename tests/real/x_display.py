"""Start an X server that draws nowhere, and see which windows there are on it."""

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

START_SECONDS = 30.0
WINDOW_SECONDS = 20.0


@contextmanager
def x_display() -> Iterator[str]:
    """Run Xvfb on a display that is free, for as long as the block lasts, and yield its name."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed (apt-get install xvfb)")
    told, tell = os.pipe()
    command = [program, "-displayfd", str(tell), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        command, pass_fds=[tell], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(tell)
    try:
        yield f":{_number(told)}"
    finally:
        os.close(told)
        server.terminate()
        server.wait(20)


def await_window(display: str, title: str) -> None:
    """Wait for a window whose title begins so."""
    end = time.monotonic() + WINDOW_SECONDS
    titles = window_titles(display)
    while not any(name.startswith(title) for name in titles):
        assert time.monotonic() < end, f"no window {title!r} among {titles}"
        time.sleep(0.05)
        titles = window_titles(display)


def window_titles(display: str) -> list[str]:
    """Return the titles of all windows that are seen."""
    done = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,  # a window may go between the two, and then it complains
    )
    return done.stdout.splitlines()


def _number(told: int) -> int:
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([told], [], [], START_SECONDS)
        part = os.read(told, 16) if ready else b""
        assert part, "Xvfb did not start"
        text += part
    return int(text)
