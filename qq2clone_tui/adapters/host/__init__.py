"""Run the programs of this host that use cases need; implements ``engine.ports.programs``."""

from qq2clone_tui.adapters.places import Places
from qq2clone_tui.engine.ports.programs import Programs

from .clipboard import HostClipboard
from .drafts import FileDrafts
from .editor import HostEditor
from .shell import HostShell
from .terminal import HostTerminal
from .viewers import HostViewers

__all__ = ["host_programs"]


def host_programs(places: Places) -> Programs:
    """Return the programs of this host.

    Args:
        places: where what they leave behind goes.
    """
    return Programs(
        bash=HostShell(),
        editor=HostEditor(),
        drafts=FileDrafts(places.data_dir / "drafts"),
        viewers=HostViewers(places),
        clipboard=HostClipboard(),
        terminal=HostTerminal(),
    )
