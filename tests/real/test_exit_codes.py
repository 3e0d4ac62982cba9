"""Each exit code has a cause that can happen, and with it one plain paragraph that says what to try."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from qq2clone_tui.cli.exit_codes import EXIT_CODES

from .typed_commands import command_line
from .verb_bench import Bench

CAUSES: dict[int, tuple[str, dict[str, str]]] = {
    0: ("list", {}),
    10: ("import-template /root/not/there.xml", {}),
    11: ("edit 1", {"VISUAL": "no-such-editor"}),
    12: ("start 5-2", {}),
    13: ("clone 1 -t unheard-of", {}),
    14: ("exec 1 'exit 3'", {}),
    15: ("import-template {home}/not-a-domain.xml", {}),
    16: ("list -c qemu+unix:///system?socket=/not/there", {}),
    17: ("connect 1", {"DISPLAY": ":77", "QQ2CLONE_SPICE_TIMEOUT": "1"}),
    18: ("import-template {home}/text-for-a-disk.xml", {}),
    19: ("list", {"PYTHONPATH": "{home}/broken:" + str(Path(__file__).parents[2])}),
}
"""A line for each code, and what is set when it is typed."""

_BUG = """
import qq2clone_tui.domain.selection as selection
def parse(*given, **named):
    raise ZeroDivisionError("planted here")
selection.parse = parse
import qq2clone_tui.cli.machine_list as listing
for name in dir(listing):
    if callable(getattr(listing, name)) and getattr(getattr(listing, name), "__module__", "") == listing.__name__:
        setattr(listing, name, parse)
"""


@pytest.fixture(scope="module")
def bench(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A template, three clones, and files to fall over."""
    made = Bench(root, tmp_path_factory.mktemp("home"))
    (made.home / "broken").mkdir()
    (made.home / "broken" / "sitecustomize.py").write_text(_BUG)
    (made.home / "not-a-domain.xml").write_text("<network><name>n</name></network>")
    (made.home / "disk.qcow2").write_text("no image, only words\n" * 99)
    xml = (made.home / "sample" / "sample.xml").read_text()
    image = str(made.home / "sample" / "sample.qcow2")
    (made.home / "text-for-a-disk.xml").write_text(xml.replace(image, str(made.home / "disk.qcow2")))
    return made


@pytest.mark.parametrize("code", CAUSES)
def test_it_has_a_cause_and_a_paragraph_that_explains_it(bench: Bench, code: int) -> None:
    bench.type(*CAUSES[code])
    assert bench.code == code, bench.err
    assert "Traceback" not in bench.err
    if code:
        (told,) = (line for line in bench.err.splitlines() if line.startswith("qq2clone: "))
        assert len(told) > 20


def test_an_interrupted_batch_ends_with_130_and_tells_how_far_it_got(bench: Bench) -> None:
    with subprocess.Popen(
        command_line("exec", "all", "echo begun; sleep 600"), cwd=bench.home, env=bench.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        os.kill(process.pid, signal.SIGINT)
        told = process.stderr.read()
        assert process.wait(60) == 130
    assert "Traceback" not in told
    assert "2 not begun" in told


def test_every_code_is_caused() -> None:
    assert {*CAUSES, 130} == set(EXIT_CODES)
