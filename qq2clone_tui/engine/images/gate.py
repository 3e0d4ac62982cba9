"""Ask, before an image is written or deleted, who would be harmed."""

from collections.abc import Callable, Collection, Iterable, Sequence

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.domain.intent import template_subject
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Action, Plan, Step
from qq2clone_tui.engine.tools import Tools

__all__ = [
    "MOST_NAMED",
    "Guard",
    "named",
    "need_beside",
    "need_of",
    "need_of_files",
    "need_of_machines",
    "refuse_needed",
    "refuse_unfinished",
]

_DELETING = frozenset({Action.REMOVE, Action.WIPE, Action.SHRED})

MOST_NAMED = 5
"""So many dependents are named; of more, the number is told."""


def need_of(tools: Tools, graph: ImageGraph, paths: Iterable[str], but: Iterable[str] = ()) -> str:
    """Return who needs any of some files, as the end of a sentence; empty when nobody does.

    Args:
        tools: the adapters.
        graph: the index.
        paths: absolute.
        but: idents of users who do not count; see ``ImageGraph.needs``.
    """
    excused = tuple(but)
    found = [who for path in paths for who in graph.needs(tools.images.resolved(path), excused)]
    return named(tuple(dict.fromkeys(found)))


def need_beside(graph: ImageGraph, path: str, going: Collection[str]) -> str:
    """Return who needs a file, beside those that go with it; empty when nobody does.

    Args:
        graph: the index.
        path: resolved.
        going: the resolved paths of all files that are about to be deleted.
    """
    above = graph.dependents(path)
    users = [str(user) for each in (path, *above) for user in graph.direct_users(each)]
    strays = [f"the image {each}" for each in above if each not in going and not graph.users(each)]
    return named(tuple(dict.fromkeys([*users, *strays])))


def need_of_files(tools: Tools, *, thorough: bool = True) -> Callable[[str, Iterable[str]], str]:
    """Return what tells who else needs some files of a machine, by the index as it is at the first question.

    However many machines are asked about, the index is brought up to date once.

    Args:
        tools: the adapters.
        thorough: also ask for the disks of all machines of the host.
    """
    known: list[ImageGraph] = []

    def need(uuid: str, paths: Iterable[str]) -> str:
        if not known:
            known.append(tools.index.graph(machines=thorough))
        return need_of(tools, known[0], paths, [uuid])

    return need


def need_of_machines(tools: Tools, *, thorough: bool = True) -> Callable[[Machine], str]:
    """Return what tells who else needs the disks of a machine; see ``need_of_files``."""
    need = need_of_files(tools, thorough=thorough)
    return lambda machine: need(machine.uuid, machine.files)


class Guard:
    """Asks once more, at the beginning of a job, who needs the disks of its machines: the plan may be old by then.

    Args:
        tools: the adapters.
        plan: what is about to be done.
    """

    def __init__(self, tools: Tools, plan: Plan) -> None:
        self._tools = tools
        asked = plan.action in _DELETING or plan.action is Action.START
        self._graph = tools.index.graph(machines=plan.action in _DELETING) if asked and plan.steps else None

    def check(self, step: Step) -> None:
        """Raise BadArgument when somebody needs the machine's disks as they are."""
        record = self._tools.catalogue.clone(step.uuid) if self._graph is not None else None
        if record is None or self._graph is None:
            return
        need = need_of(self._tools, self._graph, record.files, [step.uuid])
        if need:
            remedy = f"See who stands on it with: qq2clone uses {record.files[0]}"
            raise BadArgument(
                f"cannot {step.action.value} the machine",
                subject=step.name,
                why=f"{need} needs its disk as it is",
                remedy=remedy,
            )


def refuse_needed(tools: Tools, what: str, subject: str, paths: Sequence[str], but: Iterable[str] = ()) -> None:
    """Raise unless nobody needs any of some files as they are now.

    Raises:
        BadArgument: somebody does, and is named; or a QEMU that nobody knows of has one open for writing.
        HypervisorError, AccessError: it cannot be told.
    """
    need = need_of(tools, tools.index.graph(), paths, but)
    if need:
        remedy = f"See the whole tree with: qq2clone uses {paths[0]}"
        raise BadArgument(what, subject=subject, why=f"{need} needs it as it is", remedy=remedy)
    for path in paths:
        if tools.images.written(path):
            why, remedy = f"some QEMU has {path!r} open for writing", "End that program first; fuser names it."
            raise BadArgument(what, subject=subject, why=why, remedy=remedy)


def refuse_unfinished(tools: Tools, what: str, name: str) -> None:
    """Raise while something is done with a template in several steps, or was interrupted.

    Raises:
        BadArgument: something is.
    """
    unfinished = tools.catalogue.intents.of(template_subject(name))
    if unfinished is not None:
        why = f"something that was begun with it ({unfinished.kind.value}) is not finished"
        remedy = "Wait for it; what a killed process began is dealt with when qq2clone starts next."
        raise BadArgument(what, subject=name, why=why, remedy=remedy)


def named(needs: Sequence[str]) -> str:
    """Return dependents as one clause, of which the first are named."""
    if len(needs) <= MOST_NAMED:
        return " and ".join(filter(None, (", ".join(needs[:-1]), *needs[-1:])))
    return f"{', '.join(needs[: MOST_NAMED - 1])} and {len(needs) - MOST_NAMED + 1} more"
