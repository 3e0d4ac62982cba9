"""Keys that arrive in one burst, as over a slow line, do what they would do one by one."""

from textual import events

from qq2clone_tui.domain.plan import Action
from qq2clone_tui.ui.dialogs.choices import CloneDialog

from .driving import Driver, driving

KEYS = {"tab": None, "space": " ", "enter": "\r"}


def burst(user: Driver, *keys: str) -> None:
    """Put keys into the app's queue at once, without waiting for any to be dealt with."""
    for key in keys:
        user.app.post_message(events.Key(key, KEYS.get(key, key)))


async def test_number_switch_and_enter_typed_at_once_make_started_clones() -> None:
    async with driving() as user:
        await user.press("c")
        await user.until(lambda: isinstance(user.app.screen, CloneDialog))
        burst(user, "3", "tab", "space", "enter")
        await user.until(lambda: any(ledger.finished for ledger in user.app.session.jobs.history))
        ledger = user.app.session.jobs.history[-1]
        assert ledger.plan.action is Action.CLONE
        assert len(ledger.entries) == 3
        assert all(step.clone is not None and step.clone.start for step in ledger.plan.steps)


async def test_why_a_key_does_nothing_is_said_although_the_cursor_moved_in_the_same_burst() -> None:
    async with driving() as user:
        burst(user, "j", "S")
        await user.sees("alpine-2 is off; shutdown acts on")
        await user.pilot.pause()
        assert "alpine-2 is off" in user.text()
        await user.press("j")
        await user.loses("alpine-2 is off")
