"""Give a verb what it needs: merged options, settings, the engine, and a voice."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.reference import parse_reference

from .narration import Narrator
from .shared import Shared, Verbosity, verbosity_of
from .world import Preferences, World

if TYPE_CHECKING:
    from qq2clone_tui.engine.ports.settings_book import SettingsBook
    from qq2clone_tui.engine.session import Session

__all__ = ["Invocation"]


class Invocation:
    """One run of one verb.

    Args:
        shared: the common options, merged.
        world: where settings and engine come from.
    """

    def __init__(self, shared: Shared, world: World) -> None:
        self.shared = shared
        self._world = world

    @cached_property
    def preferences(self) -> Preferences:
        """The settings, read once."""
        return self._world.preferences(self.shared)

    @property
    def settings(self) -> "SettingsBook":
        """The settings with who set them, to look at and to change."""
        return self._world.settings_book(self.shared)

    @cached_property
    def narrator(self) -> Narrator:
        """The voice on stderr, as loud as options and settings say."""
        letter = self.shared.verbosity
        return Narrator(verbosity_of(letter, quiet=False if letter else self.preferences.quiet))

    @property
    def verbose(self) -> bool:
        """Tell whether everything was asked for."""
        return self.narrator.level is Verbosity.VERBOSE

    @property
    def json(self) -> bool:
        """Tell whether the result is wanted as JSON."""
        return bool(self.shared.json)

    @contextmanager
    def session(self, *, recovering: bool = True) -> Iterator["Session"]:
        """Open the engine for the length of a block.

        Args:
            recovering: deal with what killed processes left behind; a dry run never does.
        """
        from qq2clone_tui.log_file import log_kept

        shared = self.shared if recovering else replace(self.shared, dry_run=True)
        with log_kept(shared.data_dir), closing(self._world.open_session(shared)) as session:
            self.narrator.detail(f"Connected to {session.uri}; new images go to {session.storage}.")
            self.narrator.warn_all(session.notices)
            yield session

    def template(self, session: "Session") -> str:
        """Return the template, or version, a clone verb works in: -t, the setting, or the only one there is.

        Raises:
            TemplateError: there is none, it is unknown, or there are several to choose from.
        """
        names = [template.name for template in session.templates()]
        wanted = self.shared.template if self.shared.template is not None else self.preferences.template
        if wanted is not None:
            name = parse_reference(wanted).name
            if name in names:
                session.template(wanted)
                return wanted
            why = "" if wanted else "the name is empty"
            raise TemplateError("there is no template", subject=name, why=why, remedy=_choices(names))
        if len(names) == 1:
            return names[0]
        why = "there are several" if names else "there is none yet"
        raise TemplateError("no template was named", why=why, remedy=_choices(names))


def _choices(names: list[str]) -> str:
    if not names:
        return "Make one with: qq2clone import-template SOURCE NAME"
    shown = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return f"Name one with -t: {shown}."
