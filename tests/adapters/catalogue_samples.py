"""Build templates and requests for the tests of the catalogue."""

import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.template import Template, TemplateDisk

__all__ = ["Ask", "template"]


def template(name: str = "debian12", **changes: object) -> Template:
    values: dict[str, object] = {
        "name": name,
        "xml": f"<domain type='qemu'>\n  <name>{name}</name><!-- hé -->\n</domain>",
        "disks": (
            TemplateDisk("vda", f"/images/{name}.qcow2", "qcow2", 64 << 20, stamp="12:34:56"),
            TemplateDisk("vdb", f"/images/{name}-swap.raw", "raw", 1 << 40, DiskPolicy.BLANK, owned=True),
        ),
        "source": "original",
        "created_at": 1234.5,
        "options": {"tpm": "copy"},
    }
    return Template(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Ask:
    """A request as the engine makes it, with fresh UUIDs and MAC addresses."""

    template: str = "debian12"
    count: int = 1
    version: int = 1
    on_host: frozenset[str] = frozenset()
    place: str = "/store"
    seen: list[tuple[int, int]] = field(default_factory=list)
    ephemeral: bool = False

    @property
    def numbers(self) -> Iterable[int]:
        return itertools.count(1)

    def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
        self.seen.append((len(taken_uuids), len(taken_macs)))
        name = f"{self.template}-{number}"
        if name in self.on_host:
            return None
        fresh = str(uuid.uuid4())
        mac = f"52:54:00:{fresh[:2]}:{fresh[2:4]}:{fresh[4:6]}"
        while mac in taken_macs:
            fresh = str(uuid.uuid4())
            mac = f"52:54:00:{fresh[:2]}:{fresh[2:4]}:{fresh[4:6]}"
        return CloneIdentity(self.template, self.version, number, name, fresh, (mac,))

    def files(self, identity: CloneIdentity) -> Sequence[str]:
        return [f"{self.place}/{identity.name}-vda.qcow2", f"{self.place}/{identity.name}-vdb.qcow2"]
