"""Measure cloning: against the bare definition of the same machines, and against virt-clone."""

from functools import partial

from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.engine.session import Session

from .figures import Figure, Missing, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .virt_clone import Theirs, measure_virt_clone, why_not
from .watch import Seconds, median, say, timed

__all__ = ["measure"]

COUNT = 200
MANY = 1000
ROUNDS = 3
_AGAINST_DEFINE = f"{COUNT} clones : bare defineXML"
_AGAINST_VIRT_CLONE = f"{COUNT} clones : virt-clone loop"


def measure(ground: Ground) -> list[Result]:
    """Return the figures of cloning."""
    theirs = None if why_not() else measure_virt_clone(ground)
    results = ground.on_each(partial(_on_one, theirs), _AGAINST_DEFINE)
    return results if theirs else [*results, Missing(_AGAINST_VIRT_CLONE, why_not())]


def _on_one(theirs: Theirs | None, stage: Stage) -> list[Result]:
    """Clone and define in turns, so that whatever else the host does meets both."""
    session = stage.session
    clone(session, 10)
    define_bare(session, 10)
    cloned: list[Seconds] = []
    defined: list[Seconds] = []
    for number in range(ROUNDS):
        defined.append(define_bare(session, COUNT))
        cloned.append(clone(session, COUNT))
        say(f"{stage.name} {number + 1}/{ROUNDS}: {COUNT} clones {cloned[-1]:.2f} s, bare defines {defined[-1]:.2f} s")
    rate, bare = COUNT / median(cloned), COUNT / median(defined)
    note = f"{rate:.0f}/s against {bare:.0f}/s"
    results: list[Result] = [Figure(f"{_AGAINST_DEFINE} ({stage.name})", rate / bare, 1 / 3, note=note)]
    if theirs is not None:
        note = f"{rate:.0f}/s against {1 / theirs.seconds:.1f}/s on {theirs.uri}"
        results.append(Figure(f"{_AGAINST_VIRT_CLONE} ({stage.name})", rate * theirs.seconds, 50, note=note))
    return [*results, _many(stage)]


def _many(stage: Stage) -> Result:
    session = stage.session
    taken = timed(lambda: run(session, session.plan_clone(TEMPLATE, MANY)))
    made = len(session.inventory.refresh().machines)
    removal = timed(lambda: remove_all(session))
    note = f"made in {taken:.1f} s ({MANY / taken:.0f}/s), removed in {removal:.1f} s ({MANY / removal:.0f}/s)"
    return Figure(f"{MANY} clones in one go ({stage.name})", made, MANY, unit="made", note=note)


def clone(session: Session, count: int) -> Seconds:
    """Return how long planning and making clones took; they are removed again."""
    taken = timed(lambda: run(session, session.plan_clone(TEMPLATE, count)))
    remove_all(session)
    return taken


def remove_all(session: Session) -> None:
    """Remove every clone with its files."""
    run(session, session.plan_remove(list(session.inventory.refresh().machines)))


def define_bare(session: Session, count: int) -> Seconds:
    """Return how long defining the very same machines takes with nothing around it, one after another."""
    plan = session.plan_clone(TEMPLATE, count)
    template = next(one for one in session.templates() if one.name == TEMPLATE)
    compiler = Compiler(template.xml, template)
    specs = [step.clone for step in plan.steps if step.clone is not None]
    texts = [compiler.compile(spec.identity, session.storage).xml for spec in specs]
    connection = libvirt.open(session.uri)
    try:
        domains = []
        taken = timed(lambda: domains.extend([connection.defineXML(text) for text in texts]))
        for domain in domains:
            domain.undefine()
    finally:
        connection.close()
        session.abandon(plan)
    return taken
