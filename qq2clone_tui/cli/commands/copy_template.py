"""Make a second template of the same images: ``copy-template NAME NEW``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.domain.names import check_template_name

__all__ = ["commands"]


@click.command("copy-template", cls=Verb)
@click.argument("name", shell_complete=complete_template)
@click.argument("new")
def copy_template(invocation: Invocation, name: str, new: str) -> int:
    """Make the template NEW of the images of NAME; nothing is copied but the description.

    Edit it then with modify-template NEW edit. Images stay those of NAME to delete; when NAME goes
    first, they become those of NEW.
    """
    check_template_name(new)
    with invocation.session() as session:
        if invocation.shared.dry_run:
            images = [disk.image for disk in session.naming.plan_copy(name, new).disks]
            if invocation.json:
                write_json(action="copy-template", template=new, source=name, dry_run=True, images=images)
            else:
                write(printable(f"Plan: make the template {new} of the images of {name}: {', '.join(images)}"))
            return 0
        made = session.naming.copy(name, new)
    if invocation.json:
        write_json(action="copy-template", template=made.name, source=name)
    invocation.narrator.note(f"Template {new} is made of the images of {name}.")
    return 0


commands = {"copy-template": copy_template}
