"""Show a plan before it is carried out: to people, as shell lines, and as JSON."""

from collections.abc import Sequence
from typing import Any

from qq2clone_tui.domain.plan import Plan, Step

from .output import printable, size, write, write_json

__all__ = ["option_of", "plan_object", "print_plan", "refusal_lines", "summary"]

_SHOWN = 8


def summary(plan: Plan) -> list[str]:
    """Return the plan in a few lines: how many, in which states, what is lost, what is left out."""
    lines = [f"{plan.title}: {_listed([step.name for step in plan.steps])}"]
    states: dict[str, int] = {}
    for step in plan.steps:
        if step.state is not None:
            states[step.state.value] = states.get(step.state.value, 0) + 1
    if states:
        lines.append("  now: " + ", ".join(f"{count} {state}" for state, count in states.items()))
    if plan.checkpoint:
        lines.append(f"  checkpoint: {plan.checkpoint}")
    if versions := sorted({step.swap.version for step in plan.steps if step.swap and not step.swap.detached}):
        lines.append("  over: " + ", ".join(f"v{number}" for number in versions))
    if plan.files_removed:
        lines.append(f"  deletes {_files(len(plan.files_removed))}, {size(plan.bytes_freed)}")
    lines += [f"  warning: {warning}" for warning in plan.warnings]
    lines += [f"  {line}" for line in refusal_lines(plan)]
    return [printable(line) for line in lines]


def print_plan(plan: Plan, *, as_json: bool) -> None:
    """Write the whole plan to stdout; nothing is done."""
    if as_json:
        write_json(plan=plan_object(plan))
        return
    write(printable(f"Plan: {plan.title} (nothing is done)"))
    if plan.checkpoint:
        write(printable(f"  checkpoint: {plan.checkpoint}"))
    for step in plan.steps:
        write(printable(f"  {step.name}" + (f" ({step.state.value})" if step.state else "") + _onto(step)))
        for path in _made(step):
            write(printable(f"      makes    {path}"))
        for path in step.removes:
            write(printable(f"      deletes  {path}"))
    for line in refusal_lines(plan):
        write(printable(f"  {line}"))
    for warning in plan.warnings:
        write(printable(f"  warning: {warning}"))
    write(f"Files: {len(plan.files_made)} made, {len(plan.files_removed)} deleted, {size(plan.bytes_freed)} freed.")
    equivalent = [line for step in plan.steps for line in step.equivalent]
    if equivalent:
        write("The same by hand:")
        for line in equivalent:
            write(printable(f"  {line}"))


def plan_object(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON-ready values, as ``docs/json.md`` describes."""
    return {
        "action": plan.action.value,
        "template": plan.template or None,
        "checkpoint": plan.checkpoint or None,
        "danger": plan.danger.name.lower(),
        "steps": [_step_object(step) for step in plan.steps],
        "refusals": [
            {
                "name": each.name,
                "uuid": each.uuid,
                "why": each.why,
                "option": option_of(each.lifted_by) if each.lifted_by else None,
            }
            for each in plan.refusals
        ],
        "warnings": list(plan.warnings),
        "files_made": list(plan.files_made),
        "files_removed": list(plan.files_removed),
        "bytes_freed": plan.bytes_freed,
    }


def refusal_lines(plan: Plan) -> list[str]:
    """Return one line for each reason why machines are left out, with the machines it holds for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for refusal in plan.refusals:
        reasons.setdefault((refusal.why, refusal.lifted_by), []).append(refusal.name)
    return [f"left out: {_listed(names)}: {why}{_way_in(option)}" for (why, option), names in reasons.items()]


def option_of(choice: str) -> str:
    """Return the option of the command line that makes a choice of a planner: ``--drop-saved``."""
    return f"--{choice.replace('_', '-')}"


def _way_in(choice: str) -> str:
    return f"; {option_of(choice)} allows it" if choice else ""


def _step_object(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "uuid": step.uuid,
        "number": step.clone.identity.number if step.clone else None,
        "state": step.state.value if step.state else None,
        "version": step.swap.version if step.swap and not step.swap.detached else None,
        "makes": _made(step),
        "removes": list(step.removes),
        "frees": step.frees,
        "equivalent": list(step.equivalent),
    }


def _onto(step: Step) -> str:
    return f", onto v{step.swap.version}" if step.swap and not step.swap.detached else ""


def _made(step: Step) -> list[str]:
    if step.swap:
        return list(step.swap.paths.values())
    return [spec.path for spec in step.clone.images] if step.clone else []


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
