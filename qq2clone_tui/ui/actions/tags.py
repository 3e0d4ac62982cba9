"""Give machines tags and take them away."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.tags import tags_of

from ..dialogs.tag import TagDialog, TagWish
from ..presenters.text import counted

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["TagActions"]


class TagActions:
    """Carries out the commands of the noun ``tags``."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def give(self) -> None:
        """Ask for a tag, and give it to the marked machines or the one under the cursor, or take it away."""
        app = self._main.qq
        uuids = [machine.uuid for machine in self._main.desk.targets]
        tags = self._main.desk.inventory.tags
        carried = {word for uuid in uuids for word in tags_of(uuid, tags)}

        def go(wish: TagWish | None) -> None:
            if wish is not None:
                change = app.session.tagging.add if wish.give else app.session.tagging.remove
                done = f"{counted(len(uuids), 'machine')} {'now' if wish.give else 'no longer'} @{wish.word}."
                app.errands.run("tagging", lambda: change(wish.word, uuids), lambda _: self._main.flash(done, "good"))

        app.push_screen(TagDialog(len(uuids), carried), go)
