"""An embedded hypervisor is opened on one CPU, and nothing stays there afterwards."""

import os
import threading

import pytest

from qq2clone_tui.adapters.libvirt.steady_cpu import on_one_cpu


def test_the_block_runs_on_the_lowest_cpu_and_the_thread_is_free_again_after_it() -> None:
    before = os.sched_getaffinity(0)
    with on_one_cpu():
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before


def test_threads_that_the_block_starts_are_free_after_it() -> None:
    before, over = os.sched_getaffinity(0), threading.Event()
    with on_one_cpu():
        thread = threading.Thread(target=over.wait)
        thread.start()
    try:
        assert thread.native_id is not None
        assert os.sched_getaffinity(thread.native_id) == before
    finally:
        over.set()
        thread.join()


def test_a_failure_in_the_block_passes_through_and_frees_the_thread() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), on_one_cpu():
        _ = 1 / 0
    assert os.sched_getaffinity(0) == before
