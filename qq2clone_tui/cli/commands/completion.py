"""Print a completion script: ``completion bash|zsh|fish``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import SHELLS, script
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write

__all__ = ["commands"]


@click.command("completion", cls=Verb)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(invocation: Invocation, shell: str) -> int:  # noqa: ARG001 - every verb gets its invocation
    """Print the script that completes commands, templates and sets in a shell.

    \b
    bash:  eval "$(qq2clone completion bash)"       in ~/.bashrc
    zsh:   eval "$(qq2clone completion zsh)"        in ~/.zshrc
    fish:  qq2clone completion fish | source        in ~/.config/fish/config.fish
    """
    write(script(shell))
    return 0


commands = {"completion": completion}
