"""Hold the one table of commands; bindings, footer, palette, help and README all come from it."""

from collections.abc import Iterable

from qq2clone_tui.domain.plan import Danger

from .check_commands import CHECK
from .checkpoint_commands import CHECKPOINTS
from .command import Command, Group, Scope
from .looking_commands import LOOKING
from .uses_commands import USES

__all__ = ["COMMANDS", "Command", "Group", "Scope", "command", "in_scope", "key_label", "key_table"]


def _machine(verb: str, key: str, title: str, text: str, footer: int = 0, *, danger: Danger = Danger.NONE) -> Command:
    return Command(f"machines.{verb}", (key,), title, text, Group.MACHINES, danger=danger, writes=True, footer=footer)


def _move(verb: str, keys: str, title: str, text: str) -> Command:
    return Command(f"move.{verb}", tuple(keys.split()), title, text, Group.MOVE, Scope.LIST)


def _result(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"results.{verb}", tuple(keys.split()), title, text, Group.RESULTS, Scope.RESULTS, footer=footer)


COMMANDS: tuple[Command, ...] = (
    _machine("clone", "c", "clone", "Make new clones of the template in view.", 3),
    _machine("start", "s", "start", "Start the machines; a saved one goes on where it was.", 1),
    _machine("shutdown", "S", "shutdown", "Ask the guests to shut down.", 2),
    _machine("suspend", "p", "pause", "Pause the machines where they stand."),
    _machine("resume", "r", "resume", "Let paused machines go on."),
    _machine("save", "z", "save", "Put the memory of the machines aside and turn them off."),
    _machine(
        "unsave", "Z", "delete saved", "Delete saved memory; the machines then start afresh.", danger=Danger.LOSES
    ),
    _machine("destroy", "x", "force off", "Cut the power; what is not written is lost.", 7, danger=Danger.INTERRUPTS),
    _machine("wipe", "W", "wipe", "Remove them after overwriting their files with zeros.", danger=Danger.LOSES),
    _machine("shred", "H", "shred", "Remove them after overwriting their files at random.", danger=Danger.LOSES),
    _machine("remove", "D", "remove", "Force off, undefine, and delete their own files.", 8, danger=Danger.LOSES),
    Command(
        "renewal.reset",
        ("B",),
        "reset",
        "Throw away what they wrote; number, name and addresses stay.",
        Group.MACHINES,
        danger=Danger.LOSES,
        writes=True,
    ),
    Command(
        "renewal.upgrade",
        ("U",),
        "upgrade",
        "Reset them onto another version of their template.",
        Group.MACHINES,
        danger=Danger.LOSES,
        writes=True,
    ),
    Command(
        "renewal.detach",
        ("F",),
        "detach",
        "Give them full images, free of any version.",
        Group.MACHINES,
        writes=True,
    ),
    Command("renewal.promote", ("P",), "promote", "Make a new template of the machine.", Group.MACHINES, writes=True),
    Command(
        "consoles.connect",
        ("o",),
        "console",
        "Open a viewer on each; without a display, the commands for your desk.",
        Group.MACHINES,
        writes=True,
        footer=3,
    ),
    Command(
        "consoles.serial",
        ("O",),
        "serial console",
        "Type into the machine's serial console; Ctrl-] comes back.",
        Group.MACHINES,
        writes=True,
    ),
    Command("checkpoints.see", ("K",), "checkpoints", "Keep the machines as they are, and go back.", Group.MACHINES),
    Command("edit.machine", ("e",), "edit", "Edit the machine's XML in your editor.", Group.MACHINES, writes=True),
    Command(
        "exec.ask",
        ("exclamation_mark",),
        "run a command",
        "Run a command for each machine, on this host or in the guests.",
        Group.MACHINES,
        writes=True,
    ),
    Command("marks.toggle", ("space",), "mark", "Mark or unmark the row and move down.", Group.SELECT, footer=4),
    Command("marks.everything", ("a",), "mark all", "Mark every row in the table.", Group.SELECT),
    Command("marks.invert", ("i",), "invert", "Swap marked and unmarked among the rows in the table.", Group.SELECT),
    Command("marks.clear", ("u",), "unmark all", "Take every mark away.", Group.SELECT),
    Command("marks.prompt", ("colon",), "set", "Mark the machines of a set: 1-5,running,^3.", Group.SELECT, footer=5),
    Command("tags.give", ("t",), "tag", "Give machines a tag for sets, or take one away.", Group.SELECT, writes=True),
    Command("view.filter", ("slash",), "filter", "Show only rows that hold every word typed.", Group.VIEW, footer=6),
    Command("view.back", ("escape",), "back", "Clear the count, the filter, the marks: one at a time.", Group.VIEW),
    Command("view.sort_right", ("greater_than_sign",), "sort right", "Sort by the next column.", Group.VIEW),
    Command("view.sort_left", ("less_than_sign",), "sort left", "Sort by the column before.", Group.VIEW),
    Command("view.sort_turn", ("minus",), "reverse", "Turn the order of the rows round.", Group.VIEW),
    Command("view.next_pane", ("tab",), "next pane", "Go to the next pane.", Group.VIEW),
    Command("view.previous_pane", ("shift+tab",), "previous pane", "Go to the pane before.", Group.VIEW),
    Command("view.theme", ("T",), "theme", "Change to the next theme.", Group.VIEW),
    Command("screens.picture", ("v",), "picture", "See what the machine's screen shows.", Group.VIEW),
    Command(
        "screens.wall", ("V",), "wall", "See the screens of the marked machines, or of all in the table.", Group.VIEW
    ),
    Command("exec.results", ("L",), "results", "See what commands did, machine by machine.", Group.VIEW),
    Command(
        "consoles.history", ("ctrl+o",), "consoles", "See which consoles were opened, and what went wrong.", Group.VIEW
    ),
    Command(
        "templates.take", ("I",), "import", "Make a template of a machine or an XML file.", Group.TEMPLATES, writes=True
    ),
    Command("templates.sample", ("M",), "sample", "Make the small sample template.", Group.TEMPLATES, writes=True),
    Command(
        "templates.copy", ("N",), "copy", "Make a second template of the same images.", Group.TEMPLATES, writes=True
    ),
    Command("templates.rename", ("n",), "rename", "Rename the template and its clones.", Group.TEMPLATES, writes=True),
    Command(
        "staging.ask",
        ("y",),
        "next version",
        "Prepare, commit or discard the template's next version.",
        Group.TEMPLATES,
        danger=Danger.LOSES,
        writes=True,
    ),
    Command(
        "versions.acknowledge",
        ("A",),
        "acknowledge",
        "See how others changed an image, and take it as it is.",
        Group.TEMPLATES,
        writes=True,
    ),
    Command("edit.template", ("E",), "edit", "Edit the template's XML in your editor.", Group.TEMPLATES, writes=True),
    Command(
        "templates.remove",
        ("X",),
        "remove template",
        "Remove the template in view; only when it has no clones.",
        Group.TEMPLATES,
        danger=Danger.LOSES,
        writes=True,
    ),
    Command("uses.show", ("w",), "uses", "See which images and machines stand on this, with bytes.", Group.TEMPLATES),
    Command(
        "pruning.plan",
        ("Y",),
        "prune",
        "Remove versions that nobody needs, or only shorten chains of images.",
        Group.TEMPLATES,
        danger=Danger.LOSES,
        writes=True,
    ),
    Command("jobs.ledger", ("J",), "jobs", "See every job, machine by machine.", Group.JOBS, footer=9),
    Command(
        "jobs.retry", ("R",), "retry failed", "Do the job's failed machines again.", Group.JOBS, Scope.MAIN, writes=True
    ),
    Command(
        "jobs.cancel", ("C",), "cancel job", "Let running machines finish, skip the rest.", Group.JOBS, writes=True
    ),
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
    Command("program.check", ("m",), "check", "Find what is wrong with machines and images, and mend it.", Group.APP),
    Command("program.settings", ("comma",), "settings", "See the settings and change them.", Group.APP),
    Command("program.palette", ("ctrl+p",), "commands", "Find a command by a few letters.", Group.APP),
    Command("program.help", ("question_mark", "f1"), "help", "See every key.", Group.APP, footer=10),
    Command("program.quit", ("q", "ctrl+q", "ctrl+c"), "quit", "Leave; jobs at work are asked about.", Group.APP),
)

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
