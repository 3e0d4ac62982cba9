"""List the templates: ``list-templates``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, size, table, write, write_json
from qq2clone_tui.cli.template_report import template_object

__all__ = ["commands"]


@click.command("list-templates", cls=Verb)
def list_templates(invocation: Invocation) -> int:
    """List the names of the templates; with -v also versions, clones, disk bytes and sources."""
    with invocation.session() as session:
        templates = session.templates()
        counts = {each.name: each.clones for each in session.inventory.refresh().templates}
    if invocation.json:
        write_json(templates=[template_object(each, counts.get(each.name, 0)) for each in templates])
    elif invocation.verbose:
        rows = [
            [
                each.name,
                f"v{each.version}",
                str(counts.get(each.name, 0)),
                size(sum(disk.virtual_size for disk in each.disks)),
                each.source or "-",
            ]
            for each in templates
        ]
        table(("NAME", "VERSION", "CLONES", "DISKS", "SOURCE"), rows, right=frozenset({2, 3}))
    else:
        for each in templates:
            write(printable(each.name))
    if not templates:
        invocation.narrator.note("There is no template yet. Make one with: qq2clone import-template SOURCE NAME")
    return 0


commands = {"list-templates": list_templates}
