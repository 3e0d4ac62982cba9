"""Ask whether a plan shall be carried out, and show the whole of it."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.plan import Plan

from ..presenters.plans import equivalent_lines, phrase, plan_lines, question
from ..presenters.text import Cell, line
from ..widgets.sheet import Sheet
from .dialog import Dialog, Reading

__all__ = ["ConfirmDialog"]


class ConfirmDialog(Dialog[bool]):
    """The plan, and one key to agree; a plan that deletes many machines wants a phrase typed.

    Args:
        plan: what would be done.
        hidden: how many of its machines are out of sight.

    Attributes:
        plan: what is agreed to.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("y,enter", "agree", show=False),
        Binding("n,q", "leave", show=False),
        Binding("e,f2", "equivalent", show=False),
    ]

    def __init__(self, plan: Plan, hidden: int = 0) -> None:
        super().__init__()
        self.plan = plan
        self._hidden = hidden
        self._as_commands = False

    @property
    def phrase(self) -> str:
        """Return what must be typed before the plan is carried out, empty when a key is enough."""
        return phrase(self.plan)

    def body(self) -> Sequence[Widget]:
        """Return the plan and the field for the phrase."""
        return [Reading(id="dialog-text"), Sheet(id="dialog-label"), Input(id="dialog-phrase", compact=True)]

    def on_mount(self) -> None:
        """Show the plan."""
        super().on_mount()
        self.query_one(Input).cursor_blink = False
        self.show_plan()

    def on_resize(self) -> None:
        """Keep the plan within the screen."""
        self.fit_text()

    def action_agree(self) -> None:
        """Carry the plan out, once the phrase is there."""
        if not self.phrase or self.query_one(Input).value.strip() == self.phrase:
            self.dismiss(True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter in the field as agreement."""
        event.stop()
        self.action_agree()

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(False)

    def action_equivalent(self) -> None:
        """Show the same as shell commands, or the plan again."""
        self._as_commands = not self._as_commands
        self.fit_text()

    def show_plan(self) -> None:
        """Show the plan, and ask for the phrase where one is wanted."""
        self.entitle(question(self.plan))
        wanted, label, field = self.phrase, self.query_one("#dialog-label", Sheet), self.query_one(Input)
        label.display = field.display = bool(wanted)
        label.show([line(" To go on, type ", Cell(wanted, "bad"))])
        (field if wanted else self.query_one(Reading)).focus()
        self.show_hints()
        self.fit_text()

    def show_hints(self) -> None:
        """Show which keys there are."""
        agree, commands = ("enter", "f2") if self.phrase else ("y", "e")
        self.hint((agree, "do it"), (commands, "as commands"), ("esc", "leave it"))

    def fit_text(self) -> None:
        """Show as much of the plan as there is room for."""
        lines = equivalent_lines(self.plan) if self._as_commands else plan_lines(self.plan, self._hidden)
        text = self.query_one(Reading)
        text.styles.height = max(1, min(len(lines), max(3, self.size.height * 94 // 100 - self.around)))
        text.show(lines)

    @property
    def around(self) -> int:
        """Return the rows of the dialog that are not the plan."""
        return 8 if self.phrase else 6
