"""Give a fleet in memory a template that has had several versions."""

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.template import Template, TemplateDisk, Version

__all__ = ["add_versions", "numbers_of"]


def add_versions(fleet: SampleFleet, name: str, count: int) -> Template:
    """Add a template with so many versions; the first is of an image that is not ours."""
    first = fleet.add_template(name)
    fleet.catalogue.remove_template(name)
    history = [Version(1, first.disks)]
    for number in range(2, count + 1):
        path = f"{fleet.images.place}/{name}.v{number}.vda.qcow2"
        below = history[-1].disks[0].image
        fleet.images.facts[path] = ImageFacts(path, "qcow2", 10 << 30, number << 20, below)
        history.append(Version(number, (TemplateDisk("vda", path, "qcow2", 10 << 30, owned=True),)))
    template = Template(name, first.xml, history[-1].disks, count, versions=tuple(history))
    fleet.catalogue.add_template(template)
    return template


def numbers_of(fleet: SampleFleet, name: str) -> list[int]:
    """Return the versions that a template has."""
    return [version.number for version in fleet.catalogue.template(name).history]
