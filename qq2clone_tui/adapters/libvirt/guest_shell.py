"""Word what a guest is asked to run, so that little comes back and all of it can be stopped.

A reply of the agent may not be long: libvirt takes none over 10 MiB, its daemon passes on none over
4 MiB, and a longer one leaves the agent unusable. So the guest itself keeps only the beginning of
each stream, and counts the rest.

Source: ``QEMU_AGENT_MAX_RESPONSE`` and ``REMOTE_STRING_MAX`` in libvirt;
https://qemu.readthedocs.io/en/latest/interop/qemu-ga-ref.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from qq2clone_tui.domain.outcome import Output

__all__ = ["MOST_BYTES", "GuestShell", "Posix", "Windows", "plain_output"]

MOST_BYTES = 1 << 20
"""Bytes of each stream that are brought from a guest: twice as many in base64 are below every limit."""

# The command runs in a session of its own where there is a way to give it one: then it can be killed
# alone, and what it has printed still comes. Its status takes the way of descriptor 3, so that
# nothing it leaves in the background can hold that up; 4 is its standard error.
_KEEP = r"""
command -v head >/dev/null && command -v wc >/dev/null || exec /bin/sh -c "$1"
apart=; if command -v setsid >/dev/null; then apart=setsid; fi
keep() { head -c "$1"; printf '\n%s %s\n' "$2" "$(wc -c)"; }
exec 5>&1 6>&2
status=$({ { { $apart /bin/sh -c "$1" 3>&- 4>&- 5>&- 6>&-; echo $? >&3; } 2>&4 | keep "$2" "$3" >&5; } 4>&1 |
  keep "$2" "$3" >&6; } 3>&1)
exit "$status"
"""

# Kills what runs below a process in another session, three times over, since it may go on to fork;
# where nothing does, the process and all below it.
# All is listed twice: a process that one reading misses would tear what it started off the family.
_KILL = r"""
list() {
  for file in /proc/[0-9]*/stat; do
    read -r line <"$file" || continue
    rest=${line##*) }
    set -f; set -- $rest; set +f
    echo "${line%% *} $2 $4"
  done 2>/dev/null
}
session_of() { while read -r pid parent session; do if [ "$pid" = "$1" ]; then echo "$session"; return; fi; done; }
below() {
  all=$(list; list); family=" $1 "; apart=
  own=$(echo "$all" | session_of "$1")
  for pass in 1 2 3 4 5 6 7 8 9; do
    before=$family
    while read -r pid parent session; do
      case $family in *" $pid "*) continue ;; esac
      case $family in *" $parent "*) family="$family$pid " ;; *) continue ;; esac
      if [ "$session" != "$own" ]; then apart="$apart $pid"; fi
    done <<END
$all
END
    if [ "$family" = "$before" ]; then break; fi
  done
}
below "$1"
if [ -z "$apart" ]; then kill -KILL $family; exit; fi
for turn in 1 2 3; do kill -KILL $apart; below "$1"; [ -n "$apart" ] || exit 0; done 2>/dev/null
"""


class GuestShell(Protocol):
    """How commands are worded for one kind of guest."""

    def run(self, command: str, keep_bytes: int, mark: str) -> Mapping[str, Any]:
        """Return the arguments of ``guest-exec`` that run a command; ``mark`` is a word it cannot know."""

    def kill(self, pid: int) -> Mapping[str, Any]:
        """Return the arguments of ``guest-exec`` that kill what runs as ``pid``."""

    def output(self, printed: bytes, mark: str, truncated: bool) -> Output:
        """Return what a command printed on one stream, given what came back."""


class Posix:
    """A guest with ``/bin/sh``; implements ``GuestShell``."""

    def run(self, command: str, keep_bytes: int, mark: str) -> Mapping[str, Any]:
        """Return what runs a command with ``/bin/sh -c``."""
        return _exec("/bin/sh", ("-c", _KEEP, "sh", command, str(keep_bytes), mark), capture=True)

    def kill(self, pid: int) -> Mapping[str, Any]:
        """Return what kills a command; its output is still told."""
        return _exec("/bin/sh", ("-c", _KILL, "sh", str(pid)), capture=False)

    def output(self, printed: bytes, mark: str, truncated: bool) -> Output:
        """Return the stream without the count at its end."""
        kept, found, end = printed.rpartition(b"\n" + mark.encode() + b" ")
        if not found or not re.fullmatch(rb" *[0-9]{1,15}\n", end):
            return plain_output(printed, truncated)
        return Output(kept, total=len(kept) + int(end))


class Windows:
    """A guest with ``cmd.exe``; implements ``GuestShell``."""

    def run(self, command: str, keep_bytes: int, mark: str) -> Mapping[str, Any]:  # noqa: ARG002
        """Return what runs a command with ``cmd.exe /c``."""
        return _exec("cmd.exe", ("/c", command), capture=True)

    def kill(self, pid: int) -> Mapping[str, Any]:
        """Return what kills a process and all below it."""
        return _exec("taskkill.exe", ("/F", "/T", "/PID", str(pid)), capture=False)

    def output(self, printed: bytes, mark: str, truncated: bool) -> Output:  # noqa: ARG002
        """Return the stream as it came."""
        return plain_output(printed, truncated)


def plain_output(printed: bytes, truncated: bool) -> Output:
    """Return a stream of which, when it was truncated, only that is known: at least a byte is missing."""
    return Output(printed, total=len(printed) + truncated)


def _exec(path: str, words: Sequence[str], *, capture: bool) -> Mapping[str, Any]:
    return {"path": path, "arg": list(words), "capture-output": capture}
