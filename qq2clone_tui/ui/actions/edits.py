"""Edit machines and templates in the user's editor, which has the terminal meanwhile."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from qq2clone_tui.domain.errors import BadArgument, Overtaken, Qq2cloneError
from qq2clone_tui.engine.templates.editing import Draft

from ..dialogs.message import MessageDialog
from ..dialogs.question import QuestionDialog
from ..presenters.errors import error_lines
from ..presenters.text import Cell, line, visible

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["EditActions"]


class EditActions:
    """Carries out the commands of the noun ``edit``; one edit at a time."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._held = ExitStack()

    def machine(self) -> None:
        """Edit the XML of the machine under the cursor."""
        app, uuid = self._main.qq, self._main.desk.cursor
        if uuid is None:
            self._main.flash("There is no machine under the cursor.")
        else:
            app.errands.run("reading", lambda: self._hold(app.session.editing.open_machine(uuid)), self._begin)

    def template(self) -> None:
        """Edit the XML of the template in view."""
        app, name = self._main.qq, self._main.situation().template
        app.errands.run("reading", lambda: self._hold(app.session.editing.open_template(name)), self._begin)

    def _hold(self, draft: Draft) -> Draft:
        """Keep others from editing the same thing until this edit ends, and go on from the draft kept of it."""
        self._held.close()
        return self._held.enter_context(self._main.qq.session.editing.alone(draft))

    def _begin(self, draft: Draft) -> None:
        if not draft.kept_at:
            self._open_editor(draft)
            return
        app = self._main.qq
        lines = [
            line(Cell(" A text that could not be stored was kept at", "strong")),
            line(f" {visible(draft.kept_at)}"),
            *([line(), line(" Somebody else has made these changes since:")] if draft.behind else []),
            *(line(f" {visible(row)}") for row in draft.behind),
            line(),
            line(" y goes on from it; esc throws it away and begins afresh."),
        ]

        def answered(yes: bool | None) -> None:
            if yes:
                self._open_editor(draft)
            else:
                app.errands.run("reading", lambda: app.session.editing.fresh(draft), self._open_editor)

        app.present(QuestionDialog("Go on from the kept text?", lines), answered)

    def _open_editor(self, draft: Draft) -> None:
        """Give the terminal to the editor; the screen stands still until it is closed."""
        app = self._main.qq
        edited: Draft | Qq2cloneError
        try:
            with app.suspend():
                # Nothing may get out of this block as an exception: the screen would not come back.
                try:
                    edited = app.session.editing.edit(draft)
                except Qq2cloneError as error:
                    edited = error
        except SuspendNotSupported:
            edited = BadArgument("cannot open an editor", why="this terminal cannot be handed over")
        if isinstance(edited, Qq2cloneError):
            self._fail(edited)
        else:
            self._store(edited)

    def _store(self, draft: Draft) -> None:
        app = self._main.qq
        app.errands.run(
            "storing",
            lambda: app.session.editing.store(draft),
            lambda changed: self._stored(draft, changed=changed),
            failed=lambda error: self._refused(draft, error),
        )

    def _stored(self, draft: Draft, *, changed: bool) -> None:
        self._held.close()
        name = visible(draft.name)
        if not changed:
            self._main.flash(f"{name} is as it was.", "dim")
        elif draft.active:
            self._main.flash(f"{name} is changed; it runs, and the change counts from its next start.", "good")
        else:
            self._main.flash(f"{name} is changed.", "good")

    def _refused(self, draft: Draft, error: Qq2cloneError) -> None:
        """Say why a text cannot be stored, and offer to go on with it; it is kept anyway."""
        app = self._main.qq
        if not draft.text.strip():
            self._fail(error)
            return
        overtaken = isinstance(error, Overtaken)
        lines = [
            *error_lines(error, app.size.width),
            *(line(f" {visible(row)}") for row in (error.diff if isinstance(error, Overtaken) else ())),
            line(),
            line(Cell(f" The text is kept at {visible(draft.kept_at)}", "dim")),
            line("" if overtaken else " y edits it again; esc leaves it there for the next time."),
        ]
        if overtaken:
            self._held.close()
            app.present(MessageDialog("It cannot be stored", lines))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._open_editor(draft)
            else:
                self._held.close()

        app.present(QuestionDialog("It cannot be stored", lines), answered)

    def _fail(self, error: Qq2cloneError) -> None:
        self._held.close()
        self._main.qq.show_error(error)
