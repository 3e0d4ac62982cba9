"""Edit one clone's XML: ``edit NUMBER``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.edit_text import edit_text
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.selection import parse

__all__ = ["commands"]


@click.command("edit", cls=Verb)
@click.argument("machine", metavar="NUMBER", shell_complete=complete_set)
def edit(invocation: Invocation, machine: str) -> int:
    """Edit the XML of one clone in $VISUAL or $EDITOR.

    The text is checked by this program, against libvirt's schema and by its driver before it is
    stored. A refused one is kept and offered again. What runs is not changed before its next start.
    """
    parse(machine)
    with invocation.session() as session:
        chosen = session.select(machine, invocation.template(session))
        if len(chosen) != 1:
            names = ", ".join(each.name for each in chosen[:5])
            raise BadArgument("cannot edit several machines at once", subject=machine, why=f"it selects {names}")
        return edit_text(invocation, session, session.editing.open_machine(chosen[0].uuid))


commands = {"edit": edit}
