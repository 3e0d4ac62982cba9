"""The rows of the tree: versions with clones, bytes, drift and note, and the staging machine among them."""

from rich.cells import cell_len

from qq2clone_tui.domain.clone import STAGING
from qq2clone_tui.domain.inventory import Inventory, Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.desk import Desk, Place
from qq2clone_tui.ui.presenters.text import Line
from qq2clone_tui.ui.presenters.tree import branches, tree_line

WIDTHS = (21, 24, 34)
HOSTILE = "[red]\x1b[31m名前" * 20


def clone(number: int, version: int, state: DomainState = DomainState.RUNNING) -> Machine:
    return Machine(f"u-{number}", "debian", version, number, f"debian-{number}", state)


def staged(state: DomainState = DomainState.OFF) -> Machine:
    return Machine("u-s", "debian", 3, STAGING, "debian.v4", state)


def fleet(*, staging: Machine | None = None, note: str = "before openssl") -> Inventory:
    versions = (
        VersionSummary(3, 1, 1 << 30, note),
        VersionSummary(2, 2, 700 << 20, drift=("the size has changed",)),
        VersionSummary(1, 0, 0),
    )
    machines = [clone(1, 3), clone(2, 2), clone(3, 2, DomainState.OFF), *([staging] if staging else [])]
    template = TemplateSummary("debian", 3, 3, versions, staging.uuid if staging else "")
    return Inventory(1, templates=(template,), machines={machine.uuid: machine for machine in machines})


def text(entry: Line) -> str:
    return "".join(cell.text for cell in entry.cells)


def rows(inventory: Inventory, width: int = 34, closed: frozenset[str] = frozenset()) -> list[str]:
    return [text(tree_line(branch, width)) for branch in branches(inventory, closed)]


def test_below_a_template_stand_its_versions_newest_first_then_staging_then_states() -> None:
    words = [row.split()[0:2] for row in rows(fleet(staging=staged()))]
    assert [" ".join(pair) for pair in words] == [
        "all machines", "▾ debian", "v3 before", "v2 !", "v1 0", "✎ staging", "● running", "○ off",
    ]  # fmt: skip


def test_a_version_is_shown_with_its_clones_its_bytes_and_its_drift() -> None:
    _, _, newest, drifted, oldest, *_ = rows(fleet())
    assert newest.split() == ["v3", "before", "openssl", "1.0G", "1"]
    assert drifted.split() == ["v2", "!", "700M", "2"]
    assert oldest.split() == ["v1", "0", "0"]


def test_a_staging_machine_is_shown_with_its_version_and_state_and_counts_as_no_clone() -> None:
    everything, template, *_, staging, _, _ = rows(fleet(staging=staged(DomainState.PAUSED)))
    assert staging.split() == ["✎", "staging", "v4", "‖", "paused"]
    assert everything.split()[-1] == "3"
    assert template.split()[-1] == "3"
    assert "paused" not in "".join(rows(fleet()))


def test_where_there_is_little_room_the_glyph_alone_tells_the_state() -> None:
    staging = rows(fleet(staging=staged(DomainState.CRASHED)), width=21)[5]
    assert staging.split() == ["✎", "staging", "v4", "✗"]


def test_a_closed_template_still_tells_of_drift_and_of_its_staging_machine() -> None:
    closed = rows(fleet(staging=staged()), 24, frozenset({"debian"}))
    assert len(closed) == 2
    assert closed[1].split() == ["▸", "debian", "✎", "!", "v3", "3"]


def test_every_row_fits_its_pane_whatever_the_names_and_notes() -> None:
    inventory = fleet(staging=staged(DomainState.IN_SHUTDOWN), note=HOSTILE)
    named = Inventory(
        1, templates=(TemplateSummary(HOSTILE, 1234, 99_999, inventory.templates[0].versions),), machines={}
    )
    for width in WIDTHS:
        for picture in (inventory, named):
            for closed in (frozenset[str](), frozenset({HOSTILE})):
                for row in rows(picture, width, closed):
                    assert cell_len(row) == width, row
                    assert row.isprintable()


def test_a_version_holds_its_clones_and_neither_the_staging_machine_nor_detached_ones() -> None:
    inventory = fleet(staging=staged())
    held = [m.name for m in inventory.machines.values() if Place("debian", version=3).holds(m)]
    assert held == ["debian-1"]
    detached = Machine("u-9", "debian", 3, 9, "debian-9", DomainState.OFF, detached=True)
    assert not Place("debian", version=3).holds(detached)
    assert Place("debian").holds(detached)


def test_no_place_but_its_own_holds_a_staging_machine() -> None:
    machine = staged()
    places = (Place(), Place("debian"), Place("debian", DomainState.OFF), Place("debian", version=3))
    assert not any(place.holds(machine) for place in places)
    assert Place("debian", staging=True).holds(machine)
    assert not Place("other", staging=True).holds(machine)


def test_marks_wait_aside_while_the_staging_machine_is_in_view() -> None:
    desk = Desk()
    desk.take(fleet(staging=staged()))
    desk.marks = frozenset({"u-1", "u-2"})
    desk.go(Place("debian", staging=True))
    assert [machine.name for machine in desk.targets] == ["debian.v4"]
    desk.mark(desk.rows, change=frozenset.union)
    assert [machine.name for machine in desk.targets] == ["debian.v4"]
    desk.go(Place())
    assert [machine.name for machine in desk.targets] == ["debian-1", "debian-2"]


def test_marks_set_aside_go_with_their_machines() -> None:
    desk = Desk()
    desk.take(fleet(staging=staged()))
    desk.marks = frozenset({"u-1", "u-2"})
    desk.go(Place("debian", staging=True))
    left = fleet(staging=staged())
    desk.take(Inventory(2, templates=left.templates, machines={u: m for u, m in left.machines.items() if u != "u-1"}))
    desk.go(Place())
    assert desk.marks == {"u-2"}


def test_even_a_mark_from_elsewhere_never_means_the_staging_machine() -> None:
    desk = Desk()
    desk.take(fleet(staging=staged()))
    desk.marks = frozenset(desk.inventory.machines)
    assert "debian.v4" not in [machine.name for machine in desk.targets]
