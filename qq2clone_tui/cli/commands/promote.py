"""Make a template of a clone: ``promote NUMBER NEW``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.confirm import agreed
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.cli.template_report import template_object
from qq2clone_tui.domain.errors import BadArgument, SelectionError
from qq2clone_tui.domain.selection import parse
from qq2clone_tui.engine.templates.promote import Promotion

__all__ = ["commands"]


@click.command("promote", cls=Verb)
@click.argument("number", metavar="NUMBER", shell_complete=complete_set)
@click.argument("new", metavar="NEW")
@click.option("--keep", is_flag=True, help="Keep the machine, and give the template copies of its images.")
def promote(invocation: Invocation, number: str, new: str, keep: bool) -> int:
    """Make a new template NEW of one clone, which must be off.

    Its own images become version 1 of the template, at once and without copying, and the machine
    itself goes; the version it stood on has to stay as long as the new template does. With --keep
    the images are copied whole, so that the machine stays and nothing depends on anything.
    """
    parse(number)
    with invocation.session() as session:
        chosen = session.select(number, invocation.template(session))
        if len(chosen) != 1:
            why, remedy = f"it names {len(chosen)} machines", "Name one, as promote makes one template."
            raise SelectionError(number, 0, why, remedy)
        plan = session.promotion.plan(chosen[0].uuid, new, keep=keep)
        if invocation.shared.dry_run:
            _show(invocation, plan)
            return 0
        if not keep and not agreed(invocation, f"Make {plan.machine} the template {new}", _lines(plan)):
            invocation.narrator.note("Nothing was done.")
            return BadArgument.exit_code
        template = session.promotion.promote(chosen[0].uuid, new, keep=keep)
    invocation.narrator.note(
        f"{new} is a template now{f'; {plan.machine} stays' if keep else f', and was {plan.machine}'}."
    )
    if invocation.json:
        write_json(template=template_object(template))
    return 0


def _show(invocation: Invocation, plan: Promotion) -> None:
    if invocation.json:
        write_json(
            machine=plan.machine,
            template=plan.template,
            keep=plan.keep,
            images=list(plan.images),
            below=list(plan.below),
            removes=list(plan.removes),
        )
    else:
        for line in _lines(plan):
            write(printable(line))


def _lines(plan: Promotion) -> list[str]:
    verb = "copies  " if plan.keep else "takes   "
    lines = [f"Template {plan.template} of the machine {plan.machine}"]
    lines += [f"  {verb} {path}" for path in plan.images]
    lines += [f"  needs    {path}" for path in plan.below]
    lines += [f"  deletes  {path}" for path in plan.removes]
    return lines


commands = {"promote": promote}
