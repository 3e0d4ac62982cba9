"""Make clones: ``clone [N]``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.invocation import Invocation

__all__ = ["commands"]


@click.command("clone", cls=Verb)
@click.argument("count", metavar="[N]", type=click.IntRange(min=1), default=1)
@click.option("--ephemeral", is_flag=True, help="Let them begin afresh at every start.")
def clone(invocation: Invocation, count: int, ephemeral: bool) -> int:
    """Make N clones (one, if no number is given) of the template, and start them if -r or the setting says so.

    -t may name a version, as debian@v2. Ephemeral clones get fresh disks whenever this program starts
    them; what they wrote before is lost then.
    """
    shared = invocation.shared
    start = invocation.preferences.run if shared.run is None else shared.run
    with invocation.session() as session:
        template = invocation.template(session)
        plan = session.plan_clone(template, count, start=start, dry_run=bool(shared.dry_run), ephemeral=ephemeral)
        if invocation.shared.graphics and not start:
            invocation.narrator.warn("-g opens consoles only on clones that are started: add -r.")
        return carry_out(invocation, session, plan, consoles=start)


commands = {"clone": clone}
