"""How libvirt's typed figures become samples."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.adapters.libvirt.bulk_stats import to_sample
from qq2clone_tui.adapters.libvirt.domains import state_of
from qq2clone_tui.adapters.libvirt.host_use import to_host_sample
from qq2clone_tui.domain.host_figures import HostSample
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Sample

from .libvirt_worlds import world

BUSY = {
    "cpu.time": 5_000_000_000,
    "vcpu.current": 4,
    "vcpu.maximum": 8,
    "balloon.current": 2048,
    "balloon.maximum": 4096,
    "balloon.rss": 1024,
    "block.count": 2,
    "block.0.allocation": 100,
    "block.0.rd.bytes": 1,
    "block.0.wr.bytes": 10,
    "block.1.allocation": 200,
    "block.1.rd.bytes": 2,
    "net.count": 2,
    "net.0.rx.bytes": 7,
    "net.0.tx.bytes": 70,
    "net.1.rx.bytes": 8,
    "net.1.tx.bytes": 80,
}


class TestSamples:
    def test_figures_are_added_up_over_disks_and_interfaces(self) -> None:
        assert to_sample(BUSY, 12.5) == Sample(
            at=12.5,
            cpu_ns=5_000_000_000,
            vcpus=4,
            memory_bytes=1024 * 1024,
            memory_max_bytes=4096 * 1024,
            disk_allocation_bytes=300,
            read_bytes=3,
            written_bytes=10,
            received_bytes=15,
            sent_bytes=150,
        )

    def test_what_the_hypervisor_does_not_tell_is_none_not_nought(self) -> None:
        assert to_sample({"block.count": 1, "net.count": 0}, 1.0) == Sample(at=1.0)

    def test_the_balloon_stands_in_for_resident_memory(self) -> None:
        assert to_sample({"balloon.current": 3}, 1.0).memory_bytes == 3072


class TestStates:
    @pytest.mark.parametrize(
        ("number", "saved", "state"),
        [
            (libvirt.VIR_DOMAIN_RUNNING, False, DomainState.RUNNING),
            (libvirt.VIR_DOMAIN_BLOCKED, False, DomainState.IDLE),
            (libvirt.VIR_DOMAIN_PAUSED, False, DomainState.PAUSED),
            (libvirt.VIR_DOMAIN_SHUTDOWN, False, DomainState.IN_SHUTDOWN),
            (libvirt.VIR_DOMAIN_SHUTOFF, False, DomainState.OFF),
            (libvirt.VIR_DOMAIN_SHUTOFF, True, DomainState.SAVED),
            (libvirt.VIR_DOMAIN_RUNNING, True, DomainState.RUNNING),
            (libvirt.VIR_DOMAIN_CRASHED, False, DomainState.CRASHED),
            (libvirt.VIR_DOMAIN_PMSUSPENDED, False, DomainState.PMSUSPENDED),
        ],
    )
    def test_every_libvirt_state_has_its_word(self, number: int, saved: bool, state: DomainState) -> None:
        assert state_of(number, saved) is state


class TestHost:
    def test_buffers_and_cache_are_available_as_free_memory_is(self) -> None:
        cpus = {"user": 30, "kernel": 12, "idle": 100, "iowait": 8}
        memory = {"total": 4096, "free": 1024, "buffers": 64, "cached": 512}
        assert to_host_sample(cpus, memory) == HostSample(42, 108, 4096 * 1024, 1600 * 1024)

    def test_what_the_driver_does_not_tell_is_none_not_nought(self) -> None:
        assert to_host_sample({}, {}) == HostSample()
        assert to_host_sample({"utilization": 12}, {"total": 4}) == HostSample(memory_bytes=4096)

    def test_a_driver_without_memory_figures_still_tells_of_its_cpus(self, tmp_path: Path) -> None:
        host = open_hypervisor(world(tmp_path), log_file=None)
        sample = host.host_use.sample()
        host.close()
        assert sample.busy_ns
        assert sample.idle_ns
        assert sample.memory_bytes is None
