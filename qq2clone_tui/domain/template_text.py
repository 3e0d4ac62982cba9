"""Write a template of one version as values that JSON can hold, and read it back."""

from collections.abc import Mapping
from dataclasses import asdict

from .disk import DiskPolicy
from .template import Template, TemplateDisk

__all__ = ["as_values", "from_values"]


def as_values(template: Template) -> dict[str, object]:
    """Return the values of a template that is not recorded yet; they hold the secrets of its XML."""
    return {
        "name": template.name,
        "xml": template.xml,
        "disks": [asdict(disk) for disk in template.disks],
        "source": template.source,
        "created_at": template.created_at,
        "options": dict(template.options),
        "firmware": dict(template.firmware),
    }


def from_values(values: Mapping[str, object]) -> Template:
    """Return the template that ``as_values`` made the values of."""
    disks, options, firmware = values["disks"], values["options"], values["firmware"]
    assert isinstance(disks, list) and isinstance(options, dict) and isinstance(firmware, dict)  # noqa: S101
    return Template(
        str(values["name"]),
        str(values["xml"]),
        tuple(TemplateDisk(**{**disk, "policy": DiskPolicy(disk["policy"])}) for disk in disks),
        source=str(values["source"]),
        created_at=float(str(values["created_at"])),
        options=options,
        firmware=firmware,
    )
