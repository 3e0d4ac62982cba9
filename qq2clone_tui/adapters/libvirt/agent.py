"""Ask the QEMU guest agents of machines, and say plainly why one does not answer.

Source: https://libvirt.org/html/libvirt-libvirt-qemu.html#virDomainQemuAgentCommand and
https://qemu.readthedocs.io/en/latest/interop/qemu-ga-ref.html
"""

import json
import re
from typing import Any

from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.guest_channel import AGENT_CHANNEL

from . import domains
from .binding import libvirt, libvirt_qemu
from .errors import code_of, reason, translated
from .pool import ConnectionPool

__all__ = ["Agent", "AgentRefused", "AgentSilent"]

ANSWER_SECONDS = 5
"""How long an answer is waited for; commands are only begun and looked at, which takes no time."""

_MOST_WORDS = 300

_UNCONFIGURED = re.compile(r"guest agent is not configured", re.IGNORECASE)
_UNCONNECTED = re.compile(r"guest agent is not connected|guest agent disappeared", re.IGNORECASE)
_SILENT = re.compile(r"guest agent (is not|not) (responding|available)|not available due to an error", re.IGNORECASE)
_BLOCKED = re.compile(r"has been disabled|has not been found|command not allowed", re.IGNORECASE)
_OFF = re.compile(r"domain is not running", re.IGNORECASE)
"""Said of paused machines as well."""
_TOLD = re.compile(r"unable to execute QEMU agent command '[^']*': ?(.*)", re.IGNORECASE | re.DOTALL)


class AgentSilent(HypervisorError):
    """A machine's agent does not answer now; it may later."""


class AgentRefused(HypervisorError):
    """A machine's agent answered that it will not, or cannot.

    Attributes:
        blocked: it does not carry out this kind of command at all.
    """

    blocked = False


class Agent:
    """The guest agents of a hypervisor's machines.

    Args:
        connections: lent for each question.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def ask(self, uuid: str, command: str, arguments: Any = None, *, what: str) -> Any:
        """Return the agent's answer to a command: anything that JSON can hold.

        Args:
            uuid: the machine.
            command: name of the command.
            arguments: its arguments.
            what: what fails, should it fail, as a clause without a full stop.

        Raises:
            AgentSilent: the agent is not there, or does not answer.
            AgentRefused: the agent refuses.
            HypervisorError: the machine is off or paused, or has no channel for an agent.
        """
        text = json.dumps({"execute": command, **({"arguments": arguments} if arguments is not None else {})})
        with translated(what, uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            try:
                return _answer(libvirt_qemu.qemuAgentCommand(domain, text, ANSWER_SECONDS, 0), about.what, domain)
            except libvirt.libvirtError as fault:
                error = _worded(fault, about.what, domain)
                if error is None:
                    raise
                raise error from fault


def _answer(text: str, what: str, domain: Any) -> Any:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise nonsense(what, domain.name()) from fault
    if not isinstance(answer, dict) or "return" not in answer:
        raise nonsense(what, domain.name())
    return answer["return"]


def nonsense(what: str, subject: str) -> AgentRefused:
    """Return the error for an answer that none of ours would give."""
    return AgentRefused(
        what,
        subject=subject,
        why="its guest agent answered something that makes no sense",
        remedy="Look whether qemu-guest-agent inside the machine is what it should be.",
    )


def _worded(fault: Any, what: str, domain: Any) -> HypervisorError | None:
    """Return the error for what libvirt says of an agent; None for what has nothing to do with agents."""
    why, name = reason(fault), domain.name()
    if _UNCONFIGURED.search(why):
        return HypervisorError(
            what,
            subject=name,
            why="its XML has no channel for a guest agent",
            remedy=f"Give the template <channel type='unix'><target type='virtio' name='{AGENT_CHANNEL}'/></channel> "
            "(modify-template NAME edit), and install qemu-guest-agent inside.",
        )
    if _OFF.search(why) and not domain.isActive():
        return HypervisorError(what, subject=name, why="it is off", remedy="Start it first.")
    if code_of(fault) == libvirt.VIR_ERR_NO_SUPPORT:
        return HypervisorError(what, subject=name, why="this hypervisor knows no guest agents")
    if _UNCONNECTED.search(why):
        return AgentSilent(
            what,
            subject=name,
            why="no guest agent is connected",
            remedy="Wait until the machine is up; qemu-guest-agent has to be installed and running inside.",
        )
    unheard = code_of(fault) in (libvirt.VIR_ERR_AGENT_UNRESPONSIVE, libvirt.VIR_ERR_AGENT_UNSYNCED)
    if unheard or _SILENT.search(why) or _OFF.search(why):
        return _silent(what, domain)
    told = _TOLD.search(why)
    return _refused(told.group(1), what, name) if told else None


def _silent(what: str, domain: Any) -> HypervisorError:
    if domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED:
        return AgentSilent(what, subject=domain.name(), why="it is paused", remedy="Resume it first.")
    return AgentSilent(
        what,
        subject=domain.name(),
        why="its guest agent does not answer",
        remedy="The machine may be busy or hang: try later, or restart qemu-guest-agent inside.",
    )


def _refused(told: str, what: str, name: str) -> AgentRefused:
    if _BLOCKED.search(told):
        error = AgentRefused(
            what,
            subject=name,
            why="its guest agent does not run commands: they are blocked or unknown there",
            remedy="Take guest-exec and guest-exec-status out of what qemu-guest-agent blocks (its option "
            "--block-rpcs, or BLACKLIST_RPC in /etc/sysconfig/qemu-ga).",
        )
        error.blocked = True
        return error
    words = told[:_MOST_WORDS].removeprefix("Guest agent command failed, error was ")
    return AgentRefused(what, subject=name, why=f"its guest agent says: {words}")
