"""A promise counts as kept only when it was measured and kept."""

import signal
import subprocess
import sys

from .figures import Figure, Missing, table
from .interrupts import INTERRUPTED


def test_ratios_are_held_against_the_least_and_times_against_the_most() -> None:
    assert Figure("speed", 50.0, 50).ok
    assert not Figure("speed", 49.9, 50).ok
    assert Figure("delay", 300.0, 300, at_most=True).ok
    assert not Figure("delay", 300.1, 300, at_most=True).ok


def test_the_table_names_what_was_missed_and_what_was_not_measured() -> None:
    lines = table([Figure("fast", 60, 50), Figure("slow", 400, 300, "ms", at_most=True), Missing("far", "no daemon")])
    kept, missed, unknown = lines.split("\n")[2:]
    assert "yes" in kept
    assert "NO" in missed
    assert "<= 300 ms" in missed
    assert "not measured: no daemon" in unknown


PATIENT = """
import signal, os
from tests.benchmarks.interrupts import interruptible
with interruptible("farewell"):
    try:
        print("ready", flush=True)
        signal.pause()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        print("cleaned up", flush=True)
"""


def test_nothing_disturbs_the_cleaning_up_after_an_interruption() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PATIENT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (out, err, process.returncode) == ("cleaned up\n", "farewell\n", INTERRUPTED)
