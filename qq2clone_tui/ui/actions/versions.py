"""Do something about versions of templates: write what they are, take them as they have become."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.reference import Reference

from ..dialogs.question import QuestionDialog
from ..dialogs.staging import NoteDialog, NoteWish
from ..presenters.staging import drift_lines
from ..presenters.text import visible

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["VersionActions"]


class VersionActions:
    """Carries out the commands of the noun ``versions``.

    Args:
        main: the screen they act on.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def acknowledge(self) -> None:
        """Show how the images in view have changed, and take them as they are once that is agreed to."""
        app, now = self._main.qq, self._main.situation()
        version = now.drifted[0]
        reference = Reference(now.template, version.number)

        def answered(yes: bool | None) -> None:
            if yes:
                app.errands.run(
                    "acknowledging",
                    lambda: app.session.versions.acknowledge(str(reference)),
                    lambda _: self._acknowledged(reference),
                )

        versions = now.summary.versions if now.summary else ()
        standing = sum(each.clones for each in versions if each.number >= version.number)
        lines = drift_lines(reference, version, standing)
        app.push_screen(QuestionDialog("Take the images as they are now?", lines), answered)

    def annotate(self) -> None:
        """Ask what the version in view is, the newest where none is, and write that down."""
        app, now = self._main.qq, self._main.situation()
        if now.summary is None:
            return
        number = now.version or now.summary.version
        note = next((each.note for each in now.summary.versions if each.number == number), "")
        reference = Reference(now.template, number)

        def go(wish: NoteWish | None) -> None:
            if wish is not None:
                app.errands.run(
                    "writing the note",
                    lambda: app.session.versions.annotate(str(reference), wish.text),
                    lambda _: self._main.flash(f"The note of {visible(str(reference))} is written.", "good"),
                )

        app.push_screen(NoteDialog(f"What is v{number}?", note, ()), go)

    def _acknowledged(self, reference: Reference) -> None:
        self._main.actions.versions_in_view.forget()
        self._main.flash(f"{visible(str(reference))} is taken as it is now: c makes clones of it again", "good")
