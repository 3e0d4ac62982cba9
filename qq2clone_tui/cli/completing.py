"""Complete templates and sets in the shell, from the catalogue alone: no hypervisor is asked."""

import click
from click.shell_completion import CompletionItem, FishComplete, add_completion_class

__all__ = [
    "PROGRAM",
    "VARIABLE",
    "answer",
    "complete_option",
    "complete_set",
    "complete_tag",
    "complete_template",
    "script",
]

PROGRAM = "qq2clone"
VARIABLE = "_QQ2CLONE_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
_MOST_NUMBERS = 200
_MOST_DIGITS = 9


class CommaFish(FishComplete):
    """Completion for fish that keeps the commas inside a set, which click's own cuts off."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')


def script(shell: str) -> str:
    """Return the completion script of ``bash``, ``zsh`` or ``fish``."""
    return _completer(click.Group(PROGRAM), shell).source()


def answer(app: click.Group, world: object, instruction: str) -> int:
    """Print what the shell may offer for the words it passes in the environment, and return an exit code."""
    shell, _, task = instruction.partition("_")
    if shell not in SHELLS:
        return 1
    completer = _completer(app, shell, {"obj": world})
    click.echo((completer.source() if task == "source" else completer.complete()).encode())
    return 0


def complete_template(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
    """Offer the names of the templates."""
    return [CompletionItem(name) for name in _known(ctx) if name.startswith(incomplete)]


def complete_option(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
    """Offer the names of the settings."""
    from qq2clone_tui.domain.errors import Qq2cloneError

    from .shared import shared_of
    from .world import World

    world = ctx.find_root().obj
    try:
        options = world.settings_book(shared_of(ctx)).options() if isinstance(world, World) else ()
    except Qq2cloneError:
        return []
    return [CompletionItem(option.name) for option in options if option.name.startswith(incomplete)]


def complete_tag(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
    """Offer the tags that machines carry."""
    return [CompletionItem(tag) for tag in _tags(ctx) if tag.startswith(incomplete)]


def complete_set(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
    """Offer states, numbers, ranges and tags for the last term of a set, after the ``^`` that may be in front."""
    before, comma, term = incomplete.rpartition(",")
    caret = "^" if term.startswith("^") else ""
    word = term.removeprefix("^")
    from qq2clone_tui.domain.selection import STATE_WORDS

    words = [*STATE_WORDS, *_numbers_and_ranges(ctx, word)]
    words += [f"@{tag}" for tag in _tags(ctx)] if word[:1] in ("", "@") else []
    return [CompletionItem(f"{before}{comma}{caret}{each}") for each in words if each.startswith(word)]


def _completer(
    app: click.Group, shell: str, context: dict[str, object] | None = None
) -> "click.shell_completion.ShellComplete":
    add_completion_class(CommaFish)
    kind = click.shell_completion.get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}; there is for {', '.join(SHELLS)}.")
    return kind(app, context or {}, PROGRAM, VARIABLE)


def _known(ctx: click.Context) -> dict[str, list[int]]:
    """Return each template with the numbers of its clones; nothing when they cannot be read."""
    from qq2clone_tui.domain.errors import Qq2cloneError
    from qq2clone_tui.domain.names import legal_name

    from .shared import shared_of
    from .world import World

    world = ctx.find_root().obj
    if not isinstance(world, World):
        return {}
    try:
        return {name: numbers for name, numbers in world.remembered(shared_of(ctx)).items() if legal_name(name)}
    except Qq2cloneError:
        return {}


def _tags(ctx: click.Context) -> list[str]:
    """Return the tags that clones carry; nothing when they cannot be read."""
    from qq2clone_tui.domain.errors import Qq2cloneError
    from qq2clone_tui.domain.names import legal_name

    from .shared import shared_of
    from .world import World

    world = ctx.find_root().obj
    if not isinstance(world, World):
        return []
    try:
        return sorted(tag for tag in world.tags(shared_of(ctx)) if legal_name(tag))
    except Qq2cloneError:
        return []


def _numbers_and_ranges(ctx: click.Context, word: str) -> list[str]:
    """Return the numbers that may stand where nothing or a digit does, or the ends of a range that was begun."""
    start, dash, _ = word.partition("-")
    if not word or (not dash and start.isdecimal()):
        return [str(number) for number in _numbers(ctx)]
    if not start.isdecimal() or len(start) > _MOST_DIGITS:
        return []
    return [f"{start}-{number}" for number in _numbers(ctx) if number > int(start)]


def _numbers(ctx: click.Context) -> list[int]:
    """Return the numbers of the clones of the template that the command would work in."""
    from qq2clone_tui.domain.errors import Qq2cloneError

    from .shared import shared_of
    from .world import World

    known, world, shared = _known(ctx), ctx.find_root().obj, shared_of(ctx)
    try:
        wanted = shared.template or (world.preferences(shared).template if isinstance(world, World) else None)
    except Qq2cloneError:
        return []
    chosen = known.get(wanted, []) if wanted else next(iter(known.values())) if len(known) == 1 else []
    return chosen[:_MOST_NUMBERS]
