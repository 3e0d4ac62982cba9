"""What the dialog of the next version offers, by how things stand, and why some of it cannot be done now."""

from qq2clone_tui.domain.clone import STAGING, CloneStatus
from qq2clone_tui.domain.inventory import Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.presenters.staging import (
    StagingStep,
    choice_line,
    drift_lines,
    staging_choices,
    standing_lines,
)
from qq2clone_tui.ui.presenters.text import Line


def template(clones: int = 0) -> TemplateSummary:
    return TemplateSummary("debian", 3, clones, (VersionSummary(3, clones, note="openssl"), VersionSummary(2, 9)))


def staged(state: DomainState, status: CloneStatus = CloneStatus.READY) -> Machine:
    return Machine("u", "debian", 3, STAGING, "debian.v4", state, status)


def refused(state: DomainState, clones: int = 0, status: CloneStatus = CloneStatus.READY) -> dict[StagingStep, str]:
    return {choice.step: choice.why_not for choice in staging_choices(template(clones), staged(state, status))}


def words(lines: list[Line] | tuple[Line, ...]) -> str:
    return "\n".join("".join(cell.text for cell in entry.cells) for entry in lines)


def test_without_a_staging_machine_one_can_be_prepared() -> None:
    choices = staging_choices(template(), None)
    assert [choice.step for choice in choices] == [StagingStep.PREPARE, StagingStep.START, StagingStep.NOTE]
    assert choices[0].text == "make a machine over v3, in which v4 is made"
    assert not any(choice.why_not for choice in choices)


def test_one_that_is_off_can_be_committed_discarded_or_gone_on_with() -> None:
    why = refused(DomainState.OFF)
    assert [step for step in why if not why[step]] == [
        StagingStep.START, StagingStep.CONSOLE, StagingStep.COMMIT, StagingStep.IN_PLACE, StagingStep.DISCARD,
        StagingStep.NOTE,
    ]  # fmt: skip
    assert why[StagingStep.FORCE_OFF] == why[StagingStep.SHUTDOWN] == "it is not running"


def test_one_that_runs_can_be_shut_down_looked_at_or_forced_off() -> None:
    why = refused(DomainState.RUNNING)
    assert [step for step in why if not why[step]] == [
        StagingStep.SHUTDOWN, StagingStep.CONSOLE, StagingStep.FORCE_OFF, StagingStep.NOTE,
    ]  # fmt: skip
    assert why[StagingStep.START] == "it is running already"
    assert why[StagingStep.COMMIT] == "it is running: shut it down first"


def test_one_that_is_paused_hears_nothing_until_it_goes_on() -> None:
    why = refused(DomainState.PAUSED)
    assert [step for step in why if not why[step]] == [
        StagingStep.START, StagingStep.CONSOLE, StagingStep.FORCE_OFF, StagingStep.NOTE,
    ]  # fmt: skip
    assert why[StagingStep.SHUTDOWN] == "it is paused"


def test_one_that_shuts_down_is_not_asked_again() -> None:
    why = refused(DomainState.IN_SHUTDOWN)
    assert why[StagingStep.SHUTDOWN] == "it is shutting down already"
    assert why[StagingStep.COMMIT] == "it is in-shutdown: shut it down first"
    assert why[StagingStep.FORCE_OFF] == ""


def test_one_with_a_saved_state_cannot_be_committed_but_can_be_thrown_away() -> None:
    why = refused(DomainState.SAVED)
    assert "its memory is saved" in why[StagingStep.COMMIT]
    assert why[StagingStep.DISCARD] == why[StagingStep.START] == ""


def test_in_place_is_refused_while_clones_stand_on_the_newest_version() -> None:
    assert refused(DomainState.OFF, clones=1)[StagingStep.IN_PLACE] == "1 clone stands on v3"
    assert refused(DomainState.OFF, clones=40)[StagingStep.IN_PLACE] == "40 clones stand on v3"
    assert refused(DomainState.OFF, clones=40)[StagingStep.COMMIT] == ""


def test_one_that_is_only_half_made_says_so() -> None:
    why = refused(DomainState.MISSING, status=CloneStatus.MAKING)
    assert why[StagingStep.COMMIT] == why[StagingStep.START] == "it is only half made"


def test_one_that_somebody_undefined_can_only_be_discarded() -> None:
    why = refused(DomainState.MISSING)
    assert [step for step in why if not why[step]] == [StagingStep.DISCARD, StagingStep.NOTE]
    assert why[StagingStep.COMMIT] == "the hypervisor does not know it any more"


def test_every_choice_has_a_key_of_its_own_that_nothing_else_in_the_dialog_has() -> None:
    for staging in (None, staged(DomainState.OFF)):
        keys = [choice.key for choice in staging_choices(template(), staging)]
        assert len(set(keys)) == len(keys)
        assert not set(keys) & set("jkgGqyhl")


def test_how_things_stand_is_said_above_the_choices() -> None:
    assert "debian is at v3  openssl" in words(standing_lines(template(), None))
    text = words(standing_lines(template(), staged(DomainState.SAVED)))
    assert "debian.v4 is its staging machine  ◌ saved" in text


def test_a_choice_that_cannot_be_made_is_dim_and_says_why() -> None:
    choice = next(c for c in staging_choices(template(7), staged(DomainState.OFF)) if c.step is StagingStep.IN_PLACE)
    shown = choice_line(choice, 70)
    assert "7 clones stand on v3" in words((shown,))
    assert {cell.tone for cell in shown.cells} == {"dim"}


def test_drift_is_shown_with_whom_it_harms_and_what_acknowledging_does() -> None:
    version = VersionSummary(2, 9, drift=("/srv/debian.qcow2 was written to",))
    text = words(drift_lines(Reference("debian", 2), version, 11))
    for wanted in ("debian@v2 is not what it was", "! /srv/debian.qcow2 was written to", "11 clones stand on it"):
        assert wanted in text
    assert "1 clone stands on it" in words(drift_lines(Reference("debian", 2), version, 1))
    assert "damaged" not in words(drift_lines(Reference("debian", 2), version, 0))
