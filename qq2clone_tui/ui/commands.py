"""Hold the one table of commands; bindings, footer, palette, help and README all come from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qq2clone_tui.domain.plan import Danger

__all__ = ["COMMANDS", "Command", "Group", "Scope", "command", "in_scope", "key_label", "key_table"]


class Scope(StrEnum):
    """Where a command's keys are heard."""

    MAIN = "main"
    LIST = "list"
    TREE = "tree"
    JOBS = "jobs"
    RESULTS = "results"
    SETTINGS = "settings"
    PICTURE = "picture"
    WALL = "wall"


class Group(StrEnum):
    """The heading a command stands under in help, palette and README."""

    MACHINES = "Machines"
    SELECT = "Selection"
    VIEW = "View"
    TEMPLATES = "Templates"
    JOBS = "Jobs"
    RESULTS = "Results of a command"
    PICTURE = "Picture of a screen"
    WALL = "Wall of screens"
    MOVE = "Moving"
    APP = "Program"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a user can ask for.

    Args:
        id: ``noun.verb``; names the class and the method that carry it out.
        keys: its keys in Textual's spelling, the one shown first.
        title: two or three words for footer and palette.
        help: one sentence for the help screen and the README.
        group: its heading.
        scope: where its keys are heard.
        danger: how much it can lose.
        writes: True when it changes anything but the screen; gone in read-only mode.
        footer: position in the footer, 0 when it is not shown there.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: Group
    scope: Scope = Scope.MAIN
    danger: Danger = Danger.NONE
    writes: bool = False
    footer: int = 0

    @property
    def noun(self) -> str:
        """Return the part of the id that names the class of actions."""
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        """Return the part of the id that names the method."""
        return self.id.partition(".")[2]


def _machine(verb: str, key: str, title: str, text: str, footer: int = 0, *, danger: Danger = Danger.NONE) -> Command:
    return Command(f"machines.{verb}", (key,), title, text, Group.MACHINES, danger=danger, writes=True, footer=footer)


def _move(verb: str, keys: str, title: str, text: str) -> Command:
    return Command(f"move.{verb}", tuple(keys.split()), title, text, Group.MOVE, Scope.LIST)


def _picture(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"picture.{verb}", tuple(keys.split()), title, text, Group.PICTURE, Scope.PICTURE, footer=footer)


def _wall(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"wall.{verb}", tuple(keys.split()), title, text, Group.WALL, Scope.WALL, footer=footer)


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
        "consoles.connect",
        ("o",),
        "console",
        "Open a viewer on each machine, starting it first; without a display, show the commands for your own desk.",
        Group.MACHINES,
        writes=True,
        footer=3,
    ),
    Command(
        "consoles.history", ("ctrl+o",), "consoles", "See which consoles were opened, and what went wrong.", Group.VIEW
    ),
    Command("marks.toggle", ("space",), "mark", "Mark or unmark the row and move down.", Group.SELECT, footer=4),
    Command("marks.everything", ("a",), "mark all", "Mark every row in the table.", Group.SELECT),
    Command("marks.invert", ("i",), "invert", "Swap marked and unmarked among the rows in the table.", Group.SELECT),
    Command("marks.clear", ("u",), "unmark all", "Take every mark away.", Group.SELECT),
    Command("marks.prompt", ("colon",), "set", "Mark the machines of a set: 1-5,running,^3.", Group.SELECT, footer=5),
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
    Command(
        "templates.take", ("I",), "import", "Make a template of a machine or an XML file.", Group.TEMPLATES, writes=True
    ),
    Command("templates.sample", ("M",), "sample", "Make the small sample template.", Group.TEMPLATES, writes=True),
    Command(
        "templates.copy", ("N",), "copy", "Make a second template of the same images.", Group.TEMPLATES, writes=True
    ),
    Command("templates.rename", ("n",), "rename", "Rename the template and its clones.", Group.TEMPLATES, writes=True),
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
    Command("edit.machine", ("e",), "edit", "Edit the machine's XML in your editor.", Group.MACHINES, writes=True),
    Command(
        "exec.ask",
        ("exclamation_mark",),
        "run a command",
        "Run a command for each machine, on this host or in the guests.",
        Group.MACHINES,
        writes=True,
    ),
    Command("exec.results", ("L",), "results", "See what commands did, machine by machine.", Group.VIEW),
    Command("jobs.ledger", ("J",), "jobs", "See every job, machine by machine.", Group.JOBS, footer=9),
    Command(
        "jobs.retry", ("R",), "retry failed", "Do the job's failed machines again.", Group.JOBS, Scope.MAIN, writes=True
    ),
    Command(
        "jobs.cancel", ("C",), "cancel job", "Let running machines finish, skip the rest.", Group.JOBS, writes=True
    ),
    _picture("next", "n", "next", "See the next machine of the marked ones, or of the table.", 1),
    _picture("previous", "N", "previous", "See the machine before.", 2),
    _picture("text", "t", "letters/dots", "Show a text screen as letters, or as it looks.", 3),
    _picture("closer", "z", "closer", "Show a part of the picture, larger.", 4),
    _picture("wider", "Z", "wider", "Show more of the picture, smaller.", 5),
    _picture("whole", "f", "whole", "Show the whole picture."),
    _picture("left", "h left", "left", "Move what is seen to the left; a whole picture, to the machine before."),
    _picture("right", "l right", "right", "Move what is seen to the right; a whole picture, to the next machine."),
    _picture("up", "k up", "up", "Move what is seen up."),
    _picture("down", "j down", "down", "Move what is seen down."),
    _picture("console", "o", "console", "Go back and open the machine's console.", 6),
    _picture("refresh", "r", "refresh", "Look again now.", 8),
    _picture("faster", "plus", "more often", "Look more often.", 9),
    _picture("slower", "minus", "less often", "Look less often."),
    _picture("hold", "p", "hold", "Look only when asked to, or go on.", 7),
    _picture("back", "escape q v", "back", "Go back."),
    _wall("open", "enter v", "open", "See this screen alone.", 1),
    _wall("mark", "space", "mark", "Mark or unmark the machine and go to the next.", 2),
    _wall("text", "t", "letters/dots", "Show text screens as letters, or as they look.", 3),
    _wall("closer", "z", "larger", "Show fewer screens, larger.", 4),
    _wall("wider", "Z", "smaller", "Show more screens, smaller.", 5),
    _wall("left", "h left", "left", "Go to the screen on the left."),
    _wall("right", "l right", "right", "Go to the screen on the right."),
    _wall("up", "k up", "up", "Go to the screen above."),
    _wall("down", "j down", "down", "Go to the screen below."),
    _wall("page_down", "ctrl+f pagedown", "page down", "Go to the next page."),
    _wall("page_up", "ctrl+b pageup", "page up", "Go to the page before."),
    _wall("top", "g home", "top", "Go to the first screen."),
    _wall("bottom", "G end", "bottom", "Go to the last screen."),
    _wall("refresh", "r", "refresh", "Look at all of them again now.", 7),
    _wall("faster", "plus", "more often", "Look more often.", 8),
    _wall("slower", "minus", "less often", "Look less often."),
    _wall("hold", "p", "hold", "Look only when asked to, or go on.", 6),
    _wall("back", "escape q V", "back", "Go back; the cursor stays on the machine."),
    _result("group", "t", "by result", "Show machines one by one, or those with the same result together.", 1),
    _result("find", "slash", "find", "Find a text in the output.", 2),
    _result("next", "n", "find next", "Go to the next line that holds the text."),
    _result("again", "R", "failed again", "Run the command again for the machines it failed for.", 3),
    _result("mark", "m", "mark failed", "Mark those machines in the table, and go back there.", 4),
    _result("stop", "C", "stop", "Stop the commands under way and begin no more.", 5),
    _result("older", "less_than_sign", "run before", "Show the run before this one.", 6),
    _result("newer", "greater_than_sign", "run after", "Show the run after this one."),
    _result("back", "escape q L", "back", "Go back; the run goes on.", 7),
    _move("down", "j down", "down", "Go down; with a number, that many rows."),
    _move("up", "k up", "up", "Go up; with a number, that many rows."),
    _move("page_down", "ctrl+f pagedown", "page down", "Go down a page."),
    _move("page_up", "ctrl+b pageup", "page up", "Go up a page."),
    _move("top", "g home", "top", "Go to the first row."),
    _move("bottom", "G end", "bottom", "Go to the last row; with a number, to that row."),
    Command("tree.fold", ("left", "h"), "close", "Hide the states of the template.", Group.MOVE, Scope.TREE),
    Command("tree.unfold", ("right", "l"), "open", "Show the states of the template.", Group.MOVE, Scope.TREE),
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
    lines = ["| key | command | what it does |", "|---|---|---|"]
    lines += [
        f"| {' '.join(f'`{key_label(key)}`' for key in entry.keys)} | {entry.title} | {entry.help} |"
        for entry in commands
    ]
    return "\n".join(lines) + "\n"
