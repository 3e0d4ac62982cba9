"""Send each command of the table to the method that carries it out.

What carries out the commands on a noun is loaded with the first of them: the app is drawn before that.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from ..commands import command
from .details import Details, VersionsInView

if TYPE_CHECKING:
    from ..screens.main import MainScreen
    from .consoles import ConsoleActions
    from .plans import Plans
    from .prompts import Prompts
    from .pruning import PruneActions
    from .screens import ScreenActions
    from .versions import VersionActions

__all__ = ["Actions"]


class Actions:
    """All actions of the main screen; a command's id names class and method.

    Args:
        main: the screen they act on.
    """

    def __init__(self, main: "MainScreen") -> None:
        self.main = main
        self.details = Details(main)
        self.versions_in_view = VersionsInView(main)
        self._nouns: dict[str, object] = {}

    @cached_property
    def consoles(self) -> "ConsoleActions":
        """What is done with consoles."""
        from .consoles import ConsoleActions

        return ConsoleActions(self.main)

    @cached_property
    def plans(self) -> "Plans":
        """The way from a command to a job."""
        from .plans import Plans

        return Plans(self.main)

    @cached_property
    def prompts(self) -> "Prompts":
        """What is typed into the prompt."""
        from .prompts import Prompts

        return Prompts(self.main)

    @cached_property
    def pruning(self) -> "PruneActions":
        """What is done about versions that nobody needs."""
        from .pruning import PruneActions

        return PruneActions(self.main)

    @cached_property
    def screens(self) -> "ScreenActions":
        """What is done about pictures of screens."""
        from .screens import ScreenActions

        return ScreenActions(self.main)

    @cached_property
    def versions(self) -> "VersionActions":
        """What is done with versions of templates."""
        from .versions import VersionActions

        return VersionActions(self.main)

    def method(self, ident: str) -> Callable[[], None]:
        """Return what carries out a command of the main screen."""
        entry = command(ident)
        if entry.noun not in self._nouns:
            self._nouns[entry.noun] = _MAKERS[entry.noun](self)
        found: Callable[[], None] = getattr(self._nouns[entry.noun], entry.verb)
        return found

    def perform(self, ident: str) -> None:
        """Carry out a command."""
        self.method(ident)()


def _checkpoints(actions: Actions) -> object:
    from .checkpoints import CheckpointActions

    return CheckpointActions(actions.main, actions.plans)


def _edit(actions: Actions) -> object:
    from .edits import EditActions

    return EditActions(actions.main)


def _exec(actions: Actions) -> object:
    from .exec import ExecActions

    return ExecActions(actions.main)


def _jobs(actions: Actions) -> object:
    from .jobs import JobActions

    return JobActions(actions.main, actions.plans)


def _machines(actions: Actions) -> object:
    from .machines import MachineActions

    return MachineActions(actions.main, actions.plans)


def _marks(actions: Actions) -> object:
    from .marks import MarkActions

    return MarkActions(actions.main, actions.prompts)


def _program(actions: Actions) -> object:
    from .program import ProgramActions

    return ProgramActions(actions.main)


def _renewal(actions: Actions) -> object:
    from .renewal import RenewalActions

    return RenewalActions(actions.main, actions.plans)


def _staging(actions: Actions) -> object:
    from .staging import StagingActions

    return StagingActions(actions.main, actions.versions)


def _tags(actions: Actions) -> object:
    from .tags import TagActions

    return TagActions(actions.main)


def _templates(actions: Actions) -> object:
    from .templates import TemplateActions

    return TemplateActions(actions.main, actions.plans)


def _uses(actions: Actions) -> object:
    from .uses import UsesActions

    return UsesActions(actions.main)


def _view(actions: Actions) -> object:
    from .view import ViewActions

    return ViewActions(actions.main, actions.prompts)


_MAKERS: Mapping[str, Callable[[Actions], object]] = {
    "checkpoints": _checkpoints,
    "consoles": lambda actions: actions.consoles,
    "edit": _edit,
    "exec": _exec,
    "jobs": _jobs,
    "machines": _machines,
    "marks": _marks,
    "program": _program,
    "pruning": lambda actions: actions.pruning,
    "renewal": _renewal,
    "screens": lambda actions: actions.screens,
    "staging": _staging,
    "tags": _tags,
    "templates": _templates,
    "uses": _uses,
    "versions": lambda actions: actions.versions,
    "view": _view,
}
"""By noun, what carries out its commands."""
