"""Commands inside real machines: a Linux made of Debian's packages, with its guest agent."""

import threading
import time
from collections.abc import Iterator

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.agent import AgentRefused, AgentSilent
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.address import reachable
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.outcome import Ending
from qq2clone_tui.domain.states import PowerVerb

from .conftest import remove_machines
from .linux_guest import LinuxGuest, domain_xml

BOOT_SECONDS = 90


@pytest.fixture(scope="module")
def host(embed_uri: str) -> Iterator[LibvirtHypervisor]:
    """The embedded hypervisor of this process, without any machine, before and after."""
    host = open_hypervisor(embed_uri, log_file=None)
    yield host
    remove_machines(host)
    host.close()


@pytest.fixture(scope="module")
def guest(host: LibvirtHypervisor, linux_guest: LinuxGuest) -> str:
    """The UUID of a Linux that is up."""
    return booted(host, domain_xml(linux_guest, "guest-1"))


def booted(host: LibvirtHypervisor, xml: str) -> str:
    uuid = host.define(xml)
    host.power(PowerVerb.START, uuid)
    await_agent(host, uuid)
    return uuid


def await_agent(host: LibvirtHypervisor, uuid: str) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while True:
        try:
            assert host.guests.run(uuid, "true").good
        except AgentSilent:
            assert time.monotonic() < deadline, "no agent has come up"
        else:
            return


def runs(host: LibvirtHypervisor, uuid: str, seconds: str) -> bool:
    """Tell whether a process of the guest sleeps that long."""
    printed = host.guests.run(uuid, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout.head
    assert b"qemu-ga" in printed
    return f"sleep {seconds}".encode() in printed


def test_a_command_runs_in_the_guests_own_shell_and_its_output_comes_back(host: LibvirtHypervisor, guest: str) -> None:
    outcome = host.guests.run(guest, 'uname -s; echo "$((6 * 7)) $0" | cat; echo oops >&2; exit 3')
    assert (outcome.ending, outcome.code) == (Ending.EXITED, 3)
    assert outcome.stdout.head == b"Linux\n42 /bin/sh\n"
    assert outcome.stderr.head == b"oops\n"
    assert outcome.stdout.total == len(outcome.stdout.head)


@pytest.mark.parametrize("status", [0, 1, 126, 255])
def test_exit_statuses_are_the_guests(host: LibvirtHypervisor, guest: str, status: int) -> None:
    assert host.guests.run(guest, f"exit {status}").code == status


def test_a_command_that_was_killed_ends_as_shells_tell_it(host: LibvirtHypervisor, guest: str) -> None:
    assert host.guests.run(guest, "kill -9 $$").code == 128 + 9


def test_bytes_come_as_they_are(host: LibvirtHypervisor, guest: str) -> None:
    outcome = host.guests.run(guest, "printf '\\000\\377\\033[31m'; printf 'no newline' >&2")
    assert outcome.stdout.head == b"\0\xff\x1b[31m"
    assert outcome.stderr.head == b"no newline"


def test_quotes_and_dollars_reach_the_guest_untouched(host: LibvirtHypervisor, guest: str) -> None:
    text = "a'b\"c $HOME `id` $(id) \\ \u00e4\u4f60"
    outcome = host.guests.run(guest, f"cat <<'END'\n{text}\nEND")
    assert outcome.stdout.head.decode() == f"{text}\n"


def test_of_megabytes_the_beginning_comes_and_the_rest_is_counted(host: LibvirtHypervisor, guest: str) -> None:
    outcome = host.guests.run(guest, "head -c 20000000 /dev/zero | tr '\\0' x; echo done >&2")
    assert outcome.good
    assert set(outcome.stdout.head) == {ord("x")}
    assert outcome.stdout.total == pytest.approx(20_000_000, abs=8192), "some heads read ahead of what they count"
    assert outcome.stdout.left_out > 15_000_000
    assert outcome.stderr.head == b"done\n"
    assert host.guests.run(guest, "echo still there").good, "the agent can be asked afterwards"


def test_a_command_that_takes_too_long_is_killed_inside_and_what_it_printed_is_kept(
    host: LibvirtHypervisor, guest: str
) -> None:
    began = time.monotonic()
    outcome = host.guests.run(guest, "echo begun; sleep 4711 & sleep 4711", timeout_seconds=1)
    assert outcome.ending is Ending.TIMED_OUT
    assert outcome.stdout.head == b"begun\n"
    assert not outcome.why
    assert time.monotonic() - began < 15
    assert not runs(host, guest, "4711")


def test_a_run_that_is_stopped_comes_back_and_leaves_nothing_running(host: LibvirtHypervisor, guest: str) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    outcome = host.guests.run(guest, "echo begun; sleep 4712", stop=stop)
    assert outcome.ending is Ending.UNKNOWN
    assert "stopped" in outcome.why
    assert not runs(host, guest, "4712")


def test_a_machine_that_goes_off_meanwhile_ends_the_command(host: LibvirtHypervisor, linux_guest: LinuxGuest) -> None:
    uuid = booted(host, domain_xml(linux_guest, "guest-off"))
    threading.Timer(0.5, host.power, (PowerVerb.DESTROY, uuid)).start()
    outcome = host.guests.run(uuid, "sleep 4713")
    assert outcome.ending is Ending.UNKNOWN
    assert outcome.why
    with pytest.raises(HypervisorError, match="it is off"):
        host.guests.run(uuid, "true")


def test_without_a_channel_the_template_is_told_what_it_needs(host: LibvirtHypervisor, linux_guest: LinuxGuest) -> None:
    uuid = host.define(domain_xml(linux_guest, "no-channel", channel=""))
    host.power(PowerVerb.START, uuid)
    with pytest.raises(HypervisorError, match="no channel for a guest agent") as caught:
        host.guests.run(uuid, "true")
    assert "org.qemu.guest_agent.0" in caught.value.remedy
    host.power(PowerVerb.DESTROY, uuid)


def test_before_the_agent_is_up_it_is_said_that_none_is_connected(
    host: LibvirtHypervisor, linux_guest: LinuxGuest
) -> None:
    uuid = host.define(domain_xml(linux_guest, "early"))
    host.power(PowerVerb.START, uuid)
    with pytest.raises(AgentSilent, match="no guest agent is connected"):
        host.guests.run(uuid, "true")
    host.power(PowerVerb.DESTROY, uuid)


def test_an_agent_that_may_not_run_commands_is_named_as_such(host: LibvirtHypervisor, linux_guest: LinuxGuest) -> None:
    uuid = host.define(domain_xml(linux_guest, "deaf", deaf=True))
    host.power(PowerVerb.START, uuid)

    deadline = time.monotonic() + BOOT_SECONDS
    while True:
        try:
            host.guests.run(uuid, "true")
        except AgentSilent:
            assert time.monotonic() < deadline
        except AgentRefused as fault:
            assert "block" in fault.remedy
            break
    host.power(PowerVerb.DESTROY, uuid)


def test_a_paused_machine_is_called_paused(host: LibvirtHypervisor, guest: str) -> None:
    host.power(PowerVerb.SUSPEND, guest)
    try:
        with pytest.raises(HypervisorError, match="it is paused"):
            host.guests.run(guest, "true")
    finally:
        host.power(PowerVerb.RESUME, guest)
    await_agent(host, guest)


def test_the_addresses_of_a_guest_are_known_by_its_agent(host: LibvirtHypervisor, guest: str) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while "10.0.2.15" not in reachable(host.addresses.of_agent(guest)):
        assert time.monotonic() < deadline, "the guest got no address"
    found = host.addresses.of_agent(guest)
    (card,) = {each.mac for each in found if each.address == "10.0.2.15"}
    assert card.startswith("52:54:00:")
    assert not any(each.mac == "00:00:00:00:00:00" for each in found)
    assert list(host.addresses.of_networks({guest: [card]})[guest]) == [], "there is no network driver here"


def test_where_no_agent_answers_none_is_known(host: LibvirtHypervisor, linux_guest: LinuxGuest) -> None:
    uuid = host.define(domain_xml(linux_guest, "mute", channel=""))
    host.power(PowerVerb.START, uuid)
    assert list(host.addresses.of_agent(uuid)) == []
    host.power(PowerVerb.DESTROY, uuid)
