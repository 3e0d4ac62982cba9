"""What the engine may rely on with checkpoints, whoever keeps them: libvirt, or the hypervisor in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.memory.hypervisor import MemoryHypervisor
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, HypervisorError
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

from .libvirt_worlds import domain_xml, world

UUID = "1b2c3d4e-0000-4000-8000-000000000001"
NOBODY = "1b2c3d4e-0000-4000-8000-00000000dead"


@pytest.fixture(params=["libvirt", "memory"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hypervisor]:
    """A hypervisor with one running machine."""
    if request.param == "libvirt":
        (tmp_path / "node.xml").write_text(f"<node>{domain_xml('web-1', UUID)}</node>")
        libvirt = open_hypervisor(f"test://{tmp_path}/node.xml", log_file=None)
        yield libvirt
        libvirt.close()
        return
    memory = MemoryHypervisor()
    memory.define(domain_xml("web-1", UUID))
    memory.set_state(UUID, DomainState.RUNNING)
    yield memory


def tree(host: Hypervisor) -> dict[str, str]:
    return {each.name: each.parent for each in host.checkpoints.of(UUID)}


def current(host: Hypervisor) -> list[str]:
    return [each.name for each in host.checkpoints.of(UUID) if each.current]


def test_there_are_none_at_first(host: Hypervisor) -> None:
    assert list(host.checkpoints.of(UUID)) == []
    assert host.checkpoints.holders() == frozenset()
    assert not host.has_snapshots(UUID)


def test_each_is_made_after_the_one_before_and_is_the_current_one(host: Hypervisor) -> None:
    host.checkpoints.make(UUID, "first", "a <note> & more", ())
    host.checkpoints.make(UUID, "second", "", ())
    assert tree(host) == {"first": "", "second": "first"}
    assert current(host) == ["second"]
    first = next(each for each in host.checkpoints.of(UUID) if each.name == "first")
    assert (first.description, first.with_memory, first.state) == ("a <note> & more", True, DomainState.RUNNING)
    assert first.created_at > 1_700_000_000
    assert host.checkpoints.holders() == {UUID}
    assert host.has_snapshots(UUID)


def test_going_back_makes_it_the_current_one_and_brings_the_state_back(host: Hypervisor) -> None:
    host.checkpoints.make(UUID, "first", "", ())
    host.checkpoints.make(UUID, "second", "", ())
    host.checkpoints.revert(UUID, "first")
    assert current(host) == ["first"]
    host.checkpoints.make(UUID, "other", "", ())
    assert tree(host) == {"first": "", "second": "first", "other": "first"}
    machine = host.read_domain(UUID)
    assert machine is not None
    assert machine.state is DomainState.RUNNING


def test_what_came_after_a_deleted_one_comes_after_the_one_before(host: Hypervisor) -> None:
    for name in ("first", "second", "third"):
        host.checkpoints.make(UUID, name, "", ())
    host.checkpoints.delete(UUID, "second")
    assert tree(host) == {"first": "", "third": "first"}
    host.checkpoints.delete(UUID, "third")
    assert current(host) == ["first"]


def test_a_second_of_the_same_name_is_refused_and_the_first_stays(host: Hypervisor) -> None:
    host.checkpoints.make(UUID, "base", "one", ())
    with pytest.raises(HypervisorError):
        host.checkpoints.make(UUID, "base", "two", ())
    assert [each.description for each in host.checkpoints.of(UUID)] == ["one"]


def test_one_that_there_is_not_is_a_bad_argument(host: Hypervisor) -> None:
    for act in (host.checkpoints.revert, host.checkpoints.delete):
        with pytest.raises(BadArgument, match="there is no such checkpoint"):
            act(UUID, "nothing")


def test_a_machine_that_there_is_not_is_not_found(host: Hypervisor) -> None:
    with pytest.raises(DomainNotFound):
        host.checkpoints.of(NOBODY)
    with pytest.raises(DomainNotFound):
        host.checkpoints.make(NOBODY, "base", "", ())


@pytest.mark.parametrize(
    ("system", "obstacle"),
    [
        ("<os><type>hvm</type></os>", False),
        ("<os firmware='efi'><type>hvm</type></os>", True),
        ("<os><type>hvm</type><loader type='pflash'>/code</loader></os>", True),
        ("<os><type>hvm</type><loader type='rom'>/code</loader></os>", False),
        ("<os><type>hvm</type><nvram>/vars</nvram></os>", True),
        ("<os><type>hvm</type><nvram format='raw'>/vars</nvram></os>", True),
    ],
)
def test_machines_with_uefi_variables_that_libvirt_cannot_keep_are_told(
    tmp_path: Path, system: str, obstacle: bool
) -> None:
    host = open_hypervisor(world(tmp_path, "web-1"), log_file=None)
    try:
        xml = f"<domain type='test'><name>x</name>{system}</domain>"
        assert bool(host.checkpoints.obstacle(xml)) is obstacle
    finally:
        host.close()
