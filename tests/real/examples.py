"""Run the examples of the manual page on real machines, and record them: ``python -m tests.real.examples``."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.cli.manual.examples import EXAMPLES, Example

from .embed_roots import make_root, remove_root, uri_of
from .typed_commands import surroundings

__all__ = ["RECORD", "Run", "record", "run_examples", "scratch_ground", "transcript"]

Run = tuple[Example, int, str]
"""An example with its exit code and all that it printed."""

RECORD = Path(__file__).parents[2] / "docs" / "examples.md"
_SECONDS = 180
_ALIKE = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"\b59\d\d\b": "5900",
    r"[0-9.]+ [KM]iB freed": "412 KiB freed",
    rf"ada@{re.escape(socket.gethostname())}\b": "ada@kvm01",
}
"""What differs from run to run and from host to host, and what stands for it."""
_ABOUT = """# The examples of the manual page, run

What `man qq2clone` shows under *Examples*, run one after the other on a real hypervisor, on machines of the sample
template. `script/manual --record` runs them and writes this anew.
"""


def run_examples(home: Path, root: Path, examples: Sequence[Example] = EXAMPLES) -> list[Run]:
    """Run every example in order and return what came of it.

    Args:
        home: an empty directory, in which they are run.
        root: of the embedded hypervisor.
        examples: what to run.
    """
    program = home / "bin" / "qq2clone"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qq2clone_tui.cli "$@"\n')
    program.chmod(0o755)
    sample = write_sample(home / "sample").xml
    (home / "debian12.xml").write_text(sample.read_text())
    environment = surroundings(home) | {
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "QQ2CLONE_CONNECTION": uri_of(root),
        "QQ2CLONE_CONFIG": str(home / "config.toml"),
        "QQ2CLONE_DATA_DIR": str(home / "data"),
        "QQ2CLONE_STORAGE": str(home / "images"),
        "USER": "ada",
        "COLUMNS": "120",
    }
    (home / "config.toml").touch(mode=0o600)
    return [(example, *_run(example, home, environment)) for example in examples]


def _run(example: Example, home: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", example.line], cwd=home, env=environment, timeout=_SECONDS, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout


def record(runs: Sequence[Run], home: Path, root: Path) -> str:
    """Return the record of the manual page's examples, the same for every run that goes well."""
    return f"{_ABOUT}\n{transcript(runs, home, root)}"


def transcript(runs: Sequence[Run], home: Path, root: Path) -> str:
    """Return what was typed and what was shown, the same for every run that goes well."""
    parts: list[str] = []
    for example, code, output in runs:
        shown = output.replace(str(home), "~").replace(str(root), "~/hypervisor")
        for pattern, stand_in in _ALIKE.items():
            shown = re.sub(pattern, stand_in, shown)
        ended = [f"(exit code {code})"] if code else []
        parts.append(
            "\n".join([example.does, "", "```console", f"$ {example.line}", *shown.splitlines(), *ended, "```", ""])
        )
    return "\n".join(parts)


@contextmanager
def scratch_ground() -> Iterator[tuple[Path, Path]]:
    """Yield an empty directory and the root of a hypervisor of its own, and leave neither."""
    with tempfile.TemporaryDirectory(prefix="qq") as scratch:
        probes, home = Path(scratch, "probes"), Path(scratch, "home")
        probes.mkdir()
        home.mkdir()
        root = make_root(probes)
        try:
            yield home, root
        finally:
            remove_root(root)


def main() -> int:
    """Write the record anew."""
    with scratch_ground() as (home, root):
        RECORD.write_text(record(run_examples(home, root), home, root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
