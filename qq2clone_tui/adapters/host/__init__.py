"""Run the programs of this host that use cases need; implements ``engine.programs``."""

from qq2clone_tui.engine.programs import Programs

__all__ = ["host_programs"]


def host_programs() -> Programs:
    """Return the programs of this host."""
    return Programs()
