"""Say who stands on an image: ``uses IMAGE|TEMPLATE``."""

import os

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.cli.uses_report import uses_lines, uses_object

__all__ = ["commands"]


@click.command("uses", cls=Verb)
@click.argument("what", metavar="IMAGE|TEMPLATE", shell_complete=complete_template)
def uses(invocation: Invocation, what: str) -> int:
    """Show what stands on an image file, a template or one of its versions (debian@v2), as a tree.

    Images of other programs and machines that are not clones count as well: all that is defined on
    the hypervisor, and all that lies in the directories where any of these images are. For each
    image it tells the bytes that it takes itself, and those that would be free if it went with all
    that stands on it.
    """
    if "/" in what:
        what = os.path.abspath(what)  # noqa: PTH100 - and nothing resolved: that is the store's to do
    with invocation.session() as session:
        tree = session.uses.of(what)
    if invocation.json:
        write_json(**uses_object(tree))
        return 0
    for line in uses_lines(tree):
        write(printable(line))
    return 0


commands = {"uses": uses}
