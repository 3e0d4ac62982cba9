"""Change the power state of machines: ``start shutdown destroy suspend resume save save-rm SET``."""

import click

from qq2clone_tui.cli.app import VERBS, Verb
from qq2clone_tui.cli.batch import carry_out
from qq2clone_tui.cli.completing import complete_set
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.domain.selection import parse
from qq2clone_tui.domain.states import POWER_VERBS, DomainState, PowerVerb

__all__ = ["commands"]

_NOTES = {
    PowerVerb.START: "Saved machines are restored. With -g, a console is opened on each.",
    PowerVerb.SHUTDOWN: "The guests are asked; this does not wait for them, and a guest may not answer.",
    PowerVerb.DESTROY: "Like pulling the plug: nothing is asked, here or in the guest. No image is deleted.",
    PowerVerb.SUSPEND: "They stay in memory and use no CPU.",
    PowerVerb.RESUME: "They go on where they were.",
    PowerVerb.SAVE: "libvirt keeps it, unless -s names a place: then a file is made there. start goes on from it.",
    PowerVerb.SAVE_REMOVE: "What was not written to their disks is lost. Asks like rm.",
}


def _command(verb: PowerVerb) -> click.Command:
    @click.argument("machines", metavar="SET", shell_complete=complete_set)
    def act(invocation: Invocation, machines: str) -> int:
        parse(machines)
        with invocation.session() as session:
            chosen = session.select(machines, invocation.template(session), verb)
            plan = session.plan_power(verb, [machine.uuid for machine in chosen])
            if verb is PowerVerb.SAVE and invocation.shared.storage is not None:
                plan = session.saves.to_files(plan)
            return carry_out(invocation, session, plan, consoles=verb is PowerVerb.START)

    states = ", ".join(state.value for state in DomainState if state in POWER_VERBS[verb])
    act.__doc__ = f"{VERBS[verb.value][1]} {_NOTES[verb]}\n\nActs on those of SET that are: {states}."
    return click.command(verb.value, cls=Verb)(act)


commands = {verb.value: _command(verb) for verb in PowerVerb}
