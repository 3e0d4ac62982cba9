"""Change a template: ``modify-template NAME edit|rename``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import run_plan
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.diagnostics import ledger_object, report_ledger
from qq2clone_tui.cli.edit_text import edit_text
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.cli.plan_report import print_plan, refusal_lines
from qq2clone_tui.domain.errors import BadArgument

__all__ = ["commands"]

_INTERRUPTED = 130


@click.command("modify-template", cls=Verb)
@click.argument("name", shell_complete=complete_template)
@click.argument("what", metavar="edit|rename", type=click.Choice(["edit", "rename"]))
@click.argument("new", metavar="[NEW]", required=False)
def modify_template(invocation: Invocation, name: str, what: str, new: str | None) -> int:
    """Edit a template's XML in your editor, or rename it together with its clones.

    edit: the text is checked before it is stored, and never lost when it is refused. It counts for
    clones made from then on.

    rename NEW: machines that are active or saved keep their names, and are named; the same command
    with NEW twice renames them once they are off. Image files keep their names.
    """
    if (what == "rename") != (new is not None):
        usage = "modify-template NAME rename NEW, or modify-template NAME edit"
        raise BadArgument(
            f"cannot {what} the template", subject=name, why="rename needs a new name, edit none", remedy=usage
        )
    with invocation.session() as session:
        if new is None:
            return edit_text(invocation, session, session.editing.open_template(name))
        plan = session.naming.plan(name, new)
        if invocation.shared.dry_run:
            print_plan(plan, as_json=invocation.json)
            return 0
        session.naming.rename(name, new)
        invocation.narrator.note(
            f"Template {name} is now called {new}." if name != new else f"Template {new} keeps its name."
        )
        if not plan.steps:
            for line in refusal_lines(plan):
                invocation.narrator.note(f"{line}.")
            if invocation.json:
                write_json(action="rename", template=new, machines=[])
            return 0
        ledger = run_plan(invocation, session, plan)
    report_ledger(ledger, invocation.narrator)
    if invocation.json:
        write_json(**ledger_object(ledger))
    return _INTERRUPTED if ledger.cancelled else ledger.exit_code


commands = {"modify-template": modify_template}
