"""Measure batches of forced power-offs and of saves against loops of the same calls."""

from functools import partial

from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.engine.session import Session

from .figures import Figure, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .watch import Seconds, say, timed

__all__ = ["measure"]

COUNT = 20
MOST_STARTS = 5
SAVED = 60
LOOPED = 12
"""How many of them the loop does: each takes two seconds, and every one the same."""
_NAME = f"{COUNT} destroyed together : one after another"
_SAVED_NAME = f"{SAVED} saved together : one after another"


def measure(ground: Ground) -> list[Result]:
    """Return the figures of power verbs."""
    return [*ground.on_each(_destroy, _NAME), *ground.on_each(_save, _SAVED_NAME)]


def _destroy(stage: Stage) -> list[Result]:
    session = stage.session
    run(session, session.plan_clone(TEMPLATE, COUNT))
    uuids = list(session.inventory.refresh().machines)
    _start(session, uuids)
    loop = timed(lambda: _loop(session.uri, uuids, "destroy"))
    _start(session, uuids)
    together = timed(lambda: run(session, session.plan_power(PowerVerb.DESTROY, uuids)))
    say(f"{stage.name}: {COUNT} destroyed one after another in {loop:.2f} s, together in {together:.2f} s")
    note = f"{together:.2f} s against {loop:.2f} s"
    return [Figure(f"{_NAME} ({stage.name})", loop / together, 5, note=note)]


def _save(stage: Stage) -> list[Result]:
    session = stage.session
    run(session, session.plan_clone(TEMPLATE, SAVED - len(session.inventory.refresh().machines)))
    uuids = list(session.inventory.refresh().machines)
    _start(session, uuids)
    sample = uuids[:: len(uuids) // LOOPED][:LOOPED]
    loop = timed(lambda: _loop(session.uri, sample, "managedSave")) * len(uuids) / LOOPED
    _start(session, sample)
    together = timed(lambda: run(session, session.plan_power(PowerVerb.SAVE, uuids)))
    run(session, session.plan_power(PowerVerb.SAVE_REMOVE, uuids))
    say(f"{stage.name}: {SAVED} saved one after another in {loop:.1f} s (from {LOOPED}), together in {together:.2f} s")
    note = f"{together:.2f} s against {loop:.1f} s"
    return [Figure(f"{_SAVED_NAME} ({stage.name})", loop / together, 8, note=note)]


def _start(session: Session, uuids: list[str]) -> None:
    """Start machines until all run: another hypervisor on the host may have taken a port in between."""
    taken: Seconds = 0.0
    for _ in range(MOST_STARTS):
        machines = session.inventory.refresh().machines
        off = [uuid for uuid in uuids if not machines[uuid].state.active]
        if not off:
            say(f"{len(uuids)} started in {taken:.1f} s")
            return
        plan = session.plan_power(PowerVerb.START, off)
        taken += timed(partial(session.jobs.run, plan))
    raise RuntimeError("some machines did not start")


def _loop(uri: str, uuids: list[str], call: str) -> None:
    connection = libvirt.open(uri)
    try:
        for uuid in uuids:
            getattr(connection.lookupByUUIDString(uuid), call)()
    finally:
        connection.close()
