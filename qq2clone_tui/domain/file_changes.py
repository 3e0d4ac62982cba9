"""Say how a file differs from what it was, by the stamp that was taken of it then."""

__all__ = ["changes_of", "inode_of"]

_PARTS = 3


def changes_of(then: str, now: str) -> tuple[str, ...]:
    """Return what became of a file since a stamp was taken, as clauses; empty when nothing did, or nobody can tell.

    Args:
        then, now: stamps of one path, as ``ImageFacts.stamp`` has them; empty when unknown.
    """
    if not then or not now or then == now:
        return ()
    before, after = _parts(then), _parts(now)
    if before is None or after is None:
        return ("it is not what it was",)
    found = []
    if before[0] != after[0]:
        found.append("another file lies in its place")
    if after[1] < before[1]:
        found.append(f"it was cut from {before[1]} bytes to {after[1]}")
    elif after[1] > before[1]:
        found.append(f"it grew from {before[1]} bytes to {after[1]}")
    if before[2] != after[2]:
        found.append("it was written since")
    return tuple(found)


def inode_of(stamp: str) -> int:
    """Return the inode that a stamp holds; 0 when it holds none."""
    parts = _parts(stamp)
    return parts[0] if parts else 0


def _parts(stamp: str) -> tuple[int, int, int] | None:
    fields = stamp.split(":")
    if len(fields) != _PARTS or not all(field.isascii() and field.isdigit() for field in fields):
        return None
    inode, size, mtime = fields
    return int(inode), int(size), int(mtime)
