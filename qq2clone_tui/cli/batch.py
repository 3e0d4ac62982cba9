"""Take a plan from decision to report: show it, ask, run it, say what became of it."""

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.plan import Danger, Plan

from .confirm import agreed
from .consoles import consoles_after
from .diagnostics import ledger_object, report_ledger
from .invocation import Invocation
from .output import write_json
from .plan_report import option_of, print_plan, summary
from .progress import Progress
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.domain.job import Ledger
    from qq2clone_tui.engine.session import Session

__all__ = ["carry_out", "run_plan"]

_INTERRUPTED = 130
_POLL_SECONDS = 0.05


def carry_out(invocation: Invocation, session: "Session", plan: Plan, *, consoles: bool = False) -> int:
    """Carry out a plan as the options say, and return the exit code.

    Args:
        invocation, session, plan: what is done, and how.
        consoles: the plan starts machines, whose consoles may be wanted afterwards.

    Raises:
        BadArgument: the plan acts on no machine, or needs a confirmation nobody may ask for.
    """
    if invocation.shared.dry_run:
        print_plan(plan, as_json=invocation.json)
        return 0
    if not plan.steps:
        raise _nothing_to_do(plan)
    if plan.danger >= Danger.LOSES and not agreed(invocation, plan.title, summary(plan), machines=len(plan.steps)):
        invocation.narrator.note("Nothing was done.")
        return BadArgument.exit_code
    for warning in plan.warnings:
        invocation.narrator.detail(f"Warning: {warning}.")
    ledger = run_plan(invocation, session, plan)
    report_ledger(ledger, invocation.narrator)
    after = consoles_after(invocation, session, ledger) if consoles else None
    if invocation.json:
        write_json(**ledger_object(ledger), **(after.members if after else {}))
    return _INTERRUPTED if ledger.cancelled else ledger.exit_code or (after.code if after else 0)


def run_plan(invocation: Invocation, session: "Session", plan: Plan) -> "Ledger":
    """Run the plan beside this thread, so that Ctrl-C can stop it after the machines under way."""
    narrator = invocation.narrator
    shown = narrator.on_terminal and narrator.level >= Verbosity.NORMAL
    with Progress(shown=shown) as progress, ThreadPoolExecutor(1, thread_name_prefix="batch") as beside:
        running = beside.submit(session.jobs.run, plan, progress.changed)
        stopping = False
        while not running.done():
            try:
                # Never without a time-out: the kernel may hand the signal to another thread, and
                # Python raises KeyboardInterrupt only when this one wakes.
                wait([running], timeout=_POLL_SECONDS)
            except KeyboardInterrupt:
                narrator.note("Stopping after the machines under way.")
                stopping = True
            if stopping:  # again and again: the job may not have been open at first
                for ledger in session.jobs.history:
                    session.jobs.cancel(ledger.job)
        return running.result()


def _nothing_to_do(plan: Plan) -> Qq2cloneError:
    reasons = "; ".join(f"{refusal.name} {refusal.why}" for refusal in plan.refusals[:5])
    options = dict.fromkeys(option_of(refusal.lifted_by) for refusal in plan.refusals if refusal.lifted_by)
    remedy = f"If that may go, add {' '.join(options)}." if options else ""
    why = reasons or "no machine is selected"
    return BadArgument(f"there is nothing to {plan.action.value}", why=why, remedy=remedy)
