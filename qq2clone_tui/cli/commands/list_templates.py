"""List the templates: ``list-templates``."""

import time

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.cli.place_report import place_object, place_sentence
from qq2clone_tui.cli.template_report import print_versions, template_object

__all__ = ["commands"]


@click.command("list-templates", cls=Verb)
def list_templates(invocation: Invocation) -> int:
    """List the names of the templates; with -v also their versions, with clones, bytes, age and notes.

    OWN is what a version's images take on disk, THEIRS what those of its clones take beside that. Said too: how much is
    free where new images go, and how much more the clones there would take if every one filled its disks.
    """
    with invocation.session() as session:
        templates = session.templates()
        summaries = {each.name: each for each in session.inventory.refresh().templates}
        told = invocation.json or invocation.verbose
        taken = session.space.of(templates) if told else {}
        place = session.space.of_place(templates) if told else None
    if invocation.json:
        listed = [template_object(each, summaries.get(each.name), taken) for each in templates]
        write_json(templates=listed, storage=place_object(place) if place else None)
    elif invocation.verbose:
        print_versions(templates, summaries, taken, time.time())
        if place:
            invocation.narrator.detail(place_sentence(place))
    else:
        for each in templates:
            write(printable(each.name))
    if not templates:
        invocation.narrator.note("There is no template yet. Make one with: qq2clone import-template SOURCE NAME")
    return 0


commands = {"list-templates": list_templates}
