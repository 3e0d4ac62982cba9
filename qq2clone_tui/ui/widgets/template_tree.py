"""Show the templates with their versions; the row under the cursor scopes the table."""

from textual.binding import Binding

from qq2clone_tui.domain.inventory import Inventory

from ..commands import Scope, in_scope
from ..desk import Desk, Place
from ..presenters.text import Line
from ..presenters.tree import Branch, branches, tree_line
from .line_list import LineList

__all__ = ["TemplateTree"]


class TemplateTree(LineList):
    """Templates and, below each, its versions, its staging machine, and its clones by state."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), entry.verb, entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.TREE)
    ]

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.desk = desk
        self.entitle("Templates")
        self._branches: tuple[Branch, ...] = (Branch(),)
        self._folded: frozenset[str] = frozenset()

    @property
    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._branches)

    @property
    def cursor(self) -> int:
        """Return the row of the place the desk shows."""
        place = self.desk.place
        exact = [i for i, row in enumerate(self._branches) if row.place == place]
        parent = [i for i, row in enumerate(self._branches) if row.place.template == place.template]
        return (exact or parent or [0])[0]

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, and so scope the table."""
        row = self._branches[max(0, min(index, len(self._branches) - 1))]
        self.desk.go(row.place)
        self.follow()
        self.post_message(self.Moved(self))

    def line_at(self, index: int) -> Line:
        """Return the row at ``index``."""
        tone = self.cursor_tone if index == self.cursor else ""
        return tree_line(self._branches[index], self.scrollable_content_region.width, tone)

    def place_at(self, index: int) -> Place:
        """Return what the row at ``index`` stands for."""
        return self._branches[index].place

    def update_from_desk(self) -> None:
        """Show the templates and counts of the desk's inventory."""
        self._branches = branches(self.desk.inventory, self._folded)
        ground = _standing_ground(self.desk.place, self.desk.inventory)
        if self.desk.inventory.version and ground != self.desk.place:
            self.desk.go(ground)
        self.follow()

    def action_fold(self) -> None:
        """Hide what is below the template under the cursor, and go to the template."""
        name = self.desk.place.template
        if name is not None:
            self._folded |= {name}
            self.desk.go(Place(name))
            self.update_from_desk()
            self.post_message(self.Moved(self))

    def action_unfold(self) -> None:
        """Show what is below the template under the cursor."""
        name = self.desk.place.template
        if name is not None:
            self._folded -= {name}
            self.update_from_desk()


def _standing_ground(place: Place, inventory: Inventory) -> Place:
    """Return the place itself, or what is nearest to it where its template, version or staging machine is gone."""
    if place == Place():
        return place
    template = next((each for each in inventory.templates if each.name == place.template), None)
    if template is None:
        return Place()
    if place.staging and template.staging not in inventory.machines:
        return Place(template.name)
    known = {version.number for version in template.versions}
    return Place(template.name) if place.version and place.version not in known else place
