"""Find out what may keep things from being done at one instant."""

from collections.abc import Iterable

from .excuses import Circumstances
from .guest_bytes import chain
from .holdings import Holdings
from .sight import Sight, disks_of
from .strangers import Strangers
from .watch import Footing

__all__ = ["circumstances_of", "footing_of"]


def footing_of(holdings: Holdings, strangers: Strangers, sight: Sight) -> Footing:
    """Return which files are stood on now, by images of ours and of others."""
    qcow2 = {path for path, kind in holdings.images(sight).values() if kind == "qcow2"}
    return Footing.of(qcow2 | {path for path in strangers.files if path.endswith(".qcow2")})


def circumstances_of(
    holdings: Holdings, strangers: Strangers, sight: Sight, drifted: Iterable[tuple[str, int]]
) -> Circumstances:
    """Return what may keep things from being done now.

    Args:
        holdings, strangers: what is ours, and what is not.
        sight: what there should be of ours.
        drifted: versions of which an image was changed, by template and number.
    """
    needed, images, footing = strangers.needed(), holdings.images(sight), footing_of(holdings, strangers, sight)
    strange = {path for xml in strangers.machines.values() for path, _ in disks_of(xml).values()}
    touched = {holdings.first_image(*key) for key in drifted}
    stood_on, changed, foreign = set(), set(), set()
    for template in holdings.templates():
        staging = sight.staging(template.name)
        own = {path for (of, _), (path, _) in images.items() if of == staging}
        for version in template.history:
            key = (template.name, version.number)
            for disk in version.disks:
                users = {of for (of, _), (path, _) in images.items() if path == disk.image} - {f"{key[0]}@v{key[1]}"}
                if footing.dependents.get(disk.image, frozenset()) - own or disk.image in strange or users:
                    stood_on.add(key)
                if touched & set(chain(disk.image)):
                    changed.add(key)
                if not disk.owned:
                    foreign.add(key)
    found = {of for (of, _), (path, _) in images.items() if path in needed}
    return Circumstances(sight, frozenset(found), frozenset(stood_on), frozenset(changed), frozenset(foreign))
