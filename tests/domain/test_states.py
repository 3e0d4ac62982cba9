"""Which verb a machine's state allows, and the words a refusal uses."""

import pytest

from qq2clone_tui.domain.selection import STATE_WORDS
from qq2clone_tui.domain.states import POWER_VERBS, DomainState, PowerVerb, refusal

ALLOWED = {
    PowerVerb.START: "off crashed saved",
    PowerVerb.SHUTDOWN: "running idle",
    PowerVerb.DESTROY: "running idle paused in-shutdown pmsuspended crashed",
    PowerVerb.SUSPEND: "running idle",
    PowerVerb.RESUME: "paused pmsuspended",
    PowerVerb.SAVE: "running idle paused",
    PowerVerb.SAVE_REMOVE: "saved",
}


@pytest.mark.parametrize("verb", list(PowerVerb))
@pytest.mark.parametrize("state", list(DomainState))
def test_a_verb_acts_on_the_states_it_is_for(verb: PowerVerb, state: DomainState) -> None:
    allowed = state.value in ALLOWED[verb].split()
    assert (state in POWER_VERBS[verb]) is allowed
    assert (refusal(verb, state) is None) is allowed


def test_no_verb_acts_on_a_machine_that_is_missing() -> None:
    assert all(refusal(verb, DomainState.MISSING) for verb in PowerVerb)


@pytest.mark.parametrize(
    ("verb", "state", "words"),
    [
        (PowerVerb.START, DomainState.RUNNING, "is running; start acts on off, crashed and saved machines"),
        (PowerVerb.SUSPEND, DomainState.OFF, "is off; suspend acts on running and idle machines"),
        (PowerVerb.RESUME, DomainState.MISSING, "is missing; resume acts on paused and pmsuspended machines"),
    ],
)
def test_a_refusal_names_the_state_and_those_that_would_do(verb: PowerVerb, state: DomainState, words: str) -> None:
    assert refusal(verb, state) == words


def test_a_machine_is_active_while_a_process_stands_behind_it() -> None:
    active = {state.value for state in DomainState if state.active}
    assert active == {"running", "idle", "paused", "in-shutdown", "pmsuspended"}


def test_every_state_is_a_word_of_the_set_language() -> None:
    assert set(STATE_WORDS) == {"all", *(state.value for state in DomainState)}
