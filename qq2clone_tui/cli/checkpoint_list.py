"""Show checkpoints as a table and as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qq2clone_tui.domain.checkpoint import Checkpoint, unroll
from qq2clone_tui.domain.inventory import Machine

from .output import table

__all__ = ["checkpoint_objects", "print_checkpoints"]


def print_checkpoints(machines: Sequence[Machine], found: Mapping[str, Sequence[Checkpoint]]) -> None:
    """Write a table of checkpoints: what each machine has, as a tree, the one it came from last with a ``*``."""
    several = len(machines) > 1
    rows = []
    for machine in machines:
        for depth, each in unroll(found.get(machine.uuid, ())):
            row = [
                f"{'  ' * depth}{each.name}{' *' if each.current else ''}",
                datetime.fromtimestamp(each.created_at).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
                each.state.value,
                each.description or "-",
            ]
            rows.append([machine.name, *row] if several else row)
    if rows:
        table([*(["MACHINE"] if several else []), "CHECKPOINT", "MADE", "STATE", "NOTE"], rows)


def checkpoint_objects(machines: Sequence[Machine], found: Mapping[str, Sequence[Checkpoint]]) -> list[dict[str, Any]]:
    """Return checkpoints as JSON-ready values, as ``docs/json.md`` describes."""
    return [
        {
            "machine": machine.name,
            "uuid": machine.uuid,
            "number": machine.number,
            "name": each.name,
            "created_at": each.created_at,
            "note": each.description,
            "state": each.state.value,
            "with_memory": each.with_memory,
            "current": each.current,
            "parent": each.parent or None,
        }
        for machine in machines
        for each in found.get(machine.uuid, ())
    ]
