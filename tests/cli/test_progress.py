"""A batch that takes time says how far it is, on a terminal only."""

import io

import pytest

from qq2clone_tui.cli import progress
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action, Plan, Step


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def ledger(done: int, of: int, failed: int = 0) -> Ledger:
    made = Ledger.opening(1, Plan(Action.CLONE, tuple(Step(Action.CLONE, str(n), f"m-{n}") for n in range(of))))
    for index in range(done):
        made = made.with_entry(index, EntryState.FAILED if index < failed else EntryState.DONE)
    return made


@pytest.mark.parametrize("action", Action)
def test_every_verb_says_what_it_is_doing(clock: Clock, capsys: pytest.CaptureFixture[str], action: Action) -> None:
    with progress.Progress(shown=True) as line:
        clock.now += 1
        line.changed(Ledger.opening(1, Plan(action, (Step(action, "1", "m-1"),))))
        assert "ing" in capsys.readouterr().err


def test_nothing_is_drawn_in_the_first_half_second(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress(shown=True) as line:
        clock.now += 0.4
        line.changed(ledger(3, 200))
    assert capsys.readouterr().err == ""


def test_one_line_is_rewritten_and_taken_away_at_the_end(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress(shown=True) as line:
        clock.now += 0.6
        line.changed(ledger(34, 200))
        clock.now += 0.2
        line.changed(ledger(40, 200, failed=2))
    drawn = capsys.readouterr().err
    assert drawn.split("\r") == ["", "cloning 34/200", "cloning 40/200, 2 failed", " " * 24, ""]


def test_changes_that_follow_closely_are_drawn_once(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress(shown=True) as line:
        clock.now += 0.6
        for done in range(1, 150):
            line.changed(ledger(done, 200))
        assert capsys.readouterr().err.count("\r") == 1


def test_nothing_is_drawn_where_nobody_watches(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress(shown=False) as line:
        clock.now += 5
        line.changed(ledger(34, 200))
    assert capsys.readouterr().err == ""


def test_a_terminal_that_goes_away_does_not_stop_the_batch(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Gone())
    with progress.Progress(shown=True) as line:
        clock.now += 1
        line.changed(ledger(34, 200))
