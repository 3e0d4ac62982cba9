"""Checkpoints are libvirt's own snapshots: what virsh makes is seen here, and the other way round."""

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .checkpoint_bench import reads, tags, write
from .embed_roots import uri_of
from .typed_commands import run_command

Type = Callable[..., Any]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Type:
    """Type commands at clones of the sample template, in processes that let go of the hypervisor afterwards."""
    home = tmp_path_factory.mktemp("home")

    def run(line: str, code: int = 0) -> Any:
        options = ["-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images")]
        return run_command(home, *options, *shlex.split(line), code=code)

    run(f"import-template {write_sample(home / 'sample').xml} tiny")
    return run


@pytest.fixture
def clone(typed: Type) -> Iterator[Path]:
    """The disk of clone 1 of the sample, which is off."""
    typed("-t tiny clone")
    (machine,) = json.loads(typed("-t tiny list --json").stdout)["machines"]
    yield Path(machine["files"][0])
    typed("-t tiny rm all --yes")


def virsh(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["virsh", "-q", "-c", uri_of(root), *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done
    return done.stdout


def listed(typed: Type, machines: str = "all") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed(f"-t tiny checkpoint list {machines} --json").stdout)["checkpoints"]
    return found


def test_virsh_sees_the_same_ones_and_what_it_makes_is_seen_here(typed: Type, clone: Path, root: Path) -> None:
    typed("-t tiny checkpoint make 1 ours --note 'a <note> & more'")
    assert "a <note> &amp; more" in virsh(root, "snapshot-dumpxml", "tiny-1", "ours").replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    write(clone, 0x11)
    virsh(root, "snapshot-create-as", "tiny-1", "theirs [b] x", "--description", "two\nlines")
    virsh(root, "snapshot-create", "tiny-1")
    write(clone, 0x22)
    names = [each["name"] for each in listed(typed)]
    assert names[:2] == ["ours", "theirs [b] x"]
    assert names[2].isdigit()
    assert "two\\nlines" in typed("-t tiny checkpoint list 1").stdout
    typed("-t tiny checkpoint revert 1 'theirs [b] x'")
    assert reads(clone, 0x11)
    typed(f"-t tiny checkpoint revert 1 {names[2]}")  # seconds since the epoch are no number of QEMU's
    assert virsh(root, "snapshot-current", "tiny-1", "--name").strip() == names[2]
    virsh(root, "snapshot-delete", "tiny-1", "ours")
    assert "ours" not in {each["name"] for each in listed(typed)}


def test_a_name_that_qemu_takes_for_a_number_is_never_gone_back_to(typed: Type, clone: Path, root: Path) -> None:
    write(clone, 0x11)
    virsh(root, "snapshot-create-as", "tiny-1", "2")
    write(clone, 0x22)
    typed("-t tiny checkpoint make 1 second")
    write(clone, 0x33)
    refused = typed("-t tiny checkpoint revert 1 2", code=12)
    assert "could take that for the number of another" in refused.stderr
    assert reads(clone, 0x33)
    typed("-t tiny checkpoint delete 1 2")
    assert tags(clone) == ["second"]


def test_a_snapshot_in_files_of_another_program_is_listed_and_left_alone(typed: Type, clone: Path, root: Path) -> None:
    beside = clone.with_name("outside.qcow2")
    virsh(root, "snapshot-create-as", "tiny-1", "outside", "--disk-only", "--diskspec", f"vda,file={beside}")
    try:
        for line in ("revert 1 outside", "delete 1 outside"):
            assert "another program" in typed(f"-t tiny checkpoint {line}", code=12).stderr
        # The machine writes to a file now that is not known to be its own.
        assert "not its own" in typed("-t tiny checkpoint make 1", code=12).stderr
    finally:
        beside.unlink()
