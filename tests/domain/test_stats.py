"""Rates are true or absent: never negative, never made of counters that do not belong together."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.stats import STALE_AFTER_SECONDS, Rates, Sample, rates

OLD = Sample(100.0, 4_000_000_000, 2, 512, 1024, 10, 1000, 2000, 3000, 4000)
NEW = Sample(102.0, 5_000_000_000, 2, 600, 1024, 20, 1500, 2000, 3002, 4200)
COUNTERS = ("cpu_ns", "read_bytes", "written_bytes", "received_bytes", "sent_bytes")
RATES = ("cpu_percent", "read_per_s", "written_per_s", "received_per_s", "sent_per_s")


def test_two_samples_give_bytes_a_second_and_the_share_of_all_processors() -> None:
    assert rates(OLD, NEW) == Rates(25.0, 600, 1024, 20, 250.0, 0.0, 1.0, 100.0)


@pytest.mark.parametrize(
    "old",
    [
        None,
        replace(OLD, at=NEW.at),
        replace(OLD, at=NEW.at + 1),
        replace(OLD, at=NEW.at - STALE_AFTER_SECONDS - 0.1),
    ],
    ids=["first", "same-instant", "from-the-future", "stale"],
)
def test_without_a_usable_sample_there_are_levels_and_no_rates(old: Sample | None) -> None:
    assert rates(old, NEW) == Rates(None, 600, 1024, 20)


def test_a_sample_that_is_just_not_stale_still_counts() -> None:
    assert rates(replace(OLD, at=NEW.at - STALE_AFTER_SECONDS), NEW).read_per_s == 500 / STALE_AFTER_SECONDS


@pytest.mark.parametrize(("counter", "rate"), list(zip(COUNTERS, RATES, strict=True)))
@pytest.mark.parametrize("change", ["reset", "absent-before", "absent-now"])
def test_a_counter_that_was_reset_or_is_absent_gives_no_rate_and_spoils_no_other(
    counter: str, rate: str, change: str
) -> None:
    changed: dict[str, Any] = {counter: 10**18 if change == "reset" else None}
    old = OLD if change == "absent-now" else replace(OLD, **changed)
    new = replace(NEW, **changed) if change == "absent-now" else NEW
    found = rates(old, new)
    assert getattr(found, rate) is None
    assert all(getattr(found, other) is not None for other in RATES if other != rate)


def test_the_processor_share_never_exceeds_all_of_it() -> None:
    assert rates(OLD, replace(NEW, cpu_ns=10**15)).cpu_percent == 100.0
    assert rates(OLD, replace(NEW, vcpus=0)).cpu_percent == 50.0


counters = st.one_of(st.none(), st.integers(0, 2**64))
samples = st.builds(
    Sample,
    at=st.floats(0, 1e9),
    cpu_ns=counters,
    vcpus=st.integers(0, 512),
    memory_bytes=counters,
    memory_max_bytes=counters,
    disk_allocation_bytes=counters,
    read_bytes=counters,
    written_bytes=counters,
    received_bytes=counters,
    sent_bytes=counters,
)


@given(st.one_of(st.none(), samples), samples)
def test_no_rate_is_ever_negative(old: Sample | None, new: Sample) -> None:
    found = rates(old, new)
    assert all(value is None or value >= 0 for value in (getattr(found, name) for name in RATES))
    assert found.cpu_percent is None or found.cpu_percent <= 100
    assert (found.memory_bytes, found.disk_allocation_bytes) == (new.memory_bytes, new.disk_allocation_bytes)
