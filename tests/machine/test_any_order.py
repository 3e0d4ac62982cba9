"""Whatever is done to templates and clones, in whatever order and killed wherever, every guest reads what it wrote."""

import pytest

from .runs import run, scratch

SEQUENCES = 60
"""So many as take about a minute; ``python -m tests.machine`` runs thousands, others at every run."""


@pytest.mark.timeout(900)
def test_any_order_of_deeds_and_deaths_leaves_every_disk_as_its_guest_knows_it() -> None:
    with scratch() as directory:
        tally = run(directory / "world", SEQUENCES, steps=25)
    done = {name.partition(" ")[0] for name, count in tally.items() if count and name.endswith(" done")}
    killed = {name.partition(" ")[0] for name, count in tally.items() if count and name.endswith(" killed")}
    assert done >= {"clone", "commit", "prepare", "remove"}
    assert len(killed) > 4, "hardly anything was killed; each step of each deed is tried in test_every_step"
