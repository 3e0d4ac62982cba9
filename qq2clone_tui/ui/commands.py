"""Hold the one table of commands; bindings, footer, palette, help and README all come from it."""

from collections.abc import Iterable

from .check_commands import CHECK
from .checkpoint_commands import CHECKPOINTS
from .command import Command, Group, Scope
from .looking_commands import LOOKING
from .machine_commands import MACHINES
from .template_commands import TEMPLATES
from .uses_commands import USES

__all__ = ["COMMANDS", "Command", "Group", "Scope", "command", "in_scope", "key_label", "key_table"]


def _main(
    group: Group, ident: str, keys: str, title: str, text: str, *, words: str = "", writes: bool = False
) -> Command:
    return Command(ident, tuple(keys.split()), title, text, group, writes=writes, words=words)


def _move(verb: str, keys: str, title: str, text: str) -> Command:
    return Command(f"move.{verb}", tuple(keys.split()), title, text, Group.MOVE, Scope.LIST)


def _result(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"results.{verb}", tuple(keys.split()), title, text, Group.RESULTS, Scope.RESULTS, footer=footer)


COMMANDS: tuple[Command, ...] = (
    *MACHINES,
    _main(Group.SELECT, "marks.toggle", "space", "mark", "Mark or unmark the row and move down.",
          words="select pick choose"),
    _main(Group.SELECT, "marks.everything", "a", "mark all", "Mark every row in the table.", words="select everything"),
    _main(Group.SELECT, "marks.invert", "i", "invert", "Swap marked and unmarked among the rows in the table.",
          words="not"),
    _main(Group.SELECT, "marks.clear", "u", "unmark all", "Take every mark away.",
          words="deselect unselect none clear"),
    _main(Group.SELECT, "marks.prompt", "colon", "set", "Mark the machines of a set: 1-5,running,^3.",
          words="select range numbers states pattern"),
    _main(Group.SELECT, "tags.give", "t", "tag", "Give machines a tag for sets, or take one away.",
          words="label group untag", writes=True),
    _main(Group.VIEW, "view.filter", "slash", "filter", "Show only rows that hold every word typed.",
          words="search find grep narrow"),
    _main(Group.VIEW, "view.back", "escape", "back", "Clear the count, the filter, the marks: one at a time.",
          words="cancel reset filter"),
    _main(Group.VIEW, "view.sort_right", "greater_than_sign", "sort right", "Sort by the next column.", words="order"),
    _main(Group.VIEW, "view.sort_left", "less_than_sign", "sort left", "Sort by the column before.", words="order"),
    _main(Group.VIEW, "view.sort_turn", "minus", "reverse", "Turn the order of the rows round.",
          words="sort descending"),
    _main(Group.VIEW, "view.next_pane", "tab", "next pane", "Go to the next pane.", words="focus tree table switch"),
    _main(Group.VIEW, "view.previous_pane", "shift+tab", "previous pane", "Go to the pane before.",
          words="focus tree table switch"),
    _main(Group.VIEW, "view.theme", "T", "theme", "Change to the next theme.",
          words="colours colors dark light contrast"),
    _main(Group.VIEW, "screens.picture", "v", "picture", "See what the machine's screen shows.",
          words="screenshot view look thumbnail"),
    _main(Group.VIEW, "screens.wall", "V", "wall", "See the screens of the marked machines, or of all in the table.",
          words="screenshots pictures thumbnails overview"),
    _main(Group.VIEW, "exec.results", "L", "results", "See what commands did, machine by machine.",
          words="output exec log failed"),
    _main(Group.VIEW, "consoles.history", "ctrl+o", "consoles",
          "See which consoles were opened, and what went wrong.", words="viewers history log"),
    *TEMPLATES,
    _main(Group.JOBS, "jobs.ledger", "J", "jobs", "See every job, machine by machine.",
          words="ledger progress tasks history batch"),
    _main(Group.JOBS, "jobs.retry", "R", "retry failed", "Do the job's failed machines again.",
          words="repeat", writes=True),
    _main(Group.JOBS, "jobs.cancel", "C", "cancel job", "Let running machines finish, skip the rest.",
          words="stop abort", writes=True),
    _result("group", "t", "by result", "Show machines one by one, or those with the same result together.", 1),
    _result("find", "slash", "find", "Find a text in the output.", 2),
    _result("next", "n", "find next", "Go to the next line that holds the text."),
    _result("again", "R", "failed again", "Run the command again for the machines it failed for.", 3),
    _result("mark", "m", "mark failed", "Mark those machines in the table, and go back there.", 4),
    _result("stop", "C", "stop", "Stop the commands under way and begin no more.", 5),
    _result("older", "less_than_sign", "run before", "Show the run before this one.", 6),
    _result("newer", "greater_than_sign", "run after", "Show the run after this one."),
    _result("back", "escape q L", "back", "Go back; the run goes on.", 7),
    *LOOKING,
    *USES,
    *CHECKPOINTS,
    *CHECK,
    _move("down", "j down", "down", "Go down; with a number, that many rows."),
    _move("up", "k up", "up", "Go up; with a number, that many rows."),
    _move("page_down", "ctrl+f pagedown", "page down", "Go down a page."),
    _move("page_up", "ctrl+b pageup", "page up", "Go up a page."),
    _move("top", "g home", "top", "Go to the first row."),
    _move("bottom", "G end", "bottom", "Go to the last row; with a number, to that row."),
    Command("tree.fold", ("left", "h"), "close", "Hide what is below the template.", Group.MOVE, Scope.TREE),
    Command("tree.unfold", ("right", "l"), "open", "Show what is below the template.", Group.MOVE, Scope.TREE),
    Command(
        "settings.edit",
        ("e", "enter"),
        "change",
        "Change the setting under the cursor.",
        Group.APP,
        Scope.SETTINGS,
        footer=1,
    ),
    Command("settings.back", ("escape", "q", "comma"), "back", "Go back.", Group.APP, Scope.SETTINGS, footer=2),
    _main(Group.APP, "program.check", "m", "check", "Find what is wrong with machines and images, and mend it.",
          words="repair fix verify digest orphans lost doctor fsck"),
    _main(Group.APP, "program.settings", "comma", "settings", "See the settings and change them.",
          words="config configuration options preferences keymap"),
    _main(Group.APP, "program.palette", "ctrl+p", "commands", "Find a command by a few letters.",
          words="palette search"),
    _main(Group.APP, "program.help", "question_mark f1", "help", "See every key.",
          words="keys shortcuts bindings manual"),
    _main(Group.APP, "program.quit", "q ctrl+q ctrl+c", "quit", "Leave; jobs at work are asked about.",
          words="exit leave close end"),
)  # fmt: skip

_BY_ID = {entry.id: entry for entry in COMMANDS}

_LABELS = {
    "colon": ":",
    "comma": ",",
    "slash": "/",
    "exclamation_mark": "!",
    "question_mark": "?",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "minus": "-",
    "plus": "+",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}


def command(ident: str) -> Command:
    """Return the command with this id."""
    return _BY_ID[ident]


def in_scope(scope: Scope, *, read_only: bool = False) -> tuple[Command, ...]:
    """Return the commands of a scope; in read-only mode those that change anything are gone."""
    return tuple(entry for entry in COMMANDS if entry.scope is scope and not (read_only and entry.writes))


def key_label(key: str) -> str:
    """Return a key as it is shown: ``ctrl+p`` as ``^p``, ``slash`` as ``/``."""
    if key.startswith("ctrl+"):
        return f"^{key[5:]}"
    return _LABELS.get(key, key)


def key_table(commands: Iterable[Command] = COMMANDS) -> str:
    """Return the commands as a Markdown table for the README."""
    lines = ["| key | command | what it does | id |", "|---|---|---|---|"]
    lines += [
        f"| {' '.join(f'`{key_label(key)}`' for key in entry.keys)} | {entry.title} | {entry.help} | `{entry.id}` |"
        for entry in commands
    ]
    return "\n".join(lines) + "\n"
