"""Write a plan out for the person who has to agree to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import wrap

from qq2clone_tui.domain.plan import Action, Danger, Plan

from .figures import amount
from .machines import GLYPHS
from .text import Cell, Line, counted, line, visible

__all__ = ["TYPED_OVER", "equivalent_lines", "liftable", "phrase", "plan_lines", "question", "refusal_lines"]

TYPED_OVER = 20
_MOST_LISTED = 8
_FEW_LISTED = 3
_WIDTH = 70
_STATES_A_LINE = 5

_QUESTIONS = {
    Action.CLONE: "Make {n}?",
    Action.START: "Start {n}?",
    Action.SHUTDOWN: "Shut down {n}?",
    Action.DESTROY: "Force off {n}?",
    Action.SUSPEND: "Pause {n}?",
    Action.RESUME: "Resume {n}?",
    Action.SAVE: "Save {n} and turn them off?",
    Action.SAVE_REMOVE: "Delete the saved memory of {n}?",
    Action.REMOVE: "Remove {n}?",
    Action.WIPE: "Wipe and remove {n}?",
    Action.SHRED: "Shred and remove {n}?",
    Action.RENAME: "Rename {n}?",
    Action.RESET: "Throw away what {n} wrote?",
    Action.UPGRADE: "Move {n} onto {version}?",
    Action.DETACH: "Give {n} full images?",
    Action.CHECKPOINT: "Make a checkpoint of {n}?",
    Action.REVERT: "Take {n} back to a checkpoint?",
    Action.CHECKPOINT_REMOVE: "Delete a checkpoint of {n}?",
}
_TYPED = {
    Action.WIPE: "wipe",
    Action.SHRED: "shred",
    Action.SAVE_REMOVE: "delete",
    Action.RESET: "reset",
    Action.UPGRADE: "upgrade",
    Action.DETACH: "detach",
    Action.REVERT: "revert",
    Action.CHECKPOINT_REMOVE: "delete",
}


def question(plan: Plan) -> str:
    """Return the question a plan asks, as the dialog's title."""
    versions = {step.swap.version for step in plan.steps if step.swap}
    version = f"v{versions.pop()}" if len(versions) == 1 else "their newest versions"
    return _QUESTIONS[plan.action].format(n=counted(len(plan.steps), "machine"), version=version)


def phrase(plan: Plan) -> str:
    """Return what must be typed before the plan is carried out, empty when Enter is enough."""
    if plan.danger is not Danger.LOSES or len(plan.steps) <= TYPED_OVER:
        return ""
    return f"{_TYPED.get(plan.action, 'remove')} {len(plan.steps)}"


def plan_lines(plan: Plan, hidden: int) -> list[Line]:
    """Return what the plan does: machines, states, files, bytes, warnings, refusals.

    Args:
        plan: what is about to be done.
        hidden: how many of its machines the filter keeps out of sight.
    """
    lines = [*_names(plan), line(), *_states(plan)]
    if plan.checkpoint:
        lines.append(line(" Checkpoint ", Cell(visible(plan.checkpoint), "accent")))
    if hidden:
        lines.append(line(Cell(f" ! {hidden} of them cannot be seen: the filter or the tree hides them", "warn")))
    for warning in plan.warnings:
        first, *rest = wrap(visible(warning), _WIDTH - 2) or [""]
        lines += [line(Cell(f" ! {first}", "warn")), *(line(Cell(f"   {row}", "warn")) for row in rest)]
    # Where a choice would let more machines in, they must not be below the edge of a small screen.
    tail = [refusal_lines(plan), _files(plan)] if liftable(plan) else [_files(plan), refusal_lines(plan)]
    return [*lines, *tail[0], *tail[1]]


def liftable(plan: Plan) -> Mapping[str, int]:
    """Return how many more machines each choice would let into the plan."""
    return Counter(refusal.lifted_by for refusal in plan.refusals if refusal.lifted_by)


def refusal_lines(plan: Plan) -> list[Line]:
    """Return the machines that are left out, those with one reason together."""
    if not plan.refusals:
        return []
    reasons: dict[str, list[str]] = {}
    for refusal in plan.refusals:
        reasons.setdefault(refusal.why, []).append(visible(refusal.name))
    lines = [line(), line(Cell(f" Left out: {len(plan.refusals)}", "heading"))]
    for why, names in reasons.items():
        lines += [line(Cell(f"   {row}", "strong")) for row in wrap(_some(names), _WIDTH - 2)]
        lines += [line(Cell(f"     {row}", "dim")) for row in wrap(visible(why), _WIDTH - 4)]
    return lines


def equivalent_lines(plan: Plan) -> list[Line]:
    """Return the same as shell commands, for people who know those."""
    return [line(Cell(f" {visible(text)}", "accent")) for step in plan.steps for text in step.equivalent]


def _names(plan: Plan) -> list[Line]:
    names = _some([visible(step.name) for step in plan.steps])
    return [line(Cell(f" {row}", "strong")) for row in wrap(names, _WIDTH)]


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _states(plan: Plan) -> list[Line]:
    counts = Counter(step.state for step in plan.steps if step.state)
    rows: list[list[Cell]] = []
    for state, count in counts.most_common():
        if not rows or len(rows[-1]) == _STATES_A_LINE:
            rows.append([])
        rows[-1].append(Cell(f" {GLYPHS[state]} {count} {state.value}  ", state.value))
    return [Line(tuple(row)) for row in rows]


def _files(plan: Plan) -> list[Line]:
    removed, made = plan.files_removed, plan.files_made
    if not removed and not made:
        return []
    lines: list[Line] = []
    if made:
        lines += [line(), line(Cell(f" Makes {counted(len(made), 'file')}", "good")), *_some_paths(made)]
    if not removed:
        return lines
    freed = f", {amount(plan.bytes_freed)} freed" if plan.bytes_freed else ""
    return [
        *lines,
        line(),
        line(Cell(f" Deletes {counted(len(removed), 'file')}{freed}", "bad")),
        *_some_paths(removed, _FEW_LISTED if made else _MOST_LISTED),
    ]


def _some_paths(paths: Sequence[str], most: int = _FEW_LISTED) -> list[Line]:
    lines = [line(Cell(f"   {visible(path)}", "dim")) for path in paths[:most]]
    return [*lines, line(Cell(f"   and {len(paths) - most} more", "dim"))] if len(paths) > most else lines
