"""Run a command once for each machine: ``exec SET COMMAND``."""

import math

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.exec_report import Printer, ledger_report, report_outcomes
from qq2clone_tui.cli.interruptible import interruptible
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.domain.errors import BadArgument, CommandFailed
from qq2clone_tui.domain.execution import ExecLedger, Manner
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.selection import parse

__all__ = ["commands"]

_INTERRUPTED = 130


@click.command("exec", cls=Verb, context_settings={"allow_interspersed_args": True})
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.argument("command", metavar="COMMAND")
@click.option("--parallel", type=click.IntRange(1, 1000), default=1, metavar="N", help="Run for N machines at a time.")
@click.option("--keep-going", is_flag=True, help="Go on with the next machine after one has failed.")
@click.option(
    "--timeout", type=click.FloatRange(0.01, 1e9), metavar="SECONDS", help="Stop a machine's command after that long."
)
@click.option("--guest", is_flag=True, help="Run it inside the machines, through the QEMU guest agent.")
@click.option(
    "--group/--no-group", default=None, help="Show equal results once. Default: with --parallel on a terminal."
)
def execute(  # noqa: PLR0917
    invocation: Invocation,
    machines: str,
    command: str,
    parallel: int,
    keep_going: bool,
    timeout: float | None,
    guest: bool,
    group: bool | None,
) -> int:
    """Run COMMAND, one argument, with bash -c on this host once for each machine.

    Nothing is put into the text; the machine is told by the environment: $uuid, $name, $disks (the
    qcow2 images, one a line), $number, $template, $state, $mac, $ip and $graphics. Machines come in
    order, and the first failure stops the rest. The command's input is empty. With one machine at a
    time its output passes through as it comes; with more each machine's is kept apart. The machines
    it failed for are @failed in later sets. Exits with 14 when the command failed for a machine.
    """
    parse(machines)
    if timeout is not None and math.isnan(timeout):
        raise BadArgument("cannot use the time limit", subject=str(timeout), remedy="Give it in seconds: --timeout 30")
    manner = Manner(parallel, keep_going, timeout, guest)
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        if invocation.shared.dry_run:
            return _plan(invocation, chosen, command, manner)
        if not command.strip():
            raise BadArgument("there is no command to run", remedy="Write it as one argument: exec all 'echo $name'")
        printer = Printer(invocation, manner, session.exec.cancel_all, group=group)
        ledger = interruptible(
            lambda: session.exec.run(chosen, command, manner, on_output=printer.streamed, on_change=printer.changed),
            session.exec.cancel_all,
            invocation.narrator,
            "Stopping the commands under way.",
        )
        printer.finish(ledger)
    return _end(invocation, ledger)


def _end(invocation: Invocation, ledger: ExecLedger) -> int:
    report_outcomes(ledger, invocation.narrator)
    if invocation.json:
        write_json(**ledger_report(ledger))
    if ledger.cancelled:
        return _INTERRUPTED
    return CommandFailed.exit_code if ledger.failed else 0


def _plan(invocation: Invocation, chosen: list[Machine], command: str, manner: Manner) -> int:
    if invocation.json:
        machines = [{"uuid": machine.uuid, "name": machine.name, "number": machine.number} for machine in chosen]
        write_json(action="exec", command=command, guest=manner.guest, parallel=manner.parallel, machines=machines)
        return 0
    where = "inside each guest" if manner.guest else "on this host"
    write(f"Plan: run for {len(chosen)} machine{'' if len(chosen) == 1 else 's'} {where}: {printable(command)}")
    for machine in chosen:
        write(f"  {printable(machine.name)}")
    return 0


commands = {"exec": execute}
