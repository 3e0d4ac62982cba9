"""Hold the examples of the manual page; all of them are run, in this order, to make the record of examples."""

from dataclasses import dataclass

__all__ = ["EXAMPLES", "Example"]


@dataclass(frozen=True, slots=True)
class Example:
    """A line for the shell.

    Args:
        does: one sentence that says what for.
        line: what is typed.
        code: the exit code it ends with.
    """

    does: str
    line: str
    code: int = 0


EXAMPLES = (
    Example("Make a template of a file of domain XML.", "qq2clone import-template $PWD/debian12.xml debian12"),
    Example("Let the verbs on clones mean it from now on.", "qq2clone config edit template debian12"),
    Example("Make five clones and start all but the last.", "qq2clone clone 5 && qq2clone start all,^5"),
    Example("Pause two of them and see how all are.", "qq2clone suspend 1-3,^2 && qq2clone list"),
    Example("Let them go on.", "qq2clone resume paused"),
    Example(
        "Put the memory of one aside, and go on from it.", "qq2clone save 4 && qq2clone list && qq2clone start saved"
    ),
    Example("Run a command for each machine.", "qq2clone exec all 'echo $number is $state and has $(basename $disks)'"),
    Example(
        "Run it for all even when it fails for some; equal results are shown once.",
        "qq2clone exec all --parallel 4 --keep-going --group 'test $number -lt 4'",
        code=14,
    ),
    Example("Look at those it failed for.", "qq2clone exec @failed 'echo $name'"),
    Example("Show how to see one from another desk.", "qq2clone connect --print 1"),
    Example("Make a second template of the same images.", "qq2clone copy-template debian12 spare"),
    Example(
        "Rename a template; machines that run follow when it is said again.",
        "qq2clone modify-template debian12 rename bookworm && qq2clone list all",
    ),
    Example("Cut the power of all but number 1.", "qq2clone -t bookworm destroy running,^1"),
    Example("See what would be deleted.", "qq2clone -t bookworm --dry-run rm 1-2"),
    Example("Delete one after shredding its disk.", "qq2clone -t bookworm rm-shred 5"),
    Example("Delete the rest.", "qq2clone -t bookworm rm all && qq2clone list-templates"),
    Example("Delete the templates.", "qq2clone delete-template spare && qq2clone delete-template bookworm"),
)
