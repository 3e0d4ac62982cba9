"""Make clones: ``clone [N]``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.invocation import Invocation

__all__ = ["commands"]


@click.command("clone", cls=Verb)
@click.argument("count", metavar="[N]", type=click.IntRange(min=1), default=1)
def clone(invocation: Invocation, count: int) -> int:
    """Make N clones (one, if no number is given) of the template, and start them if -r or the setting says so."""
    shared = invocation.shared
    start = invocation.preferences.run if shared.run is None else shared.run
    with invocation.session() as session:
        template = invocation.template(session)
        plan = session.plan_clone(template, count, start=start, dry_run=bool(shared.dry_run))
        if invocation.shared.graphics and not start:
            invocation.narrator.warn("-g opens consoles only on clones that are started: add -r.")
        return carry_out(invocation, session, plan, consoles=start)


commands = {"clone": clone}
