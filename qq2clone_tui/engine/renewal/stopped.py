"""Take a machine from the hypervisor whose files somebody else is to have: never while a guest writes to them."""

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.engine.tools import Tools

__all__ = ["undefine_stopped"]


def undefine_stopped(tools: Tools, uuid: str) -> None:
    """Undefine a machine that is off; one that somebody started this very moment stays as it is.

    libvirt also undefines a machine that runs, which then goes on until it stops
    (https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainUndefine).

    Raises:
        BadArgument: it runs.
    """
    xml = tools.hypervisor.inactive_xml(uuid)
    tools.hypervisor.undefine(uuid)
    still = tools.hypervisor.read_domain(uuid)
    if still is not None:
        tools.hypervisor.define(xml)
        why = f"it is {still.state.value}: somebody has started it just now"
        raise BadArgument("the machine must be off", subject=still.name, why=why, remedy="Shut it down first.")
