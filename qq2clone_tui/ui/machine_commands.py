"""List the commands that act on machines: the marked ones, or the one under the cursor."""

from qq2clone_tui.domain.plan import Danger

from .command import Command, Group

__all__ = ["MACHINES"]


def _act(ident: str, key: str, title: str, text: str, words: str, *, danger: Danger = Danger.NONE) -> Command:
    return Command(ident, (key,), title, text, Group.MACHINES, danger=danger, writes=True, words=words)


MACHINES: tuple[Command, ...] = (
    _act("machines.clone", "c", "clone", "Make new clones of the template in view.", "new create make add machine vm"),
    _act(
        "machines.start",
        "s",
        "start",
        "Start the machines; a saved one goes on where it was.",
        "boot power on run restore wake",
    ),
    _act("machines.shutdown", "S", "shutdown", "Ask the guests to shut down.", "power off stop halt acpi turn"),
    _act("machines.suspend", "p", "pause", "Pause the machines where they stand.", "suspend freeze stop hold"),
    _act("machines.resume", "r", "resume", "Let paused machines go on.", "continue unpause thaw go on"),
    _act(
        "machines.save",
        "z",
        "save",
        "Put the memory of the machines aside and turn them off.",
        "hibernate managedsave suspend to disk sleep",
    ),
    _act(
        "machines.unsave",
        "Z",
        "delete saved",
        "Delete saved memory; the machines then start afresh.",
        "save-rm drop saved state discard memory",
        danger=Danger.LOSES,
    ),
    _act(
        "machines.destroy",
        "x",
        "force off",
        "Cut the power; what is not written is lost.",
        "destroy kill power off stop turn pull plug",
        danger=Danger.INTERRUPTS,
    ),
    _act(
        "machines.wipe",
        "W",
        "wipe",
        "Remove them after overwriting their files with zeros.",
        "erase zero delete rm-wipe secure",
        danger=Danger.LOSES,
    ),
    _act(
        "machines.shred",
        "H",
        "shred",
        "Remove them after overwriting their files at random.",
        "erase random delete rm-shred secure",
        danger=Danger.LOSES,
    ),
    _act(
        "machines.remove",
        "D",
        "remove",
        "Force off, undefine, and delete their own files.",
        "delete rm destroy undefine",
        danger=Danger.LOSES,
    ),
    _act(
        "renewal.reset",
        "B",
        "reset",
        "Throw away what they wrote; number, name and addresses stay.",
        "fresh disks renew roll back rollback reverted undo changes clean again ephemeral",
        danger=Danger.LOSES,
    ),
    _act(
        "renewal.upgrade",
        "U",
        "upgrade",
        "Reset them onto another version of their template.",
        "update newer version move rebase downgrade fresh disks",
        danger=Danger.LOSES,
    ),
    _act(
        "renewal.detach",
        "F",
        "detach",
        "Give them full images, free of any version.",
        "flatten full copy standalone independent whole",
    ),
    _act(
        "renewal.promote",
        "P",
        "promote",
        "Make a new template of the machine.",
        "template from clone golden convert turn into",
    ),
    Command(
        "consoles.connect",
        ("o",),
        "console",
        "Open a viewer on each; without a display, the commands for your desk.",
        Group.MACHINES,
        writes=True,
        words="open connect viewer virt-viewer spice spicy vnc display graphics desktop",
    ),
    _act(
        "consoles.serial",
        "O",
        "serial console",
        "Type into the machine's serial console; Ctrl-] comes back.",
        "tty text terminal login shell virsh",
    ),
    Command(
        "checkpoints.see",
        ("K",),
        "checkpoints",
        "Keep the machines as they are, and go back; in the tree, all machines of the row.",
        Group.MACHINES,
        words="snapshots revert go back roll back rollback restore keep savepoint undo",
    ),
    _act("edit.machine", "e", "edit", "Edit the machine's XML in your editor.", "xml change define domain virsh"),
    _act(
        "exec.ask",
        "exclamation_mark",
        "run a command",
        "Run a command for each machine, on this host or in the guests.",
        "exec execute shell script bash ssh guest agent",
    ),
)
