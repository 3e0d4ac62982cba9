"""Show one version of a template close up: note, drift, images with digest and chain, who stands on it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from textwrap import wrap

from qq2clone_tui.domain.disk import DiskPolicy, ImageFacts
from qq2clone_tui.domain.inventory import VersionSummary
from qq2clone_tui.domain.template import TemplateDisk
from qq2clone_tui.engine.versions.details import VersionDetails

from .figures import age, amount
from .live import layer_name
from .text import Cell, Line, counted, line, visible

__all__ = ["version_lines"]

_DIGEST = 16
_MOST_USERS = 3


def version_lines(
    summary: VersionSummary, details: VersionDetails | str | None, now: float, width: int, *, written: int = 0
) -> tuple[Line, ...]:
    """Return the lines of the pane, the most telling first.

    Args:
        summary: what the tree knows of the version.
        details: what was read of it, why nothing was, or None while it is being read.
        now: the current time in epoch seconds.
        width: cells there are.
        written: bytes that the files of its clones take.
    """
    known = details.version.watched if isinstance(details, VersionDetails) else ()
    lines = [_first(summary, now), *_drift(summary, width, [file.image for file in known])]
    if summary.note:
        lines.append(line(Cell(" note ", "heading"), visible(summary.note)))
    if details is None:
        return (*lines, line(Cell(" reading…", "dim")))
    if isinstance(details, str):
        return (*lines, line(Cell(f" ! {visible(details)}", "bad")))
    if details.problem and not summary.drift:
        lines.append(line(Cell(f" ! {visible(details.problem)}", "bad")))
    lines += _space(summary, details)
    for disk in details.version.disks:
        lines += _disk(disk, details.chains.get(disk.target, ()), details.template)
    return (*lines, *_promised(summary, details, written), *_firmware(details))


def _first(summary: VersionSummary, now: float) -> Line:
    when = datetime.fromtimestamp(summary.created_at, UTC).strftime("%Y-%m-%d") if summary.created_at else ""
    ago = f" ({age(now - summary.created_at)} ago)" if summary.created_at and now - summary.created_at >= 60 else ""
    return line(
        Cell(f" v{summary.number}", "strong"),
        Cell(f"   made {when}{ago}" if when else "", "dim"),
        f"   {counted(summary.clones, 'clone')}",
    )


def _drift(summary: VersionSummary, width: int, images: Sequence[str]) -> list[Line]:
    """Return why the version is not what it was, and that no clone is made of it meanwhile."""
    lines: list[Line] = []
    for clause in summary.drift:
        first, *rest = wrap(visible(_short(clause, images)), max(20, width - 3)) or [""]
        lines += [line(Cell(f" ! {first}", "bad")), *(line(Cell(f"   {row}", "bad")) for row in rest)]
    if lines:
        lines.append(line(Cell("   no clones of it until A acknowledges that", "warn")))
    return lines


def _short(clause: str, images: Sequence[str]) -> str:
    """Return a clause with the mere names of images for their paths: these stand below."""
    for image in images:
        clause = clause.replace(image, PurePath(image).name)
    return clause


def _space(summary: VersionSummary, details: VersionDetails) -> Sequence[Line]:
    own = details.own_bytes if details.own_bytes is not None else summary.bytes
    below = f", over {amount(details.below_bytes)} that others share" if details.below_bytes else ""
    lines = [line(Cell(" space", "heading"), f" {amount(own)} of its own{below}")]
    if details.users:
        names = ", ".join(visible(name) for name in details.users[:_MOST_USERS])
        more = f" and {len(details.users) - _MOST_USERS} more" if len(details.users) > _MOST_USERS else ""
        lines.append(line(Cell(" used ", "heading"), f"by {names}{more}"))
    return lines


def _promised(summary: VersionSummary, details: VersionDetails, written: int) -> Iterator[Line]:
    """Say what its clones take, and what they would take beside that if every one filled its disks."""
    disks = (disk.virtual_size for disk in details.version.disks if disk.policy is not DiskPolicy.SHARE)
    more = max(0, summary.clones * sum(disks) - written)
    if summary.clones:
        yield line(Cell(" clones", "heading"), f" {amount(written)}", Cell(f", {amount(more)} more when full", "dim"))


def _disk(disk: TemplateDisk, chain: Sequence[ImageFacts], template: str) -> list[Line]:
    """Return an image with what it stands on, and with what it is checked by."""
    back = "".join(f" ← {layer_name(image.path, template)}" for image in chain[1:])
    size = f"{amount(chain[0].actual_size)} of {amount(disk.virtual_size)}  " if chain else ""
    kept = "" if disk.owned else "  not ours"
    digest = f"sha256 {disk.digest[:_DIGEST]}…" if disk.digest else "no digest yet"
    return [
        line(
            Cell(f" {visible(disk.target):<5}", "heading"),
            f"{size}{visible(PurePath(disk.image).name)}",
            Cell(f"{back}{kept}", "dim"),
        ),
        line(Cell(f"      {disk.format}  {digest}", "dim")),
    ]


def _firmware(details: VersionDetails) -> list[Line]:
    return [
        line(
            Cell(" keeps", "heading"),
            f" {visible(state.part)}",
            Cell(f"  {visible(PurePath(state.image).name)}  {amount(details.sizes.get(state.image))}", "dim"),
            Cell("" if state.owned else "  not ours", "dim"),
            Cell(f"  sha256 {state.digest[:_DIGEST]}…" if state.digest else "", "dim"),
        )
        for state in details.version.beside
    ]
