"""Show a serial console on the terminal."""

from qq2clone_tui.domain.errors import BadArgument

from .invocation import Invocation
from .output import printable, write

__all__ = ["show_serial"]


def show_serial(invocation: Invocation, machines: str, device: str, *, force: bool) -> int:
    """Connect the terminal with the serial console of one machine until it ends or Ctrl-] is pressed.

    Raises:
        BadArgument: the set holds several machines, or there is no terminal.
        HypervisorError: the machine is off, has no serial console, or somebody else has it open.
    """
    with invocation.session() as session:
        chosen = session.select(machines, invocation.template(session))
        if len(chosen) != 1:
            names = ", ".join(machine.name for machine in chosen[:5])
            raise BadArgument(
                "cannot show several serial consoles at once", subject=machines, why=f"it selects {names}"
            )
        (machine,) = chosen
        if invocation.shared.dry_run:
            write(printable(f"Plan: show the serial console of {machine.name}"))
            return 0
        line = session.serial.open(machine.uuid, device, force=force)
        invocation.narrator.note(f"This is the serial console of {machine.name}; Ctrl-] ends it.")
        why = session.serial.converse(line)
        invocation.narrator.note(f"{machine.name}: {why}." if why else f"You have left the console of {machine.name}.")
    return 0
