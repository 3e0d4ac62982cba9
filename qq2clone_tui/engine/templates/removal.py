"""Delete templates that nothing depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.image_graph import ImageGraph, User, UserKind
from qq2clone_tui.domain.reference import Reference, parse_reference
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.images.gate import refuse_unfinished
from qq2clone_tui.engine.tools import Tools

__all__ = ["TemplateRemoval", "plan_removal", "remove"]


@dataclass(frozen=True, slots=True)
class TemplateRemoval:
    """What deleting a template does.

    Args:
        name: the template.
        removes: images made for it, deleted with it.
        keeps: images it only refers to, or that others need, left alone.
        heirs: the template that each of its own files belongs to from then on, of those that others need.
    """

    name: str
    removes: tuple[str, ...]
    keeps: tuple[str, ...]
    heirs: Mapping[str, str] = field(default_factory=dict)


def plan_removal(tools: Tools, name: str) -> TemplateRemoval:
    """Return what deleting a template would do.

    Raises:
        TemplateError: it is unknown, one of its versions is named, or it has clones.
    """
    catalogue = tools.catalogue
    reference = parse_reference(name)
    if reference.version is not None:
        catalogue.template(reference.name).at(reference.version)  # raises where there is none
        why, remedy = "that is one version of it", f"A version that nobody needs goes with: qq2clone prune {name}"
        raise TemplateError("cannot delete the template", subject=name, why=why, remedy=remedy)
    template = catalogue.template(name)
    records = catalogue.clones(name)
    if any(record.identity.staging for record in records):
        why, remedy = "it has a staging machine", f"Throw that away: qq2clone modify-template {name} discard-image"
        raise TemplateError("cannot delete the template", subject=name, why=why, remedy=remedy)
    refuse_unfinished(tools, "cannot delete the template", name)
    clones = len(records)
    if clones:
        raise TemplateError(
            "cannot delete the template",
            subject=name,
            why=f"it has {clones} clone{'' if clones == 1 else 's'}",
            remedy="Remove its clones first.",
        )
    graph = tools.index.graph() if template.owned_files else ImageGraph({}, {})
    needs = {path: _users(tools, graph, template, path) for path in template.owned_files}
    owned = tuple(path for path, users in needs.items() if not users)
    named = (*(disk.image for version in template.history for disk in version.disks), *needs)
    kept = tuple(dict.fromkeys(path for path in named if path not in owned))
    heirs = {path: heir for path, users in needs.items() if (heir := _heir(users))}
    return TemplateRemoval(name, owned, kept, heirs)


def remove(tools: Tools, name: str) -> TemplateRemoval:
    """Forget a template, then delete the images that were made for it.

    What cannot be deleted now stays in the journal, and is tried again at a later start.
    """
    removal = plan_removal(tools, name)
    free = tools.catalogue.remove_template(name, removal.removes, removal.heirs)
    for path in free:
        tools.delete_file(path)
    tools.catalogue.journal.drop(free)
    handed_over = tuple(path for path in removal.removes if path not in free)
    return replace(removal, removes=free, keeps=(*removal.keeps, *handed_over))


def _users(tools: Tools, graph: ImageGraph, template: Template, path: str) -> tuple[User | str, ...]:
    """Return who else needs a file of a template; images that nobody is known to use count as well."""
    ours = {str(Reference(template.name, version.number)) for version in template.history}
    resolved = tools.images.resolved(path)
    users = tuple(user for user in graph.users(resolved) if user.ident not in ours)
    return users or graph.needs(resolved, ours)


def _heir(users: Sequence[User | str]) -> str:
    """Return the template that a file goes to when its own is gone: the first of those whose images stand on it."""
    names = [user.name for user in users if isinstance(user, User) and user.kind is UserKind.VERSION]
    return parse_reference(min(names)).name if names else ""
