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
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("y,enter", "agree", show=False),
        Binding("n,q", "leave", show=False),
        Binding("e,f2", "equivalent", show=False),
    ]

    def __init__(self, plan: Plan, hidden: int = 0) -> None:
        super().__init__()
        self._plan = plan
        self._hidden = hidden
        self._as_commands = False
        self._phrase = phrase(plan)
        self.title_text = question(plan)
        commands = "f2" if self._phrase else "e"
        agree = ("enter", "do it") if self._phrase else ("y", "do it")
        self.hints = (agree, (commands, "as commands"), ("esc", "leave it"))

    def body(self) -> Sequence[Widget]:
        """Return the plan and, where a phrase is wanted, the field for it."""
        if not self._phrase:
            return [Reading(id="dialog-text")]
        return [Reading(id="dialog-text"), Sheet(id="dialog-label"), Input(id="dialog-phrase", compact=True)]

    def on_mount(self) -> None:
        """Show the plan."""
        super().on_mount()
        self._show()
        if self._phrase:
            label = line(" To go on, type ", Cell(self._phrase, "bad"))
            self.query_one("#dialog-label", Sheet).show([label])
            field = self.query_one(Input)
            field.cursor_blink = False
            field.focus()
        else:
            self.query_one(Reading).focus()

    def on_resize(self) -> None:
        """Keep the plan within the screen."""
        self._show()

    def action_agree(self) -> None:
        """Carry the plan out, once the phrase is there."""
        if not self._phrase or self.query_one(Input).value.strip() == self._phrase:
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
        self._show()

    def _show(self) -> None:
        lines = equivalent_lines(self._plan) if self._as_commands else plan_lines(self._plan, self._hidden)
        text = self.query_one(Reading)
        text.styles.height = min(len(lines), max(3, self.size.height * 94 // 100 - (8 if self._phrase else 6)))
        text.show(lines)
