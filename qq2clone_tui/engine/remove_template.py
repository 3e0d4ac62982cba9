"""Delete templates that nothing depends on."""

from dataclasses import dataclass, replace

from qq2clone_tui.domain.errors import TemplateError

from .dependents import needs_of_strangers, needs_of_templates
from .tools import Tools

__all__ = ["TemplateRemoval", "plan_removal", "remove"]


@dataclass(frozen=True, slots=True)
class TemplateRemoval:
    """What deleting a template does.

    Args:
        name: the template.
        removes: images made for it, deleted with it.
        keeps: images it only refers to, left alone.
    """

    name: str
    removes: tuple[str, ...]
    keeps: tuple[str, ...]


def plan_removal(tools: Tools, name: str) -> TemplateRemoval:
    """Return what deleting a template would do.

    Raises:
        TemplateError: it is unknown or has clones.
    """
    catalogue, images = tools.catalogue, tools.images
    template = catalogue.template(name)
    clones = len(catalogue.clones(name))
    if clones:
        raise TemplateError(
            "cannot delete the template",
            subject=name,
            why=f"it has {clones} clone{'' if clones == 1 else 's'}",
            remedy="Remove its clones first.",
        )
    others = needs_of_templates(images, (other for other in catalogue.templates() if other.name != name))
    needed = {**others, **needs_of_strangers(tools)} if any(disk.owned for disk in template.disks) else {}
    owned = [disk.image for disk in template.disks if disk.owned and images.resolved(disk.image) not in needed]
    kept = [disk.image for disk in template.disks if disk.image not in owned]
    return TemplateRemoval(name, tuple(owned), tuple(kept))


def remove(tools: Tools, name: str) -> TemplateRemoval:
    """Forget a template, then delete the images that were made for it.

    What cannot be deleted now stays in the journal, and is tried again at a later start.
    """
    removal = plan_removal(tools, name)
    free = tools.catalogue.remove_template(name, removal.removes)
    for path in free:
        tools.delete_file(path)
    tools.catalogue.journal.drop(free)
    handed_over = tuple(path for path in removal.removes if path not in free)
    return replace(removal, removes=free, keeps=(*removal.keeps, *handed_over))
