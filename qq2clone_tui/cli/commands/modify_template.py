"""Change a template: ``modify-template NAME prepare-image|commit-image|...|edit|rename``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from qq2clone_tui.cli import staging
from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import run_plan
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.diagnostics import ledger_object, report_ledger
from qq2clone_tui.cli.edit_text import edit_text
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.cli.plan_report import print_plan, refusal_lines
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.reference import parse_reference

if TYPE_CHECKING:
    from qq2clone_tui.engine.session import Session

__all__ = ["commands"]

_INTERRUPTED = 130
_IMAGE = ("prepare-image", "commit-image", "discard-image", "destroy-image")
_WHAT = (*_IMAGE, "acknowledge-image", "note", "edit", "rename")
_OF_VERSIONS = frozenset({"acknowledge-image", "note"})
_MORE = {"rename": "a new name", "note": "a text"}


@click.command("modify-template", cls=Verb)
@click.argument("name", shell_complete=complete_template)
@click.argument("what", metavar="WHAT", type=click.Choice(_WHAT))
@click.argument("new", metavar="[NEW|TEXT]", required=False)
@click.option("--note", metavar="TEXT", default="", help="With commit-image: what the new version is.")
@click.option("--in-place", is_flag=True, help="With commit-image: write into the newest version; make no new one.")
def modify_template(  # noqa: PLR0917
    invocation: Invocation, name: str, what: str, new: str | None, note: str, in_place: bool
) -> int:
    """Change a template's image, its XML or its name. WHAT says how.

    prepare-image: make the staging machine over the newest version, in which the next one is made, or
    start it. Sets name it by the word staging, as in: connect staging.

    commit-image: make what was changed in it the next version, at once. Clones of older versions are
    untouched. It must be off. With --in-place, which is refused as long as anybody stands on the
    newest version, the changes are written into that.

    discard-image: throw the staging machine away. destroy-image: cut its power.

    acknowledge-image: take the images of NAME or NAME@v2 as they are, though somebody changed them.

    note TEXT: write what NAME, or NAME@v2, is.

    edit: edit the XML in your editor. The text is checked before it is stored, and never lost when it
    is refused. It counts for clones made from then on.

    rename NEW: rename it with its clones. Machines that are active or saved keep their names, and are
    named; the same command with NEW twice renames them once they are off. Image files keep theirs.
    """
    _refuse_unfit(name, what, new, note, in_place)
    ways: dict[str, Callable[[Session], int]] = {
        "prepare-image": lambda session: staging.prepare(invocation, session, name),
        "commit-image": lambda session: staging.commit(invocation, session, name, note, in_place=in_place),
        "discard-image": lambda session: staging.discard(invocation, session, name),
        "destroy-image": lambda session: staging.force_off(invocation, session, name),
        "acknowledge-image": lambda session: staging.acknowledge(invocation, session, name),
        "note": lambda session: staging.annotate(invocation, session, name, new or ""),
        "edit": lambda session: edit_text(invocation, session, session.editing.open_template(name)),
        "rename": lambda session: _rename(invocation, session, name, new or ""),
    }
    with invocation.session() as session:
        if what not in _OF_VERSIONS:
            _refuse_version(session, name, what, new)
        return ways[what](session)


def _refuse_unfit(name: str, what: str, new: str | None, note: str, in_place: bool) -> None:
    why = remedy = ""
    if (what in _MORE) != (new is not None):
        why = f"it needs {_MORE[what]}" if what in _MORE else f"nothing may follow {what}"
        remedy = f"modify-template NAME {what}{' ' + _MORE[what].split()[-1].upper() if what in _MORE else ''}"
    elif (note or in_place) and what != "commit-image":
        why, remedy = "--note and --in-place belong to commit-image", "Leave them out."
    if why:
        raise BadArgument(f"cannot {what} the template", subject=name, why=why, remedy=remedy)


def _refuse_version(session: "Session", name: str, what: str, new: str | None) -> None:
    """Raise when one version of a template is named: what is done to the whole of it needs no choice."""
    named = parse_reference(name)
    if named.version is not None:
        session.template(name)  # raises where there is none
        why = "that is done to a template, not to one of its versions"
        remedy = f"Say: qq2clone modify-template {named.name} {what}{f' {new}' if new else ''}"
        raise BadArgument(f"cannot {what} the template", subject=name, why=why, remedy=remedy)


def _rename(invocation: Invocation, session: "Session", name: str, new: str) -> int:
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
