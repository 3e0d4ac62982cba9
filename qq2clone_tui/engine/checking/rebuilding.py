"""Record a template again that the catalogue lost, from its kept XML and from what its clones stand on."""

import time
from collections.abc import Sequence
from dataclasses import replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.findings import Fate, Finding, FindingKind
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.metadata import Marker
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.templates.choices import Choices
from qq2clone_tui.engine.templates.importing import Source, import_template

from .derived import derived_xml
from .lost_versions import lost_versions
from .scene import Domain, Scene

__all__ = ["rebuilt"]

Strangers = Sequence[tuple[Domain, Marker]]


def rebuilt(scene: Scene, name: str, known: Template | None, strangers: Strangers) -> tuple[Finding, Template | None]:
    """Return the finding for a template, or versions of one, that were lost, and the template as it is once mended.

    Args:
        scene: everything.
        name: the template.
        known: the template when only versions of it were lost.
        strangers: machines that bear its mark.
    """
    kept = known.xml if known else scene.tools.catalogue.salvage.kept_templates().get(name, "")
    if not strangers:
        return _without_clones(scene, name, kept), None
    why = f"clones of it are there{', and so is its XML' if kept else ''}, but the catalogue does not know it"
    if known is not None:
        numbers = ", ".join(f"v{number}" for number in sorted(_lost(known, strangers)))
        why = f"clones of {numbers} are there, but the catalogue does not know {numbers}"
    finding = Finding(FindingKind.LOST_TEMPLATE, name, why, template=name)
    try:
        template = _template(scene, name, known, kept or derived_xml(scene, strangers), strangers)
    except Qq2cloneError as error:
        remedy = f"Make it again with: qq2clone import-template SOURCE {name}"
        about = f" {error.subject!r}" if error.subject else ""
        clause = f"{why}; {error.what}{about}{f': {error.why}' if error.why else ''}".rstrip(".")
        return replace(finding, why=clause, remedy=remedy), known
    count = len(template.history)
    deed = f"it is recorded again from what its clones stand on, with {count} version{'' if count == 1 else 's'}"
    deed += "" if kept else " and the XML of one of them"
    # XML that was edited in one clone would become that of all: somebody has to say that it may.
    after = scene.mended(finding, deed, lambda: _store(scene, known, template), consent=not kept)
    return after, known if after.fate is Fate.OPEN else template


def _without_clones(scene: Scene, name: str, kept: str) -> Finding:
    """Return the finding for XML that was kept of a template without clones: nobody but the user knows its worth."""
    finding = Finding(
        FindingKind.LOST_TEMPLATE, name, "its XML was kept, but the catalogue does not know it", template=name
    )
    deed = "it is imported from its kept XML, with the images that this names"
    source = Source(name, kept)
    return scene.mended(
        finding, deed, lambda: import_template(scene.tools, source, name, Choices(), dry_run=False), consent=True
    )


def _lost(known: Template | None, strangers: Strangers) -> set[int]:
    return {marker.version for _, marker in strangers} - {one.number for one in (known.history if known else ())}


def _template(scene: Scene, name: str, known: Template | None, kept: str, strangers: Strangers) -> Template:
    base = known or Template(name, kept, (), source="rebuilt by check", created_at=time.time())
    found = lost_versions(scene, base, strangers, _lost(known, strangers))
    versions = {one.number: one for one in (*found, *(known.history if known else ()))}
    history = tuple(versions[number] for number in sorted(versions))
    template = replace(base, versions=history).at(history[-1].number)
    Compiler(template.xml, template)  # says what would keep clones from being made of it
    return template


def _store(scene: Scene, known: Template | None, template: Template) -> None:
    catalogue = scene.tools.catalogue
    if known is None:
        catalogue.add_template(template)
        return
    before = {version.number for version in known.history}
    for version in template.history:
        if version.number not in before:
            catalogue.versions.add(template.name, version, "")
