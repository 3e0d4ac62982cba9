"""Run commands inside machines, through their QEMU guest agents."""

import base64
import binascii
import math
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from qq2clone_tui.domain.errors import ConnectionFailed, HypervisorError
from qq2clone_tui.domain.outcome import Ending, Outcome, Output

from .agent import Agent, AgentRefused, AgentSilent, nonsense
from .guest_shell import MOST_BYTES, GuestShell, Posix, Windows
from .pool import ConnectionPool

__all__ = ["LibvirtGuests"]

_WHAT = "cannot run the command inside the machine"
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
_LONGER = 1.4
_SILENCE_SECONDS = 60.0
"""How long an agent that was there may be silent; a migration or a full memory takes its time."""
_END_SECONDS = 3.0
"""How long a killed command may take to be gone."""
_MOST_NUMBER = 0xFFFFFFFF


class LibvirtGuests:
    """The insides of machines; implements ``engine.ports.guests.Guests``.

    Args:
        connections: lent for each question to an agent, never for as long as a command takes.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._agent = Agent(connections)

    def run(
        self,
        uuid: str,
        command: str,
        *,
        timeout_seconds: float | None = None,
        stop: threading.Event | None = None,
        keep_bytes: int = MOST_BYTES,
    ) -> Outcome:
        """Run a command with a machine's own shell and return how it ended.

        Args:
            uuid: the machine.
            command: a line for ``/bin/sh -c``, or for ``cmd.exe /c``; handed over as it is.
            timeout_seconds: seconds after which it is killed inside the machine; None for never.
            stop: set from another thread to kill it and come back soon.
            keep_bytes: most bytes to bring from each of its streams.

        Raises:
            AgentSilent: no agent answers.
            AgentRefused: the agent does not run commands.
            HypervisorError: the machine is off, or has no channel for an agent.
        """
        began = time.monotonic()
        shell, mark = self._shell(uuid), secrets.token_hex(12)
        asked = shell.run(command, max(1, min(keep_bytes, MOST_BYTES)), mark)
        answer = self._agent.ask(uuid, "guest-exec", asked, what=_WHAT)
        pid = answer.get("pid") if isinstance(answer, dict) else None
        if not _number(pid):
            raise nonsense(_WHAT, uuid)
        deadline = None if timeout_seconds is None else began + timeout_seconds
        watch = _Watch(self._agent, uuid, shell, pid, mark)
        return watch.end(began, deadline, stop or threading.Event())

    def _shell(self, uuid: str) -> GuestShell:
        try:
            system = self._agent.ask(uuid, "guest-get-osinfo", what=_WHAT)
        except AgentRefused:  # blocked, or older than the question
            return Posix()
        return Windows() if isinstance(system, dict) and system.get("id") == "mswindows" else Posix()


class _Lost(Exception):
    """How the command ends cannot be known any more; the text says why."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """A command that was begun in a guest."""

    agent: Agent
    uuid: str
    shell: GuestShell
    pid: int
    mark: str

    def end(self, began: float, deadline: float | None, stop: threading.Event) -> Outcome:
        """Wait for the end of the command, or bring it about; times in seconds of the monotonic clock."""
        try:
            status = self._wait(deadline, stop)
        except _Lost as lost:
            return Outcome(Ending.UNKNOWN, seconds=time.monotonic() - began, why=str(lost))
        if status is None:
            return self._broken_off(began, stopped=stop.is_set())
        out, err, doubt = self._printed(status)
        ending, code = _end_of(status)
        why = "its guest agent does not say how it ended" if ending is Ending.UNKNOWN else doubt
        return Outcome(ending, code, out, err, time.monotonic() - began, why)

    def _broken_off(self, began: float, *, stopped: bool) -> Outcome:
        status, why = None, "it was stopped inside the machine" if stopped else ""
        try:
            self.agent.ask(self.uuid, "guest-exec", self.shell.kill(self.pid), what="cannot stop the command")
            status = self._wait(time.monotonic() + _END_SECONDS, threading.Event())
            if status is None:
                why = "it was to be killed inside the machine, but may go on there"
        except _Lost as lost:
            why = str(lost)
        except HypervisorError as fault:
            why = f"it could not be killed and may go on inside the machine: {fault.why}"
        out, err, _ = self._printed(status or {})
        return Outcome(Ending.UNKNOWN if stopped else Ending.TIMED_OUT, 0, out, err, time.monotonic() - began, why)

    def _wait(self, deadline: float | None, stop: threading.Event) -> dict[str, Any] | None:
        """Return the status of the command once it has ended; None at the deadline, or when told to stop."""
        pause, heard = _FIRST_PAUSE_SECONDS, time.monotonic()
        while True:
            try:
                status = self.agent.ask(self.uuid, "guest-exec-status", {"pid": self.pid}, what=_WHAT)
            except (AgentSilent, ConnectionFailed) as fault:
                if time.monotonic() - heard > _SILENCE_SECONDS:
                    raise _Lost(f"how it ended cannot be known: {fault.why}") from fault
            except AgentRefused as fault:
                raise _Lost("its guest agent knows nothing of it any more: it or the machine was restarted") from fault
            except HypervisorError as fault:
                raise _Lost(f"how it ended cannot be known: {fault.why or fault.what}") from fault
            else:
                heard = time.monotonic()
                if isinstance(status, dict) and status.get("exited") is True:
                    return status
            left = math.inf if deadline is None else deadline - time.monotonic()
            if left <= 0 or stop.wait(min(pause, left)):
                return None
            pause = min(_LONGEST_PAUSE_SECONDS, pause * _LONGER)

    def _printed(self, status: Mapping[str, Any]) -> tuple[Output, Output, str]:
        """Return both streams, and what cannot be said of them."""
        cut = [status.get(f"{name}-truncated") is True for name in ("out", "err")]
        streams = [_decoded(status.get(name, "")) for name in ("out-data", "err-data")]
        out, err = (
            self.shell.output(stream or b"", self.mark, part) for stream, part in zip(streams, cut, strict=True)
        )
        if None in streams:
            return out, err, "what its guest agent gave as its output makes no sense"
        return out, err, "the guest agent left out an unknown part of what it printed" if any(cut) else ""


def _decoded(text: object) -> bytes | None:
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _end_of(status: Mapping[str, Any]) -> tuple[Ending, int]:
    code, signal = status.get("exitcode"), status.get("signal")
    if _number(signal):
        return Ending.SIGNALLED, signal
    return (Ending.EXITED, code) if _number(code) else (Ending.UNKNOWN, 0)


def _number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_NUMBER
