"""Say what can be done about a template's next version, and what each of it would lose."""

from dataclasses import dataclass
from enum import StrEnum

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.states import DomainState

from .machines import standing_cell, standing_of
from .text import Cell, Line, counted, fit, line, visible
from .tree import STAGING_GLYPH, coming_version

__all__ = ["StagingChoice", "StagingStep", "choice_line", "staging_choices", "standing_lines"]

_TITLE = 18


class StagingStep(StrEnum):
    """What can be done about the next version of a template."""

    PREPARE = "prepare"
    START = "start"
    COMMIT = "commit"
    IN_PLACE = "commit in place"
    DISCARD = "discard"
    FORCE_OFF = "force off"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class StagingChoice:
    """One thing that can be done.

    Args:
        step: what.
        key: the key that chooses it.
        text: what it does, in a few words.
        why_not: why it cannot be done now; empty when it can.
    """

    step: StagingStep
    key: str
    text: str
    why_not: str = ""


def staging_choices(template: TemplateSummary, staging: Machine | None) -> tuple[StagingChoice, ...]:
    """Return what applies to a template, with or without a staging machine; what cannot be done now says why."""
    now, coming = f"v{template.version}", f"v{coming_version(template, staging)}"
    note = StagingChoice(StagingStep.NOTE, "n", f"write what {now} is")
    if staging is None:
        return (
            StagingChoice(StagingStep.PREPARE, "p", f"make a machine over {now} in which {coming} is made"),
            StagingChoice(StagingStep.START, "s", "the same, and start it"),
            note,
        )
    busy, standing = _busy(staging), sum(each.clones for each in template.versions if each.number == template.version)
    others = f"{counted(standing, 'clone')} {'stands' if standing == 1 else 'stand'} on {now}" if standing else ""
    running = staging.state.active
    return (
        StagingChoice(StagingStep.START, "s", "go on working in it", _already(staging)),
        StagingChoice(StagingStep.COMMIT, "c", f"what was changed in it becomes {coming}", busy),
        StagingChoice(StagingStep.IN_PLACE, "i", f"write the changes into {now} itself", busy or others),
        StagingChoice(StagingStep.DISCARD, "d", "throw the changes away", busy if running else _unfinished(staging)),
        StagingChoice(StagingStep.FORCE_OFF, "f", "cut its power", "" if running else "it is not running"),
        note,
    )


def standing_lines(template: TemplateSummary, staging: Machine | None) -> tuple[Line, ...]:
    """Return what there is now: the newest version, and the staging machine."""
    newest = next((each for each in template.versions if each.number == template.version), None)
    lines = [line(Cell(f" {visible(template.name)}", "strong"), f" is at v{template.version}", _about(newest))]
    if staging is None:
        lines.append(line(Cell(" No staging machine: nothing is being changed.", "dim")))
    else:
        state = standing_cell(standing_of(staging))
        words = Cell(f" {STAGING_GLYPH} {visible(staging.name)}", "accent")
        lines.append(line(words, " is its staging machine  ", state))
    return tuple(lines)


def choice_line(choice: StagingChoice, width: int, tone: str = "") -> Line:
    """Return one choice at ``width`` cells: key, title, and what it does or why it cannot be done."""
    why = choice.why_not
    return line(
        Cell(f" {choice.key}  ", "dim" if why else "key"),
        Cell(fit(choice.step.value, _TITLE), "dim" if why else "strong"),
        Cell(fit(why or choice.text, max(0, width - _TITLE - 4)), "warn" if why and tone else "dim"),
        tone=tone,
    )


def _about(newest: VersionSummary | None) -> Cell:
    return Cell(f"  {visible(newest.note)}" if newest else "", "dim")


def _already(staging: Machine) -> str:
    return "it is running already" if staging.state.active else _unfinished(staging)


def _busy(staging: Machine) -> str:
    if staging.state.active:
        return f"it is {staging.state.value}: shut it down first"
    if staging.state is DomainState.SAVED:
        return "its memory is saved: start it and shut it down first"
    return _unfinished(staging)


def _unfinished(staging: Machine) -> str:
    if staging.status is CloneStatus.READY:
        return "the hypervisor does not know it any more" if staging.state is DomainState.MISSING else ""
    return f"it is {staging.status.value}"
