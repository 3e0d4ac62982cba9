"""Open graphical consoles: ``connect SET``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import run_plan
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.consoles import console_object, console_wish, open_consoles, report_consoles
from qq2clone_tui.cli.diagnostics import ledger_object, report_ledger
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.cli.plan_report import plan_object, print_plan, refusal_lines
from qq2clone_tui.cli.serial import show_serial
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.selection import parse
from qq2clone_tui.domain.states import POWER_VERBS, PowerVerb

__all__ = ["commands"]

_INTERRUPTED = 130


@click.command("connect", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.option("--print", "commands", is_flag=True, help="Open nothing: print the commands to type at your own desk.")
@click.option("--serial", is_flag=True, help="Show the serial console of one machine on this terminal; Ctrl-] ends it.")
@click.option("--device", metavar="ALIAS", default="", help="Which serial device, such as serial1. Default: the first.")
@click.option("--force", is_flag=True, help="End the session of whoever has the serial console open.")
def connect(  # noqa: PLR0917
    invocation: Invocation, machines: str, commands: bool, serial: bool, device: str, force: bool
) -> int:
    """Start what is off, restore what is saved, then open a console on each machine that has graphics.

    Where there is no display to open it on, the commands that show it at your own desk are printed.
    Exits with 17 when no console was there in time.
    """
    parse(machines)
    if serial:
        return show_serial(invocation, machines, device, force=force)
    if device or force:
        raise BadArgument("--device and --force are about serial consoles", remedy="Say --serial too.")
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        off = [machine.uuid for machine in chosen if machine.state in POWER_VERBS[PowerVerb.START]]
        plan = session.plan_power(PowerVerb.START, off)
        if invocation.shared.dry_run:
            return _print_plan(invocation, plan, chosen)
        ledger = run_plan(invocation, session, plan) if plan.steps else None
        if ledger is not None:
            report_ledger(ledger, invocation.narrator)
            if ledger.cancelled:
                return _INTERRUPTED
        for line in refusal_lines(plan) if ledger is None else ():
            invocation.narrator.note(f"{line}.")
        kept_off = _kept_off(plan, ledger)
        uuids = [machine.uuid for machine in chosen if machine.uuid not in kept_off]
        reports, interrupted = open_consoles(invocation, session, uuids, console_wish(invocation, commands=commands))
    reported = report_consoles(invocation, reports)
    code = _INTERRUPTED if interrupted else (ledger.exit_code if ledger else 0) or reported
    if invocation.json:
        started = ledger_object(ledger) if ledger else None
        machines_member = [console_object(report) for report in reports]
        write_json(action="connect", exit_code=code, start=started, consoles=machines_member)
    return code


def _kept_off(plan: Plan, ledger: Ledger | None) -> set[str]:
    """Return the machines that could not be started, of which has been told already."""
    entries = ledger.entries if ledger else ()
    failed = {entry.step.uuid for entry in entries if entry.state is not EntryState.DONE}
    return failed | {refusal.uuid for refusal in plan.refusals}


def _print_plan(invocation: Invocation, plan: Plan, chosen: list[Machine]) -> int:
    names = [machine.name for machine in chosen]
    if invocation.json:
        write_json(plan=plan_object(plan), consoles=names)
        return 0
    if plan.steps or plan.refusals:
        print_plan(plan, as_json=False)
    write(printable(f"Plan: open {len(names)} console{'' if len(names) == 1 else 's'}: {', '.join(names)}"))
    return 0


commands = {"connect": connect}
