"""Finish or undo what killed processes were doing in several steps."""

from collections.abc import Callable, Iterable, Mapping

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.engine.checkpoints.settling import settle_checkpoint
from qq2clone_tui.engine.renewal.swap import settle_swap
from qq2clone_tui.engine.templates.promote import settle_promotion
from qq2clone_tui.engine.tools import Tools
from qq2clone_tui.engine.versions.commit import settle_commit
from qq2clone_tui.engine.versions.commit_in_place import settle_in_place
from qq2clone_tui.engine.versions.fold import settle as settle_merge

__all__ = ["recover_intents"]

_SETTLE: Mapping[IntentKind, Callable[[Tools, Intent], str]] = {
    IntentKind.SWAP: settle_swap,
    IntentKind.COMMIT: settle_commit,
    IntentKind.IN_PLACE: settle_in_place,
    IntentKind.PROMOTE: settle_promotion,
    IntentKind.MERGE: settle_merge,
    IntentKind.CHECKPOINT: settle_checkpoint,
}


def recover_intents(tools: Tools, intents: Iterable[Intent]) -> tuple[str, ...]:
    """Deal with the undertakings of processes that are gone.

    Args:
        tools: the adapters.
        intents: those that this process has taken over.

    Returns:
        One sentence for each, also for those that could not be dealt with yet; they stay recorded.
    """
    return tuple(filter(None, (_settled(tools, intent) for intent in intents)))


def _settled(tools: Tools, intent: Intent) -> str:
    try:
        return _SETTLE[intent.kind](tools, intent)
    except Qq2cloneError as error:
        return f"{intent.subject}: {intent.kind.value} was interrupted and is not finished: {error.paragraph()}"
