"""Carry out what ``modify-template`` does about versions: prepare, commit, discard, force off, note, acknowledge."""

import threading
from typing import TYPE_CHECKING

from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError

from .confirm import agreed
from .interruptible import interruptible
from .invocation import Invocation
from .output import printable, write, write_json
from .prepared_words import intention, sentence
from .progress import Progress
from .prune_report import report
from .prune_run import prune_beside
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.engine.session import Session
    from qq2clone_tui.engine.versions.commit import Commit

__all__ = ["acknowledge", "annotate", "commit", "discard", "force_off", "prepare", "record_digests"]


def prepare(invocation: Invocation, session: "Session", name: str) -> int:
    """Make the staging machine of a template, or start the one there is."""
    uuid = _existing(session, name)
    existing = session.inventory.current.machines.get(uuid)
    run = invocation.shared.run
    start = run if run is not None else existing is not None or invocation.preferences.run
    if invocation.shared.dry_run:
        return _tried(invocation, name, intention(existing, name, starting=start))
    made = session.staging.prepare(name, start=start)
    if invocation.json:
        write_json(
            template=name,
            version=made.version,
            uuid=made.uuid,
            name=made.name,
            made=made.fresh,
            started=made.started,
            files=list(made.files),
            created_at=made.created_at,
            found=made.found.value if made.found is not None else None,
        )
        return 0
    then = "Sets name it 'staging'; when it is as it should be, shut it down and commit-image."
    invocation.narrator.note(f"{sentence(made)} {then}")
    return 0


def commit(invocation: Invocation, session: "Session", name: str, note: str, *, in_place: bool) -> int:
    """Make the staging machine of a template its next version, or write its changes into the newest one."""
    if in_place and note:
        why, remedy = "in place makes no version to write it on", "Leave --note out."
        raise BadArgument("cannot note that", subject=note, why=why, remedy=remedy)
    plan = session.staging.plan_commit(name, in_place=in_place)
    if invocation.shared.dry_run:
        _show(invocation, plan)
        return 0
    narrator = invocation.narrator
    narrator.warn_all([f"{warning}." for warning in plan.warnings])
    question = f"Write the changes into {name}@v{plan.version}" if in_place else f"Make {name}@v{plan.version} of it"
    if (in_place or plan.warnings) and not agreed(invocation, question, _lines(plan)):
        narrator.note("Nothing was done.")
        return BadArgument.exit_code
    made = session.staging.commit(name, note, in_place=in_place)
    if invocation.json:
        write_json(template=name, version=made.version, in_place=in_place, images=list(plan.images))
    elif in_place:
        narrator.note(f"The changes are in {made} now; the staging machine is gone.")
    else:
        narrator.note(f"{made} is made; clones of older versions are as they were.")
    code = _flattened(invocation, session, name) if not in_place else 0
    record_digests(invocation, session, str(made))
    return code


def _flattened(invocation: Invocation, session: "Session", name: str) -> int:
    """Shorten chains that the new version has made longer than the setting allows, as far as nobody needs what goes.

    The version is made already: Ctrl-C only leaves its chain as long as it is.
    """
    deep = session.pruning.too_deep(name)
    if not deep:
        return 0
    plan, narrator = session.pruning.plan_flatten(name), invocation.narrator
    narrator.note(deep)
    if plan.empty:
        narrator.warn_all(plan.warnings)
        return 0
    results, _ = prune_beside(invocation, session, plan)
    return report(results, narrator)


def record_digests(invocation: Invocation, session: "Session", reference: str) -> None:
    """Compute the digests of a version's images, by which check can tell later that no byte has changed.

    The version is made already: Ctrl-C, or an error, only leaves this to check.
    """
    narrator, stop = invocation.narrator, threading.Event()
    with Progress(shown=narrator.on_terminal and narrator.level >= Verbosity.NORMAL) as progress:

        def heard(_count: int) -> None:
            progress.measured("computing digests", 0, 0)

        try:
            interruptible(
                lambda: session.versions.record_digests(reference, heard, stop.is_set), stop.set, narrator, "Stopping."
            )
        except Qq2cloneError as error:
            narrator.warn(error.paragraph())
    if stop.is_set():
        narrator.note("Its digests are left to: qq2clone check --digest")


def discard(invocation: Invocation, session: "Session", name: str) -> int:
    """Throw the staging machine of a template away."""
    _refuse_none(session, name, "discard")
    if not _agreed(invocation, name, f"Throw the staging machine of {name} away", "what was changed in it is lost"):
        return BadArgument.exit_code if not invocation.shared.dry_run else 0
    session.staging.discard(name)
    return _done(invocation, name, f"The staging machine of {name} is gone, with all that was changed in it.")


def force_off(invocation: Invocation, session: "Session", name: str) -> int:
    """Cut the power of the staging machine of a template."""
    warning = "what its guest has not written yet is lost, and its file systems may suffer"
    _refuse_none(session, name, "force off")
    if not _agreed(invocation, name, f"Cut the power of the staging machine of {name}", warning):
        return BadArgument.exit_code if not invocation.shared.dry_run else 0
    session.staging.force_off(name)
    remedy = "start it once and shut it down inside before it is committed"
    return _done(invocation, name, f"The staging machine of {name} is off; {remedy}.")


def annotate(invocation: Invocation, session: "Session", name: str, note: str) -> int:
    """Write what a version is."""
    if invocation.shared.dry_run:
        at = session.template(name)
        return _tried(invocation, name, f"note on {at.name}@v{at.version}: {note}")
    which = session.versions.annotate(name, note)
    return _done(invocation, name, f"{which}: {note}" if note else f"{which} has no note any more.")


def acknowledge(invocation: Invocation, session: "Session", name: str) -> int:
    """Take the images of a version as they are now."""
    changed = session.versions.drift(name)
    if invocation.shared.dry_run:
        if not changed:
            invocation.narrator.note(f"The images of {name} are what they were.")
        return _tried(invocation, name, *changed)
    lines = [*changed, "clones that stand on it are not mended by this"]
    if changed and not agreed(invocation, f"Take the images of {name} as they are now", lines):
        invocation.narrator.note("Nothing was done.")
        return BadArgument.exit_code
    invocation.narrator.warn_all([f"{line}." for line in changed])
    session.versions.acknowledge(name)
    return _done(invocation, name, "Clones can be made of it again." if changed else "Its images are what they were.")


def _existing(session: "Session", name: str) -> str:
    """Return the UUID of the staging machine of a template, empty when it has none."""
    session.template(name)  # raises where there is none
    return next((each.staging for each in session.inventory.refresh().templates if each.name == name), "")


def _refuse_none(session: "Session", name: str, what: str) -> None:
    if not _existing(session, name):
        raise BadArgument(f"there is nothing to {what}", subject=name, why="it has no staging machine")


def _tried(invocation: Invocation, name: str, *does: str) -> int:
    """Tell what would be done."""
    if invocation.json:
        write_json(template=name, dry_run=True, does=list(does))
        return 0
    for line in does:
        write(printable(line))
    return 0


def _agreed(invocation: Invocation, name: str, question: str, warning: str) -> bool:
    if invocation.shared.dry_run:
        _tried(invocation, name, f"{question}: {warning}")
        return False
    if agreed(invocation, question, [f"Warning: {warning}."]):
        return True
    invocation.narrator.note("Nothing was done.")
    return False


def _done(invocation: Invocation, name: str, sentence: str) -> int:
    invocation.narrator.note(sentence)
    if invocation.json:
        write_json(template=name)
    return 0


def _show(invocation: Invocation, plan: "Commit") -> None:
    if invocation.json:
        write_json(
            template=plan.template,
            version=plan.version,
            in_place=plan.in_place,
            machine=plan.machine,
            images=list(plan.images),
            warnings=list(plan.warnings),
        )
        return
    for line in (*_lines(plan), *(f"  warning: {warning}" for warning in plan.warnings)):
        write(printable(line))


def _lines(plan: "Commit") -> list[str]:
    what = "writes into" if plan.in_place else "becomes"
    return [
        f"The staging machine {plan.machine} {what} {plan.template}@v{plan.version}",
        *(f"  {p}" for p in plan.images),
    ]
