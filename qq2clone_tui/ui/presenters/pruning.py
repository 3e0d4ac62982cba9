"""Write out which versions go and what becomes of them, for the person who has to agree to it."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from qq2clone_tui.domain.equivalent import merge_lines
from qq2clone_tui.domain.prune_plan import INHERITED, Fold, PrunePlan, TemplatePruning
from qq2clone_tui.engine.versions.pruning import FoldResult, PruningProgress

from .figures import amount
from .text import Cell, Line, counted, line, visible

__all__ = [
    "by_hand_lines",
    "progress_label",
    "pruning_lines",
    "pruning_question",
    "result_lines",
    "result_sentence",
]

_WIDTH = 70
_INDENT = 14
_MOST_FILES = 4


def pruning_question(plan: PrunePlan) -> str:
    """Return the question a plan asks, as the dialog's title."""
    if plan.empty:
        return "Nothing can go"
    count = sum(len(template.versions) for template in plan.templates)
    return f"Remove {counted(count, 'version')}?" if count else "Merge inherited files?"


def pruning_lines(plan: PrunePlan) -> list[Line]:
    """Return what a plan does: versions, merges, files, bytes, warnings, and what stays and why."""
    lines: list[Line] = []
    for template in plan.templates:
        told = list(_template(template, plan.limit))
        lines += [line(), *told] if lines and told else told
    for warning in plan.warnings:
        first, *rest = wrap(visible(warning), _WIDTH - 2) or [""]
        lines += [line(Cell(f" ! {first}", "warn")), *(line(Cell(f"   {row}", "warn")) for row in rest)]
    return lines or [line(Cell(" There is only one version.", "dim"))]


def by_hand_lines(plan: PrunePlan) -> list[Line]:
    """Return the same as shell commands, for people who know those."""
    return [
        line(Cell(f" {visible(text)}", "accent"))
        for _, fold in plan.work
        for text in merge_lines(fold.merges, fold.deletes)
    ]


def progress_label(progress: PruningProgress) -> str:
    """Return how far it has got, in a few words."""
    part = f" {progress.done + 1}/{progress.whole}" if progress.whole > 1 else ""
    return f"pruning {visible(progress.template)}{part} {round(progress.fraction * 100)}%"


def result_sentence(results: Sequence[FoldResult]) -> str:
    """Return what went well, as one line."""
    done = [result for result in results if result.error is None]
    names = "; ".join(
        f"{visible(name)} has no {_numbers([n for each in done if each.template == name for n in each.fold.versions])}"
        for name in dict.fromkeys(result.template for result in done)
    )
    freed = sum(result.freed for result in done)
    return f"{names} any more{f': {amount(freed)} freed' if freed > 0 else ''}" if names else ""


def result_lines(results: Sequence[FoldResult]) -> list[Line]:
    """Return what went wrong, and which files stay after all; nothing when all went well."""
    lines: list[Line] = []
    for result in results:
        said = [result.error.paragraph()] if result.error is not None else list(result.remarks)
        if not said:
            continue
        lines.append(line(Cell(f" {visible(result.template)} {_numbers(result.fold.versions)}", "heading")))
        tone = "bad" if result.error is not None else "warn"
        lines += [line(Cell(f"   {row}", tone)) for text in said for row in wrap(visible(text), _WIDTH)]
    return lines


def _template(template: TemplatePruning, limit: int) -> Iterator[Line]:
    if not template.folds and not template.kept and not limit:
        return
    yield line(Cell(f" {visible(template.template)}", "strong"), Cell(f"   {_depth(template, limit)}", "dim"))
    for fold in template.folds:
        yield from _fold(fold)
    for kept in template.kept:
        first, *rest = (row for reason in kept.reasons for row in wrap(visible(reason), _WIDTH - _INDENT))
        yield line(Cell(f"   keeps {_named(kept.version):<5}", "good"), Cell(first, "dim"))
        for row in rest:
            yield line(Cell(f"{'':{_INDENT}}{row}", "dim"))


def _depth(template: TemplatePruning, limit: int) -> str:
    then = f", then {template.depth_after}" if template.folds else ""
    return f"{template.depth} deep{then}" + (f"; up to {limit} are fine" if limit else "")


def _fold(fold: Fold) -> Iterator[Line]:
    freed = f"   {amount(fold.frees)}" if fold.frees else ""
    yield line(Cell(f"   removes {_numbers(fold.versions)}", "bad"), Cell(freed, "dim"))
    for merge in fold.merges:
        yield line(
            Cell(f"     merges {'it' if len(fold.versions) == 1 else 'them'} into v{merge.version}", "accent"),
            Cell(f"   a copy of {amount(merge.copied)} at most", "dim"),
        )
        yield from _path("which then stands on", merge.below) if merge.below else _path("which then stands alone")
    shown = len(fold.deletes) if len(fold.deletes) <= _MOST_FILES else _MOST_FILES - 1
    for path in fold.deletes[:shown]:
        yield from _path("deletes", path)
    if fold.deletes[shown:]:
        yield from _path(f"deletes {len(fold.deletes) - shown} more files")
    for path in fold.keeps:
        yield from _path("leaves", path, "which was not made for the template")


def _path(*words: str) -> Iterator[Line]:
    for row in wrap(visible(" ".join(words)), _WIDTH - 6, break_on_hyphens=False):
        yield line(Cell(f"     {row}", "dim"))


def _numbers(versions: Sequence[int]) -> str:
    return ", ".join(_named(number) for number in sorted(versions))


def _named(version: int) -> str:
    return "inherited files" if version == INHERITED else f"v{version}"
