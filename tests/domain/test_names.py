"""Names are safe as file names, shell words and text on a screen."""

import itertools
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.names import MAX_LENGTH, check_template_name, clone_name, legal_name, names_like

BAD = {
    "": "empty",
    "a" * (MAX_LENGTH + 1): "longer",
    "a/b": "'/'",
    "/": "'/'",
    "..": "'..'",
    "a..b": "'..'",
    ".hidden": "'.'",
    "-rf": "'-'",
    "+x": "'+'",
    "_x": "'_'",
    "a\nb": r"'\n'",
    "a\n": r"'\n'",
    "a\0": r"'\x00'",
    "[red]": "'['",
    "a[b]": "'['",
    "a b": "' '",
    "a;b": "';'",
    "$(x)": "'$'",
    "a`b": "'`'",
    "a*": "'*'",
    "a,b": "','",
    "^a": "'^'",
    "@a": "'@'",
    "é": "'é'",
    "aé": "'é'",
    "a\u202eb": r"'\u202e'",
    "١": "'١'",
    "a<b>": "'<'",
    "a&b": "'&'",
    "a\\b": r"'\\'",
    "a'b": '"\'"',
    'a"b': "'\"'",
}


@pytest.mark.parametrize("name", ["a", "9", "debian12", "win-11_x64.v2+test", "a" * MAX_LENGTH, "a-", "a.", "A.b"])
def test_plain_names_are_allowed(name: str) -> None:
    check_template_name(name)


@pytest.mark.parametrize(("name", "fault"), BAD.items())
def test_other_names_are_refused_and_the_fault_is_named(name: str, fault: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check_template_name(name)
    assert fault in caught.value.why
    assert caught.value.exit_code == 13
    assert len(caught.value.subject) <= MAX_LENGTH + 1


@given(st.text(max_size=70))
def test_a_name_that_is_allowed_needs_no_quotes_and_stays_in_its_directory(name: str) -> None:
    try:
        check_template_name(name)
    except TemplateError as error:
        assert error.why
        return
    assert shlex.quote(name) == name
    assert name.isascii()
    assert not set(name) & set("/\n[]<>&;")
    assert name not in {".", ".."}


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,59}", fullmatch=True), st.integers(1, 10**6))
def test_the_clones_of_a_legal_template_have_legal_names(template: str, number: int) -> None:
    check_template_name(template)
    name = clone_name(template, number)
    assert legal_name(name)
    assert name == f"{template}-{number}"


@given(st.from_regex(r"[A-Za-z0-9]([._+-]?[A-Za-z0-9]){0,40}", fullmatch=True), st.integers(1, 1200))
def test_names_like_one_are_different_legal_and_no_longer_than_may_be(name: str, count: int) -> None:
    found = list(itertools.islice(names_like(name), count))
    assert len(set(found)) == count
    assert found[0] == name[:MAX_LENGTH]
    for each in found:
        check_template_name(each)


def test_a_name_like_one_is_that_with_a_number_cut_off_where_there_is_no_room() -> None:
    assert list(itertools.islice(names_like("web"), 3)) == ["web", "web-2", "web-3"]
    longest = "n" * MAX_LENGTH
    assert list(itertools.islice(names_like(longest), 2)) == [longest, f"{'n' * (MAX_LENGTH - 2)}-2"]
    assert next(names_like(f"{longest}-17")) == longest
