"""Send each command of the table to the method that carries it out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..commands import COMMANDS, Scope, command
from .checkpoints import CheckpointActions
from .consoles import ConsoleActions
from .details import Details, VersionsInView
from .edits import EditActions
from .exec import ExecActions
from .jobs import JobActions
from .machines import MachineActions
from .marks import MarkActions
from .plans import Plans
from .program import ProgramActions
from .prompts import Prompts
from .pruning import PruneActions
from .renewal import RenewalActions
from .screens import ScreenActions
from .staging import StagingActions
from .tags import TagActions
from .templates import TemplateActions
from .uses import UsesActions
from .versions import VersionActions
from .view import ViewActions

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Actions"]


class Actions:
    """All actions of the main screen; a command's id names class and method.

    Args:
        main: the screen they act on.
    """

    def __init__(self, main: "MainScreen") -> None:
        self.consoles = ConsoleActions(main)
        self.details = Details(main)
        self.versions_in_view = VersionsInView(main)
        self.plans = Plans(main)
        self.prompts = Prompts(main)
        self.pruning = PruneActions(main)
        self.screens = ScreenActions(main)
        versions = VersionActions(main)
        nouns: dict[str, object] = {
            "machines": MachineActions(main, self.plans),
            "checkpoints": CheckpointActions(main, self.plans),
            "renewal": RenewalActions(main, self.plans),
            "consoles": self.consoles,
            "marks": MarkActions(main, self.prompts),
            "view": ViewActions(main, self.prompts),
            "templates": TemplateActions(main, self.plans),
            "staging": StagingActions(main, versions),
            "versions": versions,
            "edit": EditActions(main),
            "exec": ExecActions(main),
            "jobs": JobActions(main, self.plans),
            "tags": TagActions(main),
            "screens": self.screens,
            "pruning": self.pruning,
            "uses": UsesActions(main),
            "program": ProgramActions(main),
        }
        self._methods: dict[str, Callable[[], None]] = {
            entry.id: getattr(nouns[entry.noun], entry.verb) for entry in COMMANDS if entry.scope is Scope.MAIN
        }

    def perform(self, ident: str) -> None:
        """Carry out a command."""
        self._methods[command(ident).id]()
