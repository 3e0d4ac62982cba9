"""Have a text edited, stored, and kept when it cannot be stored."""

import sys
from typing import TYPE_CHECKING

import click

from qq2clone_tui.domain.errors import BadArgument, BadXml, HypervisorError, Overtaken, Qq2cloneError

from .diagnostics import report_error
from .invocation import Invocation
from .output import printable, write, write_json
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.engine.session import Session
    from qq2clone_tui.engine.templates.editing import Draft

__all__ = ["edit_text"]


def edit_text(invocation: Invocation, session: "Session", draft: "Draft") -> int:
    """Have a machine or template edited until it is stored or the user has enough of it.

    Raises:
        Qq2cloneError: the editor failed, or the text cannot be stored; then it is kept for the next time.
    """
    if invocation.shared.dry_run:
        write(printable(f"Plan: edit the {draft.kind} {draft.name}"))
        return 0
    with session.editing.alone(draft) as begun:
        draft = _resume(invocation, session, begun) if begun.kept_at else begun
        while True:
            draft = session.editing.edit(draft)
            try:
                changed = session.editing.store(draft)
            except (BadXml, BadArgument, HypervisorError) as error:
                if not _again(invocation, draft, error):
                    raise
            else:
                return _report(invocation, draft, changed=changed)


def _resume(invocation: Invocation, session: "Session", draft: "Draft") -> "Draft":
    invocation.narrator.note(f"A text that could not be stored was kept at {draft.kept_at}.")
    if draft.behind:
        invocation.narrator.note(f"Somebody else changed the {draft.kind} since:")
        invocation.narrator.lines("\n".join(draft.behind))
    if not _may_ask(invocation):
        if draft.behind:
            why, remedy = "somebody else changed it since the text was kept", f"Delete {draft.kept_at} to begin afresh."
            raise BadArgument(f"cannot go on editing the {draft.kind}", subject=draft.name, why=why, remedy=remedy)
        return draft
    lost = ", and undo that where it differs" if draft.behind else ""
    if not click.confirm(f"Go on from the kept text{lost}?", default=not draft.behind, err=True):
        return session.editing.fresh(draft)
    return draft


def _again(invocation: Invocation, draft: "Draft", error: Qq2cloneError) -> bool:
    """Tell whether the user wants to go on with a refused text at once; it is kept anyway."""
    if not draft.text.strip():
        return False
    if isinstance(error, Overtaken):
        invocation.narrator.lines("\n".join(error.diff))
    elif _may_ask(invocation):
        report_error(error, invocation.narrator, as_json=False)
        answer = click.prompt(
            "e edits it again, q keeps it and quits", type=click.Choice(["e", "q"]), default="e", err=True
        )
        if answer == "e":
            return True
    error.remedy = f"{error.remedy} The text is kept at {draft.kept_at}; the same command goes on from it.".strip()
    return False


def _report(invocation: Invocation, draft: "Draft", *, changed: bool) -> int:
    word = f"{draft.kind.capitalize()} {draft.name}"
    if not changed:
        invocation.narrator.note(f"Nothing changed: {draft.kind} {draft.name} is as it was.")
    elif draft.active:
        invocation.narrator.note(f"{word} is changed; it runs, and the change counts from its next start.")
    else:
        invocation.narrator.note(f"{word} is changed.")
    if invocation.json:
        write_json(action="edit", kind=draft.kind, name=draft.name, changed=changed)
    return 0


def _may_ask(invocation: Invocation) -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty() and invocation.narrator.level >= Verbosity.NORMAL
