"""Find what is wrong and mend it: ``check [NAME]``."""

import threading

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.check_report import print_findings, report_object, summary
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.interruptible import interruptible
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.cli.progress import Progress
from qq2clone_tui.cli.shared import Verbosity
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.findings import CheckWish

__all__ = ["commands"]

_INTERRUPTED = 130


@click.command("check", cls=Verb)
@click.argument("name", required=False, shell_complete=complete_template)
@click.option("--digest", is_flag=True, help="Compute the digest of every image of our own, and compare or record it.")
def check(invocation: Invocation, name: str | None, digest: bool) -> int:
    """Find what is wrong with clones, templates and images, of the template NAME or of all, and mend it.

    Finds clones whose machine is gone and machines whose record is gone, work that a killed process left half done,
    disks that are missing or stand on another image, images that are missing, moved, changed or may be written, and
    files in the storage place that nobody knows. What can be mended without losing anything is mended, a lost catalogue
    among it; --yes also defines lost machines again whose disks are there, forgets those of which nothing is left, and
    takes back what only says that it is a clone. --dry-run only looks. No file is deleted that is not recorded as ours.

    The exit code is 0 when all is sound or was mended, otherwise that of the first finding which is left.
    """
    wanted = name if name is not None else invocation.shared.template
    if wanted == "":
        raise TemplateError("there is no template", why="the name is empty", remedy="Leave it out to check everything.")
    wish = CheckWish(
        template=wanted or "",
        mend=not invocation.shared.dry_run,
        consent=bool(invocation.shared.yes),
        digests=digest,
        record=not invocation.shared.dry_run,
    )
    stop = threading.Event()
    narrator = invocation.narrator
    with (
        invocation.session(recovering=False) as session,
        Progress(shown=narrator.on_terminal and narrator.level >= Verbosity.NORMAL) as progress,
    ):
        report = interruptible(
            lambda: session.check.run(wish, progress.measured, stop.is_set),
            stop.set,
            narrator,
            "Stopping; what was found so far is reported.",
        )
    if invocation.json:
        write_json(**report_object(report, dry_run=not wish.mend))
    else:
        print_findings(report)
    summary(report, narrator)
    return _INTERRUPTED if report.interrupted else report.exit_code


commands = {"check": check}
