"""Remove versions that nobody needs: ``prune [TEMPLATE]``, ``flatten TEMPLATE [--depth N]``."""

from typing import TYPE_CHECKING

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_template
from qq2clone_tui.cli.confirm import agreed
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import write_json
from qq2clone_tui.cli.prune_report import plan_lines, pruning_object, report, write_plan
from qq2clone_tui.cli.prune_run import prune_beside
from qq2clone_tui.cli.shared import Verbosity
from qq2clone_tui.domain.errors import BadArgument

if TYPE_CHECKING:
    from qq2clone_tui.domain.prune_plan import PrunePlan
    from qq2clone_tui.engine.session import Session

__all__ = ["commands"]

_INTERRUPTED = 130


@click.command("prune", cls=Verb)
@click.argument("name", metavar="[TEMPLATE]", required=False, shell_complete=complete_template)
def prune(invocation: Invocation, name: str | None) -> int:
    """Remove the versions of TEMPLATE, or of all templates, that nobody needs.

    Never the newest, nor one with clones, nor one whose images others use. Where a later version
    stands on images that go, a copy of its own image takes over what they hold, is compared with the
    old one, and then takes its place: machines on it notice nothing. Images that were not made for
    the template stay. TEMPLATE may be one version, such as debian@v2.

    On a terminal the plan is shown and confirmed first, as with rm.
    """
    with invocation.session(recovering=not invocation.shared.dry_run) as session:
        return _carry_out(invocation, session, session.pruning.plan_prune(name))


@click.command("flatten", cls=Verb)
@click.argument("name", metavar="TEMPLATE", shell_complete=complete_template)
@click.option("--depth", type=int, metavar="N", help="Files that a chain may have. Default: the setting depth.")
def flatten(invocation: Invocation, name: str, depth: int | None) -> int:
    """Shorten the chains of images that the newest version of TEMPLATE stands on.

    Like prune, but no more versions go than have to, from the oldest up. Every image of a chain is opened when
    a machine starts, so chains of some dozen make starting slow. One version alone goes with prune debian@v2.
    """
    with invocation.session(recovering=not invocation.shared.dry_run) as session:
        return _carry_out(invocation, session, session.pruning.plan_flatten(name, depth))


def _carry_out(invocation: Invocation, session: "Session", plan: "PrunePlan") -> int:
    narrator = invocation.narrator
    if invocation.shared.dry_run:
        if invocation.json:
            write_json(**pruning_object(plan, None))
        else:
            write_plan(plan, narrator)
            if plan.empty:
                narrator.note(_nothing(plan))
        return 0
    narrator.warn_all(plan.warnings)
    if plan.empty:
        for line in plan_lines(plan):
            narrator.lines(line, Verbosity.NORMAL if plan.warnings else Verbosity.VERBOSE)
        narrator.note(_nothing(plan))
    elif not agreed(invocation, _question(plan), plan_lines(plan)):
        narrator.note("Nothing was done.")
        return BadArgument.exit_code
    results, interrupted = prune_beside(invocation, session, plan)
    code = report(results, narrator)
    if invocation.json:
        write_json(**pruning_object(plan, results))
    return _INTERRUPTED if interrupted else code


def _question(plan: "PrunePlan") -> str:
    count = sum(len(template.versions) for template in plan.templates)
    return f"Remove {count} version{'' if count == 1 else 's'}" if count else "Merge inherited files"


def _nothing(plan: "PrunePlan") -> str:
    if not plan.limit:
        return "There is no version that nobody needs."
    depth = max((template.depth for template in plan.templates), default=0)
    if depth > plan.limit:
        return f"The chains have {depth} files, and none of them can go."
    return f"The chains have {depth} file{'' if depth == 1 else 's'} at most; there is nothing to flatten."


commands = {"prune": prune, "flatten": flatten}
