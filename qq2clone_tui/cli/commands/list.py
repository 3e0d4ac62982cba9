"""List clones: ``list [all|xml]``."""

import time

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.machine_list import Known, machine_object, machines_xml, print_machines
from qq2clone_tui.cli.output import write, write_json
from qq2clone_tui.domain.reference import parse_reference

__all__ = ["commands"]


@click.command("list", cls=Verb)
@click.argument("what", metavar="[all|xml]", required=False, type=click.Choice(["all", "xml"]))
def list_machines(invocation: Invocation, what: str | None) -> int:
    """List the clones of the template and their states; with all, the clones of every template.

    -v adds version, age, bytes saved, address, tags and UUID. xml, like --json, writes all templates
    (or the one that -t names) in a documented form for programs.
    """
    with invocation.session() as session:
        everything = what == "all" or (what == "xml" and invocation.shared.template is None)
        template = None if everything else invocation.template(session)
        inventory = session.inventory.refresh()
        named = parse_reference(template) if template is not None else None
        machines = [
            each for each in inventory.machines.values() if named is None or named.covers(each.template, each.version)
        ]
        told = invocation.json or invocation.verbose
        known = Known(
            session.saves.bytes(machines) if told else {},
            session.addresses.read([each.uuid for each in machines]) if told or what == "xml" else {},
            inventory.tags,
        )
    names = [each.name for each in inventory.templates if named is None or named.name == each.name]
    if invocation.json:
        write_json(machines=[machine_object(each, known) for each in machines])
    elif what == "xml":
        write(machines_xml(names, machines, known))
    else:
        print_machines(machines, known, verbose=invocation.verbose, now=time.time())
        if not machines:
            of, option = (f" of {template}", f" -t {template}") if template else ("", "")
            invocation.narrator.note(f"There are no clones{of}. Make one with: qq2clone{option} clone")
    return 0


commands = {"list": list_machines}
