"""Say what can be done about a template's next version, and what each of it would lose."""

from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import POWER_VERBS, DomainState, PowerVerb
from qq2clone_tui.engine.versions.commit import Commit
from qq2clone_tui.engine.versions.discard import Discard

from .figures import amount
from .machines import standing_cell, standing_of
from .text import Cell, Line, counted, fit, line, visible
from .tree import STAGING_GLYPH

__all__ = [
    "StagingChoice",
    "StagingStep",
    "choice_line",
    "commit_lines",
    "discard_lines",
    "drift_lines",
    "force_lines",
    "staging_choices",
    "standing_lines",
]

_TITLE = 19
_WIDTH = 68


class StagingStep(StrEnum):
    """What can be done about the next version of a template."""

    PREPARE = "prepare"
    START = "start"
    SHUTDOWN = "shut down"
    CONSOLE = "console"
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
        more: what else is worth knowing before, as a sentence.
        why_not: why it cannot be done now; empty when it can.
        title: what it is called, where that is not the step's own name.
    """

    step: StagingStep
    key: str
    text: str
    more: str = ""
    why_not: str = ""
    title: str = ""


def staging_choices(template: TemplateSummary, staging: Machine | None, version: int = 0) -> tuple[StagingChoice, ...]:
    """Return what applies to a template, with or without a staging machine; what cannot be done now says why.

    Args:
        template: what is known of it.
        staging: its staging machine.
        version: the version in view, 0 for the newest.
    """
    now, coming = f"v{template.version}", f"v{template.version + 1}"
    words = f"write what v{version or template.version} is"
    note = StagingChoice(StagingStep.NOTE, "n", words, "It stands in the tree and in list-templates.")
    return (*(_ahead(now, coming) if staging is None else _under_way(template, staging, now, coming)), note)


def _ahead(now: str, coming: str) -> tuple[StagingChoice, ...]:
    """Return what can be done without a staging machine."""
    still = "Nothing is copied, and clones go on as they are."
    text = f"make a machine over {now}, in which {coming} is made"
    return (
        StagingChoice(StagingStep.PREPARE, "p", text, still),
        StagingChoice(StagingStep.START, "s", "the same, and start it", still, title="prepare and start"),
    )


def _under_way(template: TemplateSummary, staging: Machine, now: str, coming: str) -> tuple[StagingChoice, ...]:
    """Return what can be done with a staging machine."""
    busy, running, discard = _busy(staging), staging.state.active, StagingStep.DISCARD
    standing = sum(each.clones for each in template.versions if each.number == template.version)
    others = f"{counted(standing, 'clone')} {'stands' if standing == 1 else 'stand'} on {now}" if standing else ""
    keeps = f"Nothing is copied, and clones of {now} and before stay as they are."
    loses = f"What {now} held before is lost; only when nothing stands on it."
    gone = f"Its image is deleted; {visible(template.name)} stays at {now}."
    asks, first = f"Once it is off, c makes {coming} of it.", "" if running else "It is started first."
    cut = "What it has not written is lost, and its disk may be inconsistent."
    return (
        StagingChoice(StagingStep.START, "s", "go on working in it", "", _already(staging)),
        StagingChoice(StagingStep.SHUTDOWN, "S", "ask its guest to, and wait for it", asks, _deaf(staging)),
        StagingChoice(StagingStep.CONSOLE, "o", "see its screen and work on it", first, _unfinished(staging)),
        StagingChoice(StagingStep.COMMIT, "c", f"what was changed in it becomes {coming}", keeps, busy),
        StagingChoice(StagingStep.IN_PLACE, "i", f"write the changes into {now} itself", loses, busy or others),
        StagingChoice(discard, "d", "throw the changes away", gone, busy if running else _half(staging)),
        StagingChoice(StagingStep.FORCE_OFF, "f", "cut its power", cut, "" if running else "it is not running"),
    )


def standing_lines(template: TemplateSummary, staging: Machine | None, news: Cell | None = None) -> tuple[Line, ...]:
    """Return what there is now: the newest version, the staging machine, and the news of it."""
    newest = next((each for each in template.versions if each.number == template.version), None)
    lines = [line(Cell(f" {visible(template.name)}", "strong"), f" is at v{template.version}", _about(newest))]
    if staging is None:
        lines.append(line(Cell(" No staging machine: nothing is being changed.", "dim")))
    else:
        state = standing_cell(standing_of(staging))
        words = Cell(f" {STAGING_GLYPH} {visible(staging.name)}", "accent")
        lines.append(line(words, " is its staging machine  ", state))
        lines += [line(Cell(f"   {text}", news.tone)) for text in wrap(news.text, _WIDTH)] if news else []
    return tuple(lines)


def choice_line(choice: StagingChoice, width: int, tone: str = "") -> Line:
    """Return one choice at ``width`` cells: key, title, and what it does or why it cannot be done."""
    why = choice.why_not
    return line(
        Cell(f" {choice.key}  ", "dim" if why else "key"),
        Cell(fit(choice.title or choice.step.value, _TITLE), "dim" if why else "strong"),
        Cell(fit(why or choice.text, max(0, width - _TITLE - 4)), "warn" if why and tone else "dim"),
        tone=tone,
    )


def drift_lines(reference: Reference, version: VersionSummary, standing: int) -> list[Line]:
    """Return how a version has changed, what that means, and what acknowledging it does.

    Args:
        reference: what the version is called.
        version: what is known of it.
        standing: how many clones stand on it or on later versions.
    """
    lines = [line(Cell(f" {visible(str(reference))}", "strong"), " is not what it was when it was made:"), line()]
    for clause in version.drift:
        lines += _wrapped(clause, "bad", " ! ")
    lines.append(line())
    if standing:
        lines += [*_wrapped(_damage(standing), "warn"), line()]
    return lines + _wrapped(
        "If you know who changed it and that it is right, y takes it as it is now, and clones can be made of it"
        " again. Otherwise put the image back as it was."
    )


def _damage(standing: int) -> str:
    if standing == 1:
        return "1 clone stands on it and may be damaged: it reads what is there now."
    return f"{counted(standing, 'clone')} stand on it, or on what was made of it, and may be damaged."


def commit_lines(plan: Commit) -> list[Line]:
    """Return what a commit does: the machine goes, and its images become a version or are written into one."""
    machine = f"{visible(plan.machine)} goes; "
    if plan.in_place:
        lines = _wrapped(f"{machine}what was changed in it is written into")
    else:
        lines = _wrapped(f"{machine}nothing is copied, its images become v{plan.version}:", "dim")
    lines += [line(Cell(f"   {visible(path)}", "dim")) for path in plan.images]
    for warning in plan.warnings:
        lines += _wrapped(warning, "warn", " ! ")
    return lines


def discard_lines(plan: Discard) -> list[Line]:
    """Return what is lost when a staging machine is thrown away."""
    lines = [line(Cell(f" {visible(plan.machine)}", "strong"), " goes, with all that was changed in it.")]
    for warning in plan.warnings:
        lines += _wrapped(warning, "warn", " ! ")
    freed = f", {amount(plan.frees)} freed" if plan.frees else ""
    lines += [line(), line(Cell(f" Deletes {counted(len(plan.removes), 'file')}{freed}", "bad"))]
    return lines + [line(Cell(f"   {visible(path)}", "dim")) for path in plan.removes]


def force_lines(template: str) -> list[Line]:
    """Return what is lost when the power of a staging machine is cut."""
    return [
        line(" The staging machine of ", Cell(visible(template), "strong"), " stops at once."),
        *_wrapped(
            "What its guest has not written yet is lost, and its disk may be left inconsistent: a commit of "
            "that would be in every clone. Better shut it down: S in the dialog before.",
            "warn",
            " ! ",
        ),
    ]


def _wrapped(text: str, tone: str = "", lead: str = " ") -> list[Line]:
    first, *rest = wrap(visible(text), _WIDTH) or [""]
    return [line(Cell(lead + first, tone)), *(line(Cell(" " * len(lead) + row, tone)) for row in rest)]


def _about(newest: VersionSummary | None) -> Cell:
    return Cell(f"  {visible(newest.note)}" if newest else "", "dim")


def _already(staging: Machine) -> str:
    """Return why a machine need not be started; a paused one goes on."""
    if not staging.state.active or staging.state is DomainState.PAUSED:
        return _unfinished(staging)
    running = staging.state in POWER_VERBS[PowerVerb.SHUTDOWN]
    return "it is running already" if running else f"it is {staging.state.value}"


def _deaf(staging: Machine) -> str:
    """Return why a machine cannot be asked to shut down."""
    if staging.state in POWER_VERBS[PowerVerb.SHUTDOWN]:
        return ""
    if staging.state is DomainState.IN_SHUTDOWN:
        return "it is shutting down already"
    return f"it is {staging.state.value}" if staging.state.active else "it is not running"


def _busy(staging: Machine) -> str:
    if staging.state.active:
        return f"it is {staging.state.value}: shut it down first"
    if staging.state is DomainState.SAVED:
        return "its memory is saved: start it and shut it down first"
    return _unfinished(staging)


def _unfinished(staging: Machine) -> str:
    gone = "the hypervisor does not know it any more" if staging.state is DomainState.MISSING else ""
    return _half(staging) or gone


def _half(staging: Machine) -> str:
    if staging.status is CloneStatus.READY:
        return ""
    return "it is only half made" if staging.status is CloneStatus.MAKING else "it is being removed"
