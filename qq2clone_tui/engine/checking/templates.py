"""Look whether clones can be made of templates at all: their names and their XML."""

from collections.abc import Iterator

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.findings import Finding, FindingKind
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.names import check_template_name

from .scene import Scene

__all__ = ["unusable_templates"]


def unusable_templates(scene: Scene) -> Iterator[Finding]:
    """Yield the templates whose name or XML is nothing that clones could be made from."""
    for template in scene.templates:
        if not scene.out.covers(template.name):
            continue
        try:
            check_template_name(template.name)
            now = scene.tools.catalogue.template(template.name)
            Compiler(now.xml, now)
        except Qq2cloneError as error:
            yield _finding(template.name, error)


def _finding(name: str, error: Qq2cloneError) -> Finding:
    about = f" {error.subject!r}" if error.subject and error.subject != name else ""
    why = f"{error.what}{about}{f': {error.why}' if error.why else ''}".rstrip(".")
    return Finding(FindingKind.BAD_TEMPLATE, name, why, remedy=error.remedy, template=name)
