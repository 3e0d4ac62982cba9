"""Run a program to its end and keep what it said.

Such a program speaks plain English (``LC_ALL=C``), sees no terminal, and dies with its children
when its time is up.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.errors import AccessError, CommandFailed, MissingProgram

__all__ = ["Completed", "failure", "find_program", "run", "run_checked"]

DEBIAN_PACKAGES: Mapping[str, str] = {
    "qemu-img": "qemu-utils",
    "qemu-io": "qemu-utils",
    "qemu-system-x86_64": "qemu-system-x86",
    "remote-viewer": "virt-viewer",
    "spicy": "spice-client-gtk",
    "ssh": "openssh-client",
    "virsh": "libvirt-clients",
    "virt-viewer": "virt-viewer",
}

STDERR_TAIL_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left behind when it ended.

    Args:
        stdout: what it printed; bytes that are no UTF-8 survive as lone surrogates.
        stderr: what it complained about, undecodable bytes replaced.
        returncode: its exit status, negative when a signal ended it.
    """

    stdout: str
    stderr: str
    returncode: int


def find_program(name: str) -> str:
    """Return the absolute path of a program.

    Raises:
        MissingProgram: it is not on the search path; the remedy names the Debian package.
    """
    found = shutil.which(name)
    if found is None:
        package = DEBIAN_PACKAGES.get(name, name)
        raise MissingProgram(
            "cannot find the program",
            subject=name,
            why="it is not on the search path",
            remedy=f"Install it: apt-get install {package}",
        )
    return found


def run(
    argv: Sequence[str],
    *,
    timeout_seconds: float,
    input: str | None = None,  # noqa: A002  (the name subprocess gives it)
    env: Mapping[str, str] | None = None,
) -> Completed:
    """Run a program to its end and return what it left, whatever its exit status.

    Args:
        argv: program name and arguments; no shell sees them.
        timeout_seconds: seconds after which the program and its children are killed.
        input: text for its standard input, which is otherwise empty.
        env: variables on top of our own environment.

    Raises:
        MissingProgram: the program is not installed.
        AccessError: it is installed but cannot be started.
        CommandFailed: it gave no answer in time.
    """
    command = [find_program(argv[0]), *argv[1:]]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {}), "LC_ALL": "C"},
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        # ValueError: an argument with a NUL byte, which no program can be given.
        raise AccessError("cannot start the program", subject=argv[0], why=str(error)) from error
    data = None if input is None else input.encode(errors="surrogateescape")
    return _finish(process, argv[0], data, timeout_seconds)


def run_checked(argv: Sequence[str], what: str, *, timeout_seconds: float, input: str | None = None) -> Completed:  # noqa: A002
    """Run a program that has to succeed.

    Raises:
        MissingProgram, AccessError: as ``run``.
        CommandFailed: it ended with a non-zero status, or not in time.
    """
    completed = run(argv, timeout_seconds=timeout_seconds, input=input)
    if completed.returncode != 0:
        raise failure(what, argv[0], completed)
    return completed


def failure(what: str, program: str, completed: Completed) -> CommandFailed:
    """Return the error for a program that reported failure, with the end of its complaint."""
    why = _printable_tail(completed.stderr) or f"it ended with status {completed.returncode}"
    return CommandFailed(what, subject=program, why=why)


def _finish(process: "subprocess.Popen[bytes]", program: str, data: bytes | None, timeout_seconds: float) -> Completed:
    try:
        stdout, stderr = process.communicate(data, timeout=timeout_seconds)
    except subprocess.TimeoutExpired as expired:
        _kill_group(process)
        raise CommandFailed(
            "the program gave no answer",
            subject=program,
            why=f"it was stopped after {timeout_seconds:g} seconds",
            remedy="See whether the storage it works on hangs.",
        ) from expired
    except BaseException:
        # Also on Ctrl-C: a program left behind would go on writing to files we then remove.
        _kill_group(process)
        raise
    return Completed(
        stdout.decode(errors="surrogateescape"),
        stderr.decode(errors="replace"),
        process.returncode,
    )


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    # The program leads its own session, so its process group holds its children and nothing else.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            # Closing flushes what the dead program never read.
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def _printable_tail(text: str) -> str:
    # File names are quoted in complaints and may hold control sequences meant for a terminal.
    lines = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return lines[-STDERR_TAIL_CHARACTERS:]
