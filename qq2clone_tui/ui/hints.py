"""Say which keys matter most, by what the cursor stands on."""

from enum import Enum

from .desk import Desk

__all__ = ["Ground", "ground_of"]


class Ground(Enum):
    """What the cursor stands on; the value names the commands wanted most there, the most wanted first."""

    MACHINE = """machines.start machines.shutdown consoles.connect machines.clone renewal.reset renewal.upgrade
        checkpoints.see uses.show marks.toggle view.filter marks.prompt machines.destroy machines.remove exec.ask
        screens.picture jobs.ledger renewal.promote renewal.detach consoles.serial"""
    MARKED = """machines.start machines.shutdown renewal.reset renewal.upgrade machines.remove checkpoints.see
        marks.clear exec.ask tags.give machines.destroy machines.save consoles.connect screens.wall renewal.detach
        jobs.ledger"""
    STAGING = """staging.ask machines.start machines.shutdown consoles.connect consoles.serial uses.show
        screens.picture exec.ask edit.machine machines.destroy jobs.ledger"""
    TEMPLATE = """machines.clone staging.ask uses.show versions.acknowledge checkpoints.see pruning.plan
        edit.template templates.rename templates.copy templates.remove templates.take jobs.ledger"""
    VERSION = """machines.clone staging.ask uses.show versions.acknowledge checkpoints.see pruning.plan
        marks.everything edit.template view.filter jobs.ledger"""
    STATE = """marks.everything machines.clone staging.ask checkpoints.see uses.show screens.wall view.filter
        marks.prompt jobs.ledger"""
    EVERYTHING = """templates.take machines.clone marks.everything checkpoints.see screens.wall program.check
        view.filter marks.prompt pruning.plan program.settings templates.sample jobs.ledger"""
    NOTHING = "templates.take templates.sample program.check program.settings program.palette"

    @property
    def commands(self) -> tuple[str, ...]:
        """Return the ids of the commands, the most wanted first."""
        return tuple(self.value.split())


def ground_of(desk: Desk, *, in_tree: bool) -> Ground:
    """Return what the cursor stands on.

    Args:
        desk: what the user is looking at.
        in_tree: True while the tree has the keys; else the table counts, and where that is empty, the tree.
    """
    if not desk.inventory.templates:
        return Ground.NOTHING
    under = desk.inventory.machines.get(desk.cursor or "")
    if under is not None and not in_tree:
        return Ground.STAGING if under.staging else Ground.MARKED if desk.marks else Ground.MACHINE
    place = desk.place
    if place.template is None:
        return Ground.EVERYTHING
    if place.staging:
        return Ground.STAGING
    if place.state is not None:
        return Ground.STATE
    return Ground.VERSION if place.version else Ground.TEMPLATE
