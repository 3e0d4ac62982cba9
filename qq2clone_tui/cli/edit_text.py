"""Have a text edited, stored, and kept when it cannot be stored."""

import sys
from typing import TYPE_CHECKING

import click

from qq2clone_tui.domain.errors import BadArgument, BadXml, HypervisorError, Qq2cloneError

from .diagnostics import report_error
from .invocation import Invocation
from .output import printable, write, write_json
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.engine.editing import Draft
    from qq2clone_tui.engine.session import Session

__all__ = ["edit_text"]


def edit_text(invocation: Invocation, session: "Session", draft: "Draft") -> int:
    """Have a machine or template edited until it is stored or the user has enough of it.

    Raises:
        Qq2cloneError: the editor failed, or the text cannot be stored; then it is kept for the next time.
    """
    if invocation.shared.dry_run:
        write(printable(f"Plan: edit the {draft.kind} {draft.name}"))
        return 0
    with session.editing.alone(draft):
        if draft.kept_at:
            draft = _resume(invocation, session, draft)
        text = draft.text
        while True:
            text = session.editing.edit(_with(draft, text))
            try:
                changed = session.editing.store(draft, text)
            except (BadXml, BadArgument, HypervisorError) as error:
                if not _again(invocation, session, draft, text, error):
                    raise
            else:
                return _report(invocation, draft, changed=changed)


def _with(draft: "Draft", text: str) -> "Draft":
    from dataclasses import replace

    return replace(draft, text=text)


def _resume(invocation: Invocation, session: "Session", draft: "Draft") -> "Draft":
    invocation.narrator.note(f"A text that could not be stored was kept at {draft.kept_at}.")
    if _may_ask(invocation) and not click.confirm("Go on from it?", default=True, err=True):
        return session.editing.fresh(draft)
    return draft


def _again(invocation: Invocation, session: "Session", draft: "Draft", text: str, error: Qq2cloneError) -> bool:
    """Keep a refused text, and tell whether the user wants to go on with it at once."""
    if not text.strip():
        return False
    path = session.editing.keep(draft, text)
    if _may_ask(invocation):
        report_error(error, invocation.narrator, as_json=False)
        if click.confirm("Edit it again?", default=True, err=True):
            return True
    error.remedy = f"{error.remedy} The text is kept at {path}; the same command goes on from it.".strip()
    return False


def _report(invocation: Invocation, draft: "Draft", *, changed: bool) -> int:
    word = f"{draft.kind.capitalize()} {draft.name}"
    if not changed:
        invocation.narrator.note(f"{word} is as it was.")
    elif draft.active:
        invocation.narrator.note(f"{word} is changed; it runs, and the change counts from its next start.")
    else:
        invocation.narrator.note(f"{word} is changed.")
    if invocation.json:
        write_json(action="edit", kind=draft.kind, name=draft.name, changed=changed)
    return 0


def _may_ask(invocation: Invocation) -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty() and invocation.narrator.level >= Verbosity.NORMAL
