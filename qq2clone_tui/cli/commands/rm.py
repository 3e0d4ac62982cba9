"""Remove machines: ``rm SET``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.domain.selection import parse

__all__ = ["commands"]


@click.command("rm", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
def rm(invocation: Invocation, machines: str) -> int:
    """Force machines off, undefine them and delete the images that were made for them, and no others.

    On a terminal the plan is shown and confirmed first, unless --yes is given; with -q, which
    forbids questions, --yes is needed. Off a terminal (in a script) nothing is asked.
    """
    parse(machines)
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        return carry_out(invocation, session, session.plan_remove([machine.uuid for machine in chosen]))


commands = {"rm": rm}
