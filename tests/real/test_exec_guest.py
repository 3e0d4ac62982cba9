"""What ``exec --guest`` promises, typed at a shell over real Linux machines."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .embed_roots import keep_probes, make_root, remove_root, uri_of
from .linux_guest import LinuxGuest, domain_xml
from .typed_commands import run_command

Type = Callable[..., Any]
BOOT_SECONDS = 120


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, qemu_probes: Path, linux_guest: LinuxGuest) -> Iterator[Type]:
    """Type commands at three running clones of a Linux with an agent."""
    home, root = tmp_path_factory.mktemp("home"), make_root(qemu_probes)
    options = ("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"), "-t", "linux")

    def run(*words: str, code: int = 0) -> Any:
        return run_command(home, *options, *words, code=code)

    xml = home / "linux.xml"
    xml.write_text(domain_xml(linux_guest, "linux"), encoding="utf-8")
    try:
        run("import-template", str(xml), "linux")
        run("clone", "3", "--run")
        await_addresses(run, 3)
        yield run
        keep_probes(root, qemu_probes)
    finally:
        remove_root(root)


def await_addresses(run: Type, count: int) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while sum("10.0.2.15" in line for line in run("list", "-v").stdout.splitlines()) < count:
        assert time.monotonic() < deadline, "not all guests have come up"


def test_several_guests_run_a_command_at_once_and_their_output_is_kept_apart(typed: Type) -> None:
    done = typed("exec", "all", "--guest", "--parallel", "3", "--json", "uname -s; sleep 1; echo oops >&2")
    machines = json.loads(done.stdout)["machines"]
    assert [(each["stdout"], each["stderr"], each["code"]) for each in machines] == [("Linux\n", "oops\n", 0)] * 3


def test_what_the_guest_prints_is_printed(typed: Type) -> None:
    done = typed("exec", "2", "--guest", "cat /proc/sys/kernel/ostype; echo oops >&2")
    assert done.stdout == "Linux\n"
    assert "oops" in done.stderr


def test_a_guests_exit_status_fails_the_command_and_marks_the_machine(typed: Type) -> None:
    done = typed("exec", "1-3", "--guest", "--keep-going", "exit 5", code=14)
    assert "linux-2: exit 5" in done.stderr
    assert typed("exec", "@failed", "echo $number").stdout.split() == ["1", "2", "3"]


def test_a_guests_command_ends_with_its_time(typed: Type) -> None:
    done = typed("exec", "1", "--guest", "--timeout", "1", "echo begun; sleep 4711", code=14)
    assert done.stdout == "begun\n"
    assert "linux-1: timed out" in done.stderr


def test_without_an_agent_it_is_said_what_to_do(typed: Type) -> None:
    typed("destroy", "3")
    done = typed("exec", "3", "--guest", "true", code=14)
    assert "it is off" in done.stderr
    typed("start", "3")
    done = typed("exec", "3", "--guest", "true", code=14)
    assert "no guest agent is connected" in done.stderr
    assert "qemu-guest-agent" in done.stderr


def test_addresses_are_listed_and_in_the_environment(typed: Type) -> None:
    machine = json.loads(typed("list", "--json").stdout)["machines"][0]
    told = {each["address"]: each for each in machine["addresses"]}
    assert told["10.0.2.15"]["prefix"] == 24
    assert told["10.0.2.15"]["source"] == "agent"
    assert told["10.0.2.15"]["mac"] in typed("exec", "1", 'echo "$mac"').stdout
    assert typed("exec", "1", 'echo "$ip"').stdout.splitlines()[0] == "10.0.2.15"
    assert '<address prefix="24"' in typed("list", "xml").stdout
