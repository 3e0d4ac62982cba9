"""Keep states of machines and bring them back: ``checkpoint list|make|revert|delete SET [NAME]``."""

from typing import TYPE_CHECKING

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.checkpoint_list import checkpoint_objects, print_checkpoints
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.selection import parse

if TYPE_CHECKING:
    from qq2clone_tui.domain.inventory import Machine
    from qq2clone_tui.engine.session import Session

__all__ = ["commands"]


@click.command("checkpoint", cls=Verb)
@click.argument("what", metavar="list|make|revert|delete", type=click.Choice(["list", "make", "revert", "delete"]))
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.argument("name", required=False)
@click.option("--note", metavar="TEXT", default="", help="With make: what to remember of it.")
def checkpoint(invocation: Invocation, what: str, machines: str, name: str | None, note: str) -> int:
    """Keep the state of machines, and go back to it.

    make keeps the disks of each machine of SET and, while it runs, its memory, under NAME or else the
    time. list shows what there is. revert brings the machines back to their checkpoint NAME: what they
    have become since is lost, and they run or are off as they were then. delete forgets it.

    These are libvirt's internal snapshots: virsh and virt-manager see the same ones. They take space in the machines'
    own disks only, which must all be qcow2 files. revert and delete ask like rm.
    """
    parse(machines)
    _refuse_unfit(what, machines, name, note)
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        if what == "list":
            return _list(invocation, session, chosen)
        uuids = [machine.uuid for machine in chosen]
        if what == "make":
            plan = session.checkpoints.plan_make(uuids, name or "", note)
        elif what == "revert":
            plan = session.checkpoints.plan_revert(uuids, name or "")
        else:
            plan = session.checkpoints.plan_delete(uuids, name or "")
        return carry_out(invocation, session, plan)


def _refuse_unfit(what: str, machines: str, name: str | None, note: str) -> None:
    why = ""
    if what in ("revert", "delete") and not name:
        why = f"{what} needs the name of a checkpoint"
    elif what == "list" and name is not None:
        why = "list takes no name"
    elif name == "":
        why = "the name is empty"
    elif note and what != "make":
        why = f"{what} takes no note"
    if why:
        remedy = f"See them with: qq2clone checkpoint list {machines}"
        raise BadArgument(f"cannot {what} checkpoints", subject=machines, why=why, remedy=remedy)


def _list(invocation: Invocation, session: "Session", machines: "list[Machine]") -> int:
    found = session.checkpoints.of_all([machine.uuid for machine in machines])
    if invocation.json:
        write_json(checkpoints=checkpoint_objects(machines, found))
        return 0
    print_checkpoints(machines, found)
    if not found:
        names = ", ".join(machine.name for machine in machines[:5]) + (" and others" if len(machines) > 5 else "")
        invocation.narrator.note(f"There are no checkpoints of {names}.")
    return 0


commands = {"checkpoint": checkpoint}
