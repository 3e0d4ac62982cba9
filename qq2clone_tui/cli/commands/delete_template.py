"""Delete a template: ``delete-template NAME``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.confirm import agreed
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.cli.template_report import print_removal, removal_lines, removal_object
from qq2clone_tui.domain.errors import BadArgument

__all__ = ["commands"]


@click.command("delete-template", cls=Verb)
@click.argument("name", shell_complete=complete_template)
def delete_template(invocation: Invocation, name: str) -> int:
    """Delete the template NAME, which must have no clones.

    Only images that were copied for it are deleted with it; images it merely refers to stay.
    """
    with invocation.session() as session:
        removal = session.plan_delete_template(name)
        if invocation.shared.dry_run:
            if invocation.json:
                write_json(dry_run=True, template=removal_object(removal))
            else:
                print_removal(removal)
            return 0
        if removal.removes and not agreed(invocation, f"Delete template {name}", removal_lines(removal)):
            invocation.narrator.note("Nothing was done.")
            return BadArgument.exit_code
        removal = session.delete_template(name)
    for path in removal.removes:
        invocation.narrator.detail(f"Deleted {path}.")
    for path in removal.keeps:
        invocation.narrator.detail(f"Kept {path}, which is not ours.")
    invocation.narrator.note(f"Template {name} is deleted.")
    if invocation.json:
        write_json(dry_run=False, template=removal_object(removal))
    return 0


commands = {"delete-template": delete_template}
