"""What the command line tells of the place where new images go."""

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.room import Room

from .conftest import Run

GIB = 1 << 30


def growth(fleet: SampleFleet) -> int:
    """Return what four clones of 10 GiB have not written yet."""
    own = (fleet.images.facts[path].actual_size for record in fleet.catalogue.clones() for path in record.files)
    return sum(10 * GIB - size for size in own)


def test_programs_read_what_is_free_and_what_is_promised(run: Run, web: SampleFleet) -> None:
    assert run("list-templates", "--json").json["storage"] == {
        "place": web.images.place,
        "free_bytes": 812 * GIB,
        "total_bytes": 2048 * GIB,
        "scarce": False,
        "growth_bytes": growth(web),
    }


def test_people_read_it_beside_the_versions_and_not_among_them(run: Run, web: SampleFleet) -> None:
    done = run("list-templates", "-v")
    assert "Of 2.0 TiB at /var/lib/libvirt/images/qq2clone, 812 GiB are free" in done.err
    assert "the clones there would take" in done.err
    assert "That is little." not in done.err
    assert "TiB" not in done.out
    assert "free" not in run("list-templates").err


def test_little_room_is_called_so(run: Run, web: SampleFleet) -> None:
    web.images.file_system = Room(3 * GIB, 2048 * GIB)
    assert "3.0 GiB are free" in run("list-templates", "-v").err
    assert run("list-templates", "-v").err.rstrip().endswith("That is little.")
    assert run("list-templates", "--json").json["storage"]["scarce"] is True


def test_clones_elsewhere_promise_nothing_here(run: Run, web: SampleFleet) -> None:
    moved = web.images.elsewhere("/mnt/other")
    web.images = moved
    assert run("list-templates", "--json").json["storage"]["growth_bytes"] == 0
    assert run("list-templates", "-v").err.rstrip().endswith("812 GiB are free.")


@pytest.mark.parametrize("why", ["no pool", "no permission"])
def test_a_place_that_nobody_can_measure_is_told_as_unknown(run: Run, web: SampleFleet, why: str) -> None:
    def room() -> None:
        if why == "no permission":
            raise AccessError("cannot measure the storage place", subject="/srv", why="Permission denied")

    web.images.room = room  # type: ignore[assignment, method-assign]
    told = run("list-templates", "--json").json["storage"]
    assert (told["free_bytes"], told["total_bytes"], told["scarce"]) == (None, None, None)
    assert "is not known" in run("list-templates", "-v").err
