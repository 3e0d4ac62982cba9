"""Give machines tags and take them away: ``tag SET WORD``, ``untag SET WORD``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_set, complete_tag
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write, write_json
from qq2clone_tui.domain.selection import parse
from qq2clone_tui.domain.tags import check_tag

__all__ = ["commands"]


@click.command("tag", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.argument("word", shell_complete=complete_tag)
def tag(invocation: Invocation, machines: str, word: str) -> int:
    """Give machines the tag WORD; @WORD names them in sets from then on.

    A tag goes with its machine. @failed is given by exec.
    """
    check_tag(word)
    return _change(invocation, machines, word, give=True)


@click.command("untag", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.argument("word", shell_complete=complete_tag)
def untag(invocation: Invocation, machines: str, word: str) -> int:
    """Take the tag WORD away from machines; those without it are passed over."""
    return _change(invocation, machines, word, give=False)


def _change(invocation: Invocation, machines: str, word: str, *, give: bool) -> int:
    parse(machines)
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        carriers = session.inventory.current.tags.get(word, frozenset())
        changed = [machine for machine in chosen if (machine.uuid in carriers) != give]
        names = [machine.name for machine in changed]
        if not invocation.shared.dry_run:
            change = session.tagging.add if give else session.tagging.remove
            change(word, [machine.uuid for machine in changed])
    done = "tagged" if give else "untagged"
    if invocation.json:
        write_json(action="tag" if give else "untag", tag=word, machines=names, dry_run=bool(invocation.shared.dry_run))
    elif invocation.shared.dry_run:
        write(printable(f"Plan: {len(names)} {done} {word} (nothing is done): {', '.join(names)}".rstrip(": ")))
    else:
        invocation.narrator.note(f"{len(names)} {done} {word}.")
    return 0


commands = {"tag": tag, "untag": untag}
