"""What guest agents may answer, sound or hostile, and what is made of it."""

import base64
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.libvirt import guests as guests_module
from qq2clone_tui.adapters.libvirt.addresses import arp_table
from qq2clone_tui.adapters.libvirt.agent import Agent, AgentRefused, AgentSilent
from qq2clone_tui.adapters.libvirt.guest_shell import MOST_BYTES, Posix
from qq2clone_tui.adapters.libvirt.guests import LibvirtGuests
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.outcome import Ending

Answers = dict[str, Any]


class PlayedAgent:
    """An agent that answers as it was told; a list is answered one by one, the last for ever."""

    def __init__(self, answers: Answers) -> None:
        self.answers = {"guest-get-osinfo": {"id": "debian"}, "guest-exec": {"pid": 7}, **answers}
        self.asked: list[tuple[str, Any]] = []

    def ask(self, uuid: str, command: str, arguments: Any = None, *, what: str) -> Any:
        self.asked.append((command, arguments))
        answer = self.answers[command]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(arguments) if callable(answer) else answer


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]]:
    """Make guests whose agents answer as they are told."""

    def make(answers: Answers) -> tuple[LibvirtGuests, PlayedAgent]:
        agent = PlayedAgent(answers)
        monkeypatch.setattr(guests_module, "Agent", lambda _connections: agent)
        return LibvirtGuests(None), agent  # type: ignore[arg-type]

    return make


def ended(**members: object) -> Answers:
    return {"guest-exec-status": {"exited": True, "exitcode": 0, **members}}


def test_a_status_that_makes_no_sense_never_becomes_a_success(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    for code in (None, True, -1, "0", 1e9, 1 << 70, [0]):
        guests, _ = play(ended(exitcode=code))
        outcome = guests.run("u", "true")
        assert (outcome.ending, outcome.good) == (Ending.UNKNOWN, False), code
        assert outcome.why


@pytest.mark.parametrize("data", ["not base64!", 7, None, {"a": 1}, "====", "\u00e4"])
def test_output_that_cannot_be_read_is_called_so(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]], data: object
) -> None:
    guests, _ = play(ended(**{"out-data": data}))
    outcome = guests.run("u", "true")
    assert "makes no sense" in outcome.why
    assert outcome.stdout.head == b""


@pytest.mark.parametrize("pid", [None, "7", -1, True, {}, 1 << 70])
def test_a_process_number_that_is_none_ends_it(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]], pid: object
) -> None:
    guests, agent = play({"guest-exec": {"pid": pid}})
    with pytest.raises(HypervisorError, match="makes no sense"):
        guests.run("u", "true")
    assert [command for command, _ in agent.asked] == ["guest-get-osinfo", "guest-exec"]


def test_what_was_cut_is_never_called_whole(play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]]) -> None:
    guests, _ = play(ended(**{"out-data": base64.b64encode(b"begun").decode(), "out-truncated": True}))
    outcome = guests.run("u", "true")
    assert outcome.stdout.left_out > 0
    assert "left out" in outcome.why


def test_windows_runs_cmd_and_is_stopped_by_its_own_means(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    waiting = {"exited": False}
    guests, agent = play({"guest-get-osinfo": {"id": "mswindows"}, "guest-exec-status": [waiting, {"exited": True}]})
    outcome = guests.run("u", "dir %PATH%", timeout_seconds=0)
    assert outcome.ending is Ending.TIMED_OUT
    begun, killed = [arguments for command, arguments in agent.asked if command == "guest-exec"]
    assert (begun["path"], begun["arg"]) == ("cmd.exe", ["/c", "dir %PATH%"])
    assert (killed["path"], killed["arg"]) == ("taskkill.exe", ["/F", "/T", "/PID", "7"])


def test_an_agent_too_old_for_the_question_is_taken_for_unix(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    guests, agent = play({"guest-get-osinfo": AgentRefused("cannot"), **ended()})
    assert guests.run("u", "true").good
    assert agent.asked[1][1]["path"] == "/bin/sh"


def test_a_command_that_cannot_be_killed_is_said_to_go_on(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    begun = [{"pid": 7}, AgentRefused("cannot", why="no memory")]
    guests, _ = play({"guest-exec": begun, "guest-exec-status": {"exited": False}})
    outcome = guests.run("u", "sleep 9", timeout_seconds=0)
    assert outcome.ending is Ending.TIMED_OUT
    assert "may go on" in outcome.why
    assert "no memory" in outcome.why


def test_an_agent_that_falls_silent_for_a_while_is_waited_for(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    statuses = [AgentSilent("gone"), AgentSilent("gone"), {"exited": True, "exitcode": 3}]
    guests, _ = play({"guest-exec-status": statuses})
    outcome = guests.run("u", "true")
    assert (outcome.ending, outcome.code) == (Ending.EXITED, 3)


def test_a_restarted_agent_no_longer_knows_the_command(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    guests, _ = play({"guest-exec-status": AgentRefused("cannot", why="Invalid parameter 'pid'")})
    outcome = guests.run("u", "true", stop=threading.Event())
    assert outcome.ending is Ending.UNKNOWN
    assert "restarted" in outcome.why


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "7", "{", '{"error": {}}', "[" * 100_000, '{"return": ' + "9" * 5000 + "}"]
)
def test_an_answer_that_is_none_is_called_so(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    class Domain:
        def name(self) -> str:
            return "web-1"

    class Connections:
        def lease(self, *, batch: bool) -> Any:
            from contextlib import nullcontext

            return nullcontext()

    monkeypatch.setattr("qq2clone_tui.adapters.libvirt.agent.domains.find", lambda _connection, _uuid: Domain())
    monkeypatch.setattr(
        "qq2clone_tui.adapters.libvirt.agent.libvirt_qemu.qemuAgentCommand", lambda *_: text, raising=True
    )
    with pytest.raises(AgentRefused, match="makes no sense"):
        Agent(Connections()).ask("u", "guest-ping", what="cannot ask")  # type: ignore[arg-type]


def test_a_count_at_the_end_is_believed_only_with_the_mark() -> None:
    shell = Posix()
    assert shell.output(b"a\nMARK 5\n", "MARK", truncated=False).total == 6
    for forged in (b"a\nOTHER 5\n", b"a\nMARK -5\n", b"a\nMARK 5\nx", b"a\nMARK " + b"9" * 99 + b"\n"):
        assert shell.output(forged, "MARK", truncated=False).head == forged


def test_never_more_is_asked_for_than_libvirt_can_pass_on(
    play: Callable[[Answers], tuple[LibvirtGuests, PlayedAgent]],
) -> None:
    guests, agent = play(ended())
    guests.run("u", "true", keep_bytes=1 << 40)
    assert int(agent.asked[1][1]["arg"][4]) == MOST_BYTES
    assert 2 * MOST_BYTES * 4 // 3 < 4 << 20


def test_only_sound_and_complete_lines_of_an_arp_table_count(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_bytes(
        b"IP address       HW type     Flags       HW address            Mask     Device\n"
        b"10.0.0.5         0x1         0x2         52:54:00:00:00:01     *        virbr0\n"
        b"10.0.0.6         0x1         0x0         52:54:00:00:00:02     *        virbr0\n"
        b"10.0.0.7         0x1         0x2         00:00:00:00:00:00     *        virbr0\n"
        b"nonsense         0x1         0x2         52:54:00:00:00:03     *        virbr0\n"
        b"10.0.0.8         0x1         0xzz        52:54:00:00:00:04     *        virbr0\n\xff\xfe\n"
    )
    assert [(each.mac, each.address) for each in arp_table(table)] == [("52:54:00:00:00:01", "10.0.0.5")]
    assert arp_table(tmp_path / "none") == []
