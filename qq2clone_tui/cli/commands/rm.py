"""Remove machines: ``rm SET``, ``rm-wipe SET``, ``rm-shred SET``."""

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.domain.erasure import WIPE_ALGORITHMS, Erasure, ErasureKind
from qq2clone_tui.domain.selection import parse

__all__ = ["commands"]


@click.command("rm", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
def rm(invocation: Invocation, machines: str) -> int:
    """Force machines off, undefine them and delete the images that were made for them, and no others.

    On a terminal the plan is shown and confirmed first, unless --yes is given; with -q, which
    forbids questions, --yes is needed. Off a terminal (in a script) nothing is asked.
    """
    return _remove(invocation, machines, None)


@click.command("rm-wipe", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.option("--algorithm", type=click.Choice(WIPE_ALGORITHMS), default="zero", help="How libvirt overwrites.")
def rm_wipe(invocation: Invocation, machines: str, algorithm: str) -> int:
    """Like rm, but libvirt overwrites the machines' own images before they are deleted.

    A base image is never touched, nor, on this host, what a link in an image's place leads to. Where
    files are copied on write, compressed or on a solid-state disk, old bytes may stay all the same;
    the plan says where that is known. On an embedded hypervisor, which has no storage driver, this
    program writes the zeros itself.
    """
    return _remove(invocation, machines, Erasure(ErasureKind.WIPE, algorithm=algorithm))


@click.command("rm-shred", cls=Verb)
@click.argument("machines", metavar="SET", shell_complete=complete_set)
@click.option("--passes", type=click.IntRange(0, 100), default=3, metavar="N", help="How often at random. Default: 3.")
def rm_shred(invocation: Invocation, machines: str, passes: int) -> int:
    """Like rm, but the machines' own images are overwritten with shred before they are deleted.

    Only for images that this program can reach itself. A base image is never touched. Where files
    are copied on write, compressed or on a solid-state disk, old bytes may stay all the same; the
    plan says where that is known.
    """
    return _remove(invocation, machines, Erasure(ErasureKind.SHRED, passes=passes))


def _remove(invocation: Invocation, machines: str, erasure: Erasure | None) -> int:
    parse(machines)
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        plan = session.plan_remove([machine.uuid for machine in chosen])
        if erasure is not None:
            doubts = session.erasures.doubts()
            plan = session.erasures.plan(plan, erasure)
            if not invocation.shared.dry_run:  # else they stand in the plan
                invocation.narrator.warn_all([f"{doubt}." for doubt in doubts])
        return carry_out(invocation, session, plan)


commands = {"rm": rm, "rm-wipe": rm_wipe, "rm-shred": rm_shred}
