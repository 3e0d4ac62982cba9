"""Say what is done through a session, as values that another process can be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.job import EntryState
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.engine.session import Session

from .world import Opened

__all__ = ["KILLED", "VERBS", "Deed", "Outcome", "do"]

KILLED = "it was killed"


@dataclass(frozen=True)
class Deed:
    """One thing that is done.

    Args:
        verb: what.
        template: to which template; also the reference of a version.
        uuids: to which machines.
        number: how many clones, which version, how deep.
        option: a variety of the verb.
        ephemeral: whether clones begin afresh at every start.
    """

    verb: str
    template: str = ""
    uuids: tuple[str, ...] = ()
    number: int = 0
    option: bool = False
    ephemeral: bool = False


@dataclass(frozen=True)
class Outcome:
    """How it went.

    Args:
        refused: why nothing was done, or why it was given up.
        machines: why it was not done to single machines, by UUID.
    """

    refused: str = ""
    machines: Mapping[str, str] = field(default_factory=dict)

    @property
    def killed(self) -> bool:
        """Tell whether the process that did it is gone before it was done."""
        return self.refused == KILLED


def do(opened: Opened, deed: Deed) -> Outcome:
    """Do it, and return how it went."""
    opened.session.inventory.refresh()
    try:
        return _DEEDS[deed.verb](opened, deed) or Outcome()
    except Qq2cloneError as error:
        return Outcome(error.paragraph() or "for no reason")


def _run(session: Session, plan: Plan) -> Outcome:
    refused = {refusal.uuid: refusal.why for refusal in plan.refusals}
    if not plan.steps:
        return Outcome("nothing to do", refused)
    ledger = session.jobs.run(plan)
    failed = {
        entry.step.uuid: entry.reason or "for no reason"
        for entry in ledger.entries
        if entry.state is not EntryState.DONE
    }
    assert not any("unexpected" in why for why in failed.values()), failed
    return Outcome("", {**refused, **failed})


def _import(opened: Opened, deed: Deed) -> None:
    opened.session.import_template(deed.template, copy=deed.option)


def _clone(opened: Opened, deed: Deed) -> Outcome:
    session = opened.session
    plan = session.plan_clone(deed.template, deed.number, start=deed.option, ephemeral=deed.ephemeral)
    return _run(session, plan)


def _power(opened: Opened, deed: Deed) -> Outcome:
    verb = PowerVerb(deed.verb)
    return _run(opened.session, opened.session.plan_power(verb, deed.uuids))


def _remove(opened: Opened, deed: Deed) -> Outcome:
    return _run(opened.session, opened.session.plan_remove(deed.uuids))


def _reset(opened: Opened, deed: Deed) -> Outcome:
    return _run(opened.session, opened.session.renewal.plan_reset(deed.uuids, drop_saved=deed.option))


def _upgrade(opened: Opened, deed: Deed) -> Outcome:
    return _run(opened.session, opened.session.renewal.plan_upgrade(deed.uuids, drop_saved=deed.option))


def _detach(opened: Opened, deed: Deed) -> Outcome:
    return _run(opened.session, opened.session.renewal.plan_detach(deed.uuids, drop_saved=deed.option))


def _prepare(opened: Opened, deed: Deed) -> None:
    opened.session.staging.prepare(deed.template, start=deed.option)


def _commit(opened: Opened, deed: Deed) -> None:
    opened.session.staging.commit(deed.template, "", in_place=deed.verb == "in-place")


def _discard(opened: Opened, deed: Deed) -> None:
    opened.session.staging.discard(deed.template)


def _force_off(opened: Opened, deed: Deed) -> None:
    opened.session.staging.force_off(deed.template)


def _promote(opened: Opened, deed: Deed) -> None:
    (uuid,) = deed.uuids
    opened.session.promotion.promote(uuid, deed.template, keep=deed.option)


def _fold(opened: Opened, deed: Deed) -> Outcome:
    pruning = opened.session.pruning
    flatten = deed.verb == "flatten"
    plan = pruning.plan_flatten(deed.template, deed.number) if flatten else pruning.plan_prune(deed.template)
    results = pruning.prune(plan, lambda _: None)
    return Outcome("; ".join(result.error.paragraph() for result in results if result.error is not None))


def _delete(opened: Opened, deed: Deed) -> None:
    opened.session.delete_template(deed.template)


def _acknowledge(opened: Opened, deed: Deed) -> None:
    opened.session.versions.acknowledge(deed.template)


def _recover(opened: Opened, deed: Deed) -> None:
    opened.recover()


_DEEDS: Mapping[str, Callable[[Opened, Deed], Outcome | None]] = {
    "acknowledge": _acknowledge,
    "clone": _clone,
    "commit": _commit,
    "delete": _delete,
    "destroy": _power,
    "detach": _detach,
    "discard": _discard,
    "flatten": _fold,
    "force-off": _force_off,
    "import": _import,
    "in-place": _commit,
    "prepare": _prepare,
    "promote": _promote,
    "prune": _fold,
    "recover": _recover,
    "remove": _remove,
    "reset": _reset,
    "save": _power,
    "start": _power,
    "upgrade": _upgrade,
}

VERBS = tuple(verb for verb in _DEEDS if verb not in {"import", "recover"})
"""What histories are made of."""
