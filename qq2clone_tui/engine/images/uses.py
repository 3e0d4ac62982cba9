"""Answer who stands on an image, a version, a template or the disks of a machine."""

import posixpath
from collections.abc import Iterable

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import AccessError, DomainNotFound
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.domain.reference import parse_reference
from qq2clone_tui.domain.uses_tree import UsesTree
from qq2clone_tui.engine.tools import Tools

__all__ = ["UsesReader"]


class UsesReader:
    """Looks at the index of images for people.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def of(self, text: str) -> UsesTree:
        """Return what stands on an image, given its absolute path, or on a template or version, as ``debian@v2``.

        Raises:
            TemplateError: there is no such template or version.
            AccessError: there is no such file, and nobody who would need it.
            HypervisorError, AccessError: what has to be known cannot be.
        """
        if text.startswith("/"):
            return self._of_file(text)
        named = parse_reference(text)
        template = self._tools.catalogue.template(named.name)
        versions = template.history if named.version is None else [template.at(named.version).current]
        return self._tree(disk.image for version in versions for disk in version.disks)

    def of_machine(self, uuid: str) -> UsesTree:
        """Return what the disks of a machine stand on, and what stands on them.

        Raises:
            HypervisorError, AccessError: what has to be known cannot be.
        """
        try:
            disks = describe(self._tools.hypervisor.inactive_xml(uuid)).disks
        except DomainNotFound:
            record = self._tools.catalogue.clone(uuid)
            return self._tree(record.files if record else ())
        return self._tree(disk.source for disk in disks if disk.cloned)

    def _of_file(self, path: str) -> UsesTree:
        """Look also at files that lie where none of ours do."""
        tools, resolved = self._tools, self._tools.images.resolved(path)
        graph = tools.index.graph()
        if not graph.image(resolved).there:
            graph = graph.and_also(tools.images.survey.look([posixpath.dirname(resolved)], [resolved]))
        if not graph.image(resolved).there and not graph.users(resolved) and not graph.dependents(resolved):
            why = "there is no such file, and nobody is known to need it"
            raise AccessError("cannot tell who stands on the image", subject=path, why=why, remedy="Check the path.")
        return self._tree([path], graph)

    def _tree(self, paths: Iterable[str], graph: ImageGraph | None = None) -> UsesTree:
        tools = self._tools
        subjects = tuple(dict.fromkeys(tools.images.resolved(path) for path in paths))
        templates = tools.catalogue.templates()
        owned = {tools.images.resolved(path) for template in templates for path in template.owned_files}
        return UsesTree(graph if graph is not None else tools.index.graph(), subjects, frozenset(owned))
