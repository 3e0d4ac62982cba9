"""Take note of the files beside a version's disks that clones get copies of: firmware variables, the state of a TPM.

They are the version's own, or other people's that its XML names: the variables of a machine that was imported
by reference. What lies in libvirt's own directories is none of them, for clones begin without it; nor is the
``template`` of firmware variables, which a package brings, and renews as it likes.
"""

from collections.abc import Mapping

from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.template import StateFile, Template
from qq2clone_tui.engine.ports.images import ImageStore

from .stamps import stamp_of

__all__ = ["completed", "inherited", "is_noted", "noted"]

_TELLING = ("<nvram", "<varstore", "<tpm", "<loader")
"""Without one of these, and without files of its own, a machine has nothing beside its disks: no need to read it."""


def inherited(template: Template) -> Mapping[str, str]:
    """Return the files that clones of a template's version get copies of, there or not, by part."""
    if not template.firmware and not any(tag in template.xml for tag in _TELLING):
        return {}
    try:
        return Compiler(template.xml, template).inherited
    except BadXml:  # somebody is editing it: what was known of it counts until that is right
        return {state.part: state.image for state in template.current.beside}


def noted(images: ImageStore, template: Template) -> tuple[StateFile, ...]:
    """Return these files as they are now; missing ones are left out.

    A digest is kept as long as the stamp is the same.
    """
    known = {(state.part, state.image): state for state in template.states}
    looked_at = (_as_it_is(images, template, *each, known.get(each)) for each in inherited(template).items())
    return tuple(state for state in looked_at if state is not None)


def completed(images: ImageStore, template: Template) -> tuple[StateFile, ...]:
    """Return what is known of these files, whether they are still so or not, and what the others are like now."""
    known = {(state.part, state.image): state for state in template.states if state.stamp}
    looked_at = (known.get(each) or _as_it_is(images, template, *each) for each in inherited(template).items())
    return tuple(state for state in looked_at if state is not None)


def is_noted(template: Template) -> bool:
    """Tell whether everything is known of these files, their digests as well."""
    known = {(state.part, state.image) for state in template.states if state.stamp and state.digest}
    return known == set(inherited(template).items())


def _as_it_is(
    images: ImageStore, template: Template, part: str, path: str, before: StateFile | None = None
) -> StateFile | None:
    if not images.allocated_bytes([path]):
        return None
    stamp = stamp_of(images, path)
    if before is not None and stamp and before.stamp == stamp:
        return before
    return StateFile(part, path, path in template.firmware.values(), stamp)
