"""What ``exec`` promises, typed at a shell over real machines."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .embed_roots import uri_of
from .typed_commands import run_command

Type = Callable[..., Any]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, qemu_probes: Path) -> Iterator[Type]:
    """Type commands at six stopped clones of the sample template."""
    from .embed_roots import keep_probes, make_root, remove_root

    home, root = tmp_path_factory.mktemp("home"), make_root(qemu_probes)
    options = ("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"), "-t", "tiny")

    def run(*words: str, code: int = 0) -> Any:
        return run_command(home, *options, *words, code=code)

    try:
        run("import-template", str(write_sample(home / "sample").xml), "tiny")
        run("clone", "6")
        yield run
        keep_probes(root, qemu_probes)
    finally:
        remove_root(root)


def test_the_command_is_told_of_its_machine_by_the_environment(typed: Type) -> None:
    out = typed("exec", "2", 'printf "%s\\n" "$name" "$number" "$template" "$state" "$disks" "$mac" "$uuid"').stdout
    name, number, template, state, disks, mac, uuid = out.splitlines()
    assert (name, number, template, state) == ("tiny-2", "2", "tiny", "off")
    assert Path(disks).name == "tiny-2.vda.qcow2"
    assert Path(disks).is_file()
    (listed,) = [m for m in json.loads(typed("list", "--json").stdout)["machines"] if m["number"] == 2]
    assert uuid == listed["uuid"]
    assert mac.startswith("52:54:00:")


def test_a_running_machines_console_is_in_the_environment(typed: Type) -> None:
    typed("start", "6")
    out = typed("exec", "6", 'echo "$graphics $state"').stdout
    assert out.startswith(("vnc://127.0.0.1:", "spice://127.0.0.1:"))
    assert out.endswith(" running\n")
    typed("destroy", "6")


def test_machines_come_in_order_and_output_passes_through(typed: Type) -> None:
    done = typed("exec", "3,1-2", 'echo "$name"; echo "to $name" >&2')
    assert done.stdout == "tiny-1\ntiny-2\ntiny-3\n"
    assert [line for line in done.stderr.splitlines() if line.startswith("to ")] == [
        "to tiny-1",
        "to tiny-2",
        "to tiny-3",
    ]


def test_the_first_failure_stops_the_rest_and_names_them(typed: Type) -> None:
    done = typed("exec", "1-4", 'echo "$number"; test "$number" != 2', code=14)
    assert done.stdout == "1\n2\n"
    assert "tiny-2: exit 1" in done.stderr
    assert "2 not begun (tiny-3, tiny-4)" in done.stderr


def test_keep_going_runs_for_all_and_the_failed_can_be_selected(typed: Type) -> None:
    done = typed("exec", "1-6", 'echo "$number"; test $((number % 2)) = 0', "--keep-going", code=14)
    assert done.stdout.split() == ["1", "2", "3", "4", "5", "6"]
    assert typed("exec", "@failed,^5", 'echo "$number"').stdout.split() == ["1", "3"]
    assert "no machine has the tag @failed" in typed("exec", "@failed", "true", code=12).stderr, "all went well since"


def test_equal_results_are_shown_once(typed: Type) -> None:
    done = typed("exec", "all", "--parallel", "3", "--group", 'test "$number" = 4 && echo odd || echo even')
    assert "== 5 the same (tiny-1, tiny-2, tiny-3, tiny-5, tiny-6): exit 0\neven\n" in done.stdout
    assert "== tiny-4: exit 0\nodd\n" in done.stdout


def test_json_tells_each_machines_end(typed: Type) -> None:
    command = "case $number in 1) exit 7;; 2) kill -9 $$;; 3) sleep 60;; 4) printf '\\377\\033[31m';; esac"
    done = typed("exec", "1-4", command, "--parallel", "4", "--keep-going", "--timeout", "0.5", "--json", code=14)
    machines = {machine["number"]: machine for machine in json.loads(done.stdout)["machines"]}
    assert [(machines[n]["ending"], machines[n]["code"]) for n in (1, 2, 3, 4)] == [
        ("exited", 7), ("signalled", 9), ("timed out", 0), ("exited", 0),
    ]  # fmt: skip
    assert machines[4]["stdout"] == "\ufffd\x1b[31m"
    assert "\x1b" not in done.stdout


def test_gigabytes_are_counted_and_mostly_left_out(typed: Type) -> None:
    done = typed("exec", "1", "head -c 300000000 /dev/zero | tr '\\0' x; echo end", "--json")
    (machine,) = json.loads(done.stdout)["machines"]
    assert machine["truncated"]
    assert machine["stdout"].endswith("xend\n")
    assert len(machine["stdout"]) < 1_000_000


def test_a_background_process_is_not_waited_for(typed: Type, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    typed("exec", "1", f"sleep 300 & echo $! > '{note}'")
    os.kill(int(note.read_text()), 9)


@pytest.mark.parametrize("name", ["$(touch owned)", "; touch owned", "`touch owned`"])
def test_a_set_is_never_a_shell_command(typed: Type, name: str) -> None:
    assert typed("exec", name, "true", code=12).stdout == ""
    assert typed("exec", "all", "test ! -e owned").stdout == ""


def test_an_empty_command_and_a_dry_run_run_nothing(typed: Type) -> None:
    typed("exec", "all", "  ", code=12)
    out = typed("exec", "1-2", "exit 1", "--dry-run").stdout
    assert "run for 2 machines on this host: exit 1" in out
    assert "tiny-2" in out
