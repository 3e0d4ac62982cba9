"""Plan again what failed, and only that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.plan import Action, Plan
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.engine.ports.catalogue import Catalogue

__all__ = ["Planners", "plan_again"]


@dataclass(frozen=True)
class Planners:
    """How plans are made.

    Args:
        power: by a power verb.
        clone: for clones (template, count, start, ephemeral).
        others: for the failed machines of a plan, by its action, where that is neither of these.
    """

    power: Callable[[PowerVerb, Sequence[str]], Plan]
    clone: Callable[[str, int, bool, bool], Plan]
    others: Mapping[Action, Callable[[Plan], Plan]]


def plan_again(planners: Planners, catalogue: Catalogue, plan: Plan) -> Plan:
    """Return a fresh plan for the machines of one that failed.

    Clones that were undone are made anew; those that are whole and only failed to start are started.
    """
    uuids = [step.uuid for step in plan.steps]
    if plan.action in planners.others:
        return planners.others[plan.action](plan)
    if plan.action is not Action.CLONE:
        return planners.power(PowerVerb(plan.action.value), uuids)
    whole = [uuid for uuid in uuids if _whole(catalogue.clone(uuid))]
    started = planners.power(PowerVerb.START, whole)
    anew = len(uuids) - len(whole)
    if not anew:
        return started
    start = any(step.clone is not None and step.clone.start for step in plan.steps)
    ephemeral = any(step.clone is not None and step.clone.ephemeral for step in plan.steps)
    fresh = planners.clone(plan.template, anew, start, ephemeral)
    return replace(fresh, steps=(*fresh.steps, *started.steps), refusals=started.refusals)


def _whole(record: CloneRecord | None) -> bool:
    # One that could not even be undone is still recorded as being made, and waits for the next start.
    return record is not None and record.status is CloneStatus.READY
