"""Hold what the user is looking at: scope, filter, order, cursor and marks over one inventory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.address import Address, reachable
from qq2clone_tui.domain.host_figures import HostFigures
from qq2clone_tui.domain.inventory import Inventory, Machine, VersionSummary
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.stats import Rates

from .presenters.machines import Row, Standing, column, standing_of, state_word

__all__ = ["Desk", "Place", "VersionInView", "row_of", "version_in_view"]

_NO_RATES = Rates()
_NO_FIGURES = HostFigures()


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the template tree: all machines, one template, or a part of one template.

    Args:
        template: its name; None for all machines.
        state: only machines in this state.
        version: only machines that stand on this version; 0 for any.
        staging: only the staging machine, which no other node holds.
    """

    template: str | None = None
    state: Standing | None = None
    version: int = 0
    staging: bool = False

    def holds(self, machine: Machine) -> bool:
        """Tell whether a machine belongs to this node."""
        return (
            machine.staging is self.staging
            and (self.template is None or machine.template == self.template)
            and (self.state is None or standing_of(machine) is self.state)
            and (not self.version or (machine.version == self.version and not machine.detached))
        )


@dataclass(frozen=True, slots=True)
class VersionInView:
    """A version of a template as the tree shows it.

    Args:
        template: its name.
        summary: what the tree knows.
        written: bytes that the files of its clones take, as far as that was measured.
    """

    template: str
    summary: VersionSummary
    written: int = field(default=0, compare=False)

    @property
    def reference(self) -> str:
        """Return what the version is called: ``debian12@v3``."""
        return str(Reference(self.template, self.summary.number))


class Desk:
    """The one model that every widget shows; it knows nothing of the terminal.

    Rows, cursor and marks go by UUID, so they survive whatever the inventory does.

    Args:
        read_only: True when nothing may be changed.
    """

    def __init__(self, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self.inventory = Inventory()
        self.rates: Mapping[str, Rates] = {}
        self.host = _NO_FIGURES
        self.addresses: Mapping[str, tuple[Address, ...]] = {}
        self.place = Place()
        self.filter = ""
        self.sort = "number"
        self.descending = False
        self.marks: frozenset[str] = frozenset()
        self.lit: frozenset[str] = frozenset()
        self.rows: tuple[str, ...] = ()
        self.reachable: Mapping[str, tuple[str, ...]] = {}
        self._places: dict[str, int] = {}
        self._wish: str | None = None
        self._index = 0
        self._aside: frozenset[str] = frozenset()

    def take(self, inventory: Inventory) -> None:
        """Show another inventory; marks of machines that are gone go with them."""
        self.inventory = inventory
        self.marks = frozenset(uuid for uuid in self.marks if uuid in inventory.machines)
        self._aside = frozenset(uuid for uuid in self._aside if uuid in inventory.machines)
        self._arrange()

    def measure(self, rates: Mapping[str, Rates], host: HostFigures = _NO_FIGURES) -> None:
        """Show other figures; the order changes only when it is by a figure."""
        self.rates, self.host = rates, host
        if column(self.sort).measured:
            self._arrange()

    def locate(self, addresses: Mapping[str, tuple[Address, ...]]) -> None:
        """Show other addresses; rows move only when they are sorted or filtered by them."""
        self.addresses = addresses
        self.reachable = {uuid: reachable(found) for uuid, found in addresses.items()}
        if self.sort == "address" or self.filter:
            self._arrange()

    def go(self, place: Place) -> None:
        """Show another node of the template tree.

        Marks are put aside while that is a staging machine: no verb means it together with clones.
        """
        if place.staging is not self.place.staging:
            self.marks, self._aside = self._aside, self.marks if place.staging else frozenset()
        self.place = place
        self._arrange()

    def narrow(self, text: str) -> None:
        """Show only the rows that hold every word of ``text``, whatever their case.

        The cursor stays on its machine; while that is filtered out, it is on the first row.
        """
        self.filter = text
        self._arrange()
        if self._wish not in self._places:
            self._index = 0

    def order(self, sort: str, *, descending: bool = False) -> None:
        """Sort by the column with this id."""
        self.sort, self.descending = sort, descending
        self._arrange()

    @property
    def cursor(self) -> str | None:
        """Return the UUID under the cursor, None when there is no row."""
        index = self.index
        return self.rows[index] if self.rows else None

    @property
    def index(self) -> int:
        """Return the row the cursor is on, 0 when there is none."""
        if self._wish is not None and self._wish in self._places:
            return self._places[self._wish]
        return max(0, min(self._index, len(self.rows) - 1))

    @index.setter
    def index(self, index: int) -> None:
        self._index = max(0, min(index, len(self.rows) - 1))
        self._wish = self.rows[self._index] if self.rows else None

    def mark(self, uuids: Iterable[str], *, change: Callable[[frozenset[str], frozenset[str]], frozenset[str]]) -> None:
        """Change the marks with a set operation such as ``frozenset.union``."""
        self.marks = change(self.marks, frozenset(uuids))

    @property
    def targets(self) -> tuple[Machine, ...]:
        """Return the machines a verb acts on: the marked ones, else the one under the cursor.

        A staging machine is acted on only while it is in view, and then alone.
        """
        machines = self.inventory.machines
        if self.marks and not self.place.staging:
            return tuple(each for uuid, each in machines.items() if uuid in self.marks and not each.staging)
        under = machines.get(self.cursor or "")
        return (under,) if under else ()

    @property
    def hidden(self) -> frozenset[str]:
        """Return the marked machines that filter or scope keep out of the table."""
        return self.marks.difference(self.rows)

    @property
    def in_place(self) -> tuple[Machine, ...]:
        """Return the machines of the tree node, filtered or not."""
        return tuple(machine for machine in self.inventory.machines.values() if self.place.holds(machine))

    def _arrange(self) -> None:
        at = self.index if self.rows else self._index
        words = self.filter.lower().split()
        rows = [row for row in (row_of(self, machine.uuid) for machine in self.in_place) if _holds(row, words)]
        rows.sort(key=column("number").key)
        rows.sort(key=column(self.sort).key, reverse=self.descending)  # stable: equals stay in their order
        self.rows = tuple(row.machine.uuid for row in rows)
        self._places = {uuid: index for index, uuid in enumerate(self.rows)}
        self._index = at


def version_in_view(desk: Desk) -> VersionInView | None:
    """Return the version of the tree node, None when that is not a version."""
    for template in desk.inventory.templates:
        for summary in template.versions:
            if (template.name, summary.number) == (desk.place.template, desk.place.version):
                taken = (desk.rates.get(machine.uuid, _NO_RATES).disk_allocation_bytes for machine in desk.in_place)
                return VersionInView(template.name, summary, sum(filter(None, taken)))
    return None


def row_of(desk: Desk, uuid: str, now: float = 0.0) -> Row:
    """Return a machine of the desk with all that its row shows, at an instant in epoch seconds."""
    machine = desk.inventory.machines[uuid]
    return Row(machine, desk.rates.get(uuid, _NO_RATES), now, desk.reachable.get(uuid, ()))


def _holds(row: Row, words: list[str]) -> bool:
    if not words:
        return True
    machine = row.machine
    kinds = (machine.ephemeral * "ephemeral", machine.detached * "detached")
    parts = (machine.name, machine.template, state_word(machine), f"v{machine.version}", *kinds, *row.addresses)
    text = " ".join(parts).lower()
    return all(word in text for word in words)
