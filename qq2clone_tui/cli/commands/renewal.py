"""Give clones other disks: ``reset SET``, ``upgrade SET``, ``detach SET``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.reference import Reference, parse_reference, parse_version
from qq2clone_tui.domain.selection import parse

__all__ = ["commands"]

_SAVED = click.option("--drop-saved", is_flag=True, help="Delete saved memory, which fits the old disks alone.")
_CHECKPOINTS = click.option("--drop-checkpoints", is_flag=True, help="Let checkpoints go with the old disks.")


@click.command("reset", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@_SAVED
@_CHECKPOINTS
def reset(invocation: Invocation, machines: str, drop_saved: bool, drop_checkpoints: bool) -> int:
    """Give machines fresh disks over the version they stand on; what they have written is lost.

    They keep number, name, UUID, MAC addresses and firmware variables. Those that run are forced off
    and started again. Each machine gets all its fresh disks or keeps those it has. Asks like rm.
    """
    parse(machines)
    with invocation.session() as session:
        uuids = [machine.uuid for machine in session.select(machines, invocation.template(session))]
        plan = session.renewal.plan_reset(uuids, drop_saved=drop_saved, drop_checkpoints=drop_checkpoints)
        return carry_out(invocation, session, plan)


@click.command("upgrade", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.option("--to", metavar="VERSION", help="Version to go to, such as v3. Default: the newest.")
@_SAVED
@_CHECKPOINTS
def upgrade(invocation: Invocation, machines: str, to: str | None, drop_saved: bool, drop_checkpoints: bool) -> int:
    """Give machines fresh disks over another version of their template; what they have written is lost.

    Like reset, but onto the newest version, or the one that --to names, which may be an older one.
    """
    parse(machines)
    wanted = _wanted(to) if to is not None else None
    number = wanted.version if wanted is not None else None
    with invocation.session() as session:
        template = invocation.template(session)
        if wanted is not None:
            session.template(str(_checked(wanted, parse_reference(template).name)))
        uuids = [machine.uuid for machine in session.select(machines, template)]
        plan = session.renewal.plan_upgrade(uuids, number, drop_saved=drop_saved, drop_checkpoints=drop_checkpoints)
        return carry_out(invocation, session, plan)


def _wanted(text: str) -> Reference:
    """Return the version that is named alone (``v3``), or with its template (``debian@v3``)."""
    name, at, version = text.rpartition("@")
    return Reference(name if at else "", parse_version(version, text))


def _checked(wanted: Reference, template: str) -> Reference:
    """Return the version with the name of the machines' template, which is the only one they can be moved within."""
    if wanted.name not in {"", template}:
        why = f"machines of {template} stand on versions of {template} alone"
        raise TemplateError("cannot move the machines there", subject=str(wanted), why=why)
    return Reference(template, wanted.version)


@click.command("detach", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@_SAVED
def detach(invocation: Invocation, machines: str, drop_saved: bool) -> int:
    """Give machines full images of their own, which stand on no version; nothing they hold is lost.

    They must be off. Each image is copied whole and takes as much space as all it holds. The machines
    stay clones of their template: sets name them as before, and reset takes them back.
    """
    parse(machines)
    with invocation.session() as session:
        uuids = [machine.uuid for machine in session.select(machines, invocation.template(session))]
        return carry_out(invocation, session, session.renewal.plan_detach(uuids, drop_saved=drop_saved))


commands = {"reset": reset, "upgrade": upgrade, "detach": detach}
