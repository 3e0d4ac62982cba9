"""Tell which versions go: the plan, and what became of it, for people and as JSON."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qq2clone_tui.domain.equivalent import merge_lines
from qq2clone_tui.domain.prune_plan import INHERITED

from .narration import Narrator
from .output import printable, size, write

if TYPE_CHECKING:
    from qq2clone_tui.domain.prune_plan import Fold, FoldMerge, PrunePlan, TemplatePruning
    from qq2clone_tui.engine.versions.pruning import FoldResult

__all__ = ["numbers", "plan_lines", "pruning_object", "report", "write_plan"]


def numbers(versions: Sequence[int]) -> str:
    """Return versions as ``v2, v3``."""
    return ", ".join(_named(number) for number in versions)


def plan_lines(plan: "PrunePlan") -> list[str]:
    """Return a plan, a line for each thing that is done or left."""
    return [printable(line) for template in plan.templates for line in _template_lines(template)]


def write_plan(plan: "PrunePlan", narrator: Narrator) -> None:
    """Write a plan to stdout, and what is to be known of it beside."""
    for line in plan_lines(plan):
        write(line)
    by_hand = [line for _, fold in plan.work for line in merge_lines(fold.merges, fold.deletes)]
    if by_hand:
        write("The same by hand, if nobody uses these images meanwhile:")
        for line in by_hand:
            write(f"  {line}")
    narrator.warn_all(plan.warnings)


def report(results: "Sequence[FoldResult]", narrator: Narrator) -> int:
    """Narrate what became of a plan, and return the exit code: that of the first failure."""
    code = 0
    for result in results:
        if result.error is not None:
            narrator.error(f"{result.template}, {numbers(result.fold.versions)}: {result.error.paragraph()}")
            code = code or result.error.exit_code
            continue
        for path in result.fold.deletes:
            narrator.detail(f"Deleted {path}.")
        for path in result.fold.keeps:
            narrator.note(f"{path} stays: it was not made for the template.")
        narrator.warn_all(result.remarks)
        freed = f" {size(result.freed)} freed." if result.freed > 0 else ""
        narrator.note(f"{result.template} has no {numbers(result.fold.versions)} any more{_into(result.fold)}.{freed}")
    return code


def pruning_object(plan: "PrunePlan", results: "Sequence[FoldResult] | None") -> dict[str, Any]:
    """Return a plan, and what became of it, as JSON-ready values.

    Args:
        plan: what was to be done.
        results: what became of each part, in order; None for a dry run.
    """
    outcome = {(result.template, result.fold.versions): result for result in results or ()}
    return {
        "dry_run": results is None,
        "templates": [
            {
                "name": template.template,
                "depth": template.depth,
                "depth_after": template.depth_after,
                "removed": [_fold(fold, outcome.get((template.template, fold.versions))) for fold in template.folds],
                "kept": [{"version": kept.version or None, "reasons": list(kept.reasons)} for kept in template.kept],
            }
            for template in plan.templates
        ],
        "frees": plan.frees,
        "copied": plan.copied,
        "warnings": list(plan.warnings),
        "exit_code": next((result.error.exit_code for result in results or () if result.error is not None), 0),
    }


def _named(version: int) -> str:
    return "inherited files" if version == INHERITED else f"v{version}"


def _fold(fold: "Fold", result: "FoldResult | None") -> dict[str, Any]:
    failed = result.error if result is not None else None
    return {
        "versions": [number for number in fold.versions if number != INHERITED],
        "inherited": INHERITED in fold.versions,
        "merges": [_merge(merge) for merge in fold.merges],
        "deletes": list(fold.deletes),
        "keeps": list(fold.keeps),
        "frees": fold.frees,
        "freed": result.freed if result is not None and not failed else None,
        "error": failed.paragraph() if failed else None,
        "remarks": list(result.remarks) if result is not None else [],
        "equivalent": list(merge_lines(fold.merges, fold.deletes)),
    }


def _merge(merge: "FoldMerge") -> dict[str, Any]:
    return {
        "version": merge.version,
        "image": merge.image,
        "below": merge.below or None,
        "through": list(merge.through),
        "copied": merge.copied,
    }


def _template_lines(template: "TemplatePruning") -> Iterator[str]:
    if not template.folds and not template.kept:
        return
    yield template.template
    for fold in template.folds:
        yield f"  removes  {numbers(fold.versions)}, {size(fold.frees)}"
        for merge in fold.merges:
            below = f", then on {merge.below}" if merge.below else ", which then stands alone"
            yield f"  merges   into v{merge.version}: {merge.image}{below} (at most {size(merge.copied)})"
        for path in fold.deletes:
            yield f"  deletes  {path}"
        for path in fold.keeps:
            yield f"  leaves   {path}, which was not made for the template"
    for kept in template.kept:
        yield f"  keeps    {_named(kept.version)}: {'; '.join(kept.reasons)}"


def _into(fold: "Fold") -> str:
    into = sorted({merge.version for merge in fold.merges})
    held = "it held" if len(fold.versions) == 1 else "they held"
    return f"; what {held} is in {numbers(into)}" if into else ""
