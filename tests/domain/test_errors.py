"""Every error says what failed, on what, why and what to try, and carries its exit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain import errors
from qq2clone_tui.domain.errors import AccessError, Qq2cloneError, SelectionError

CODES = {
    "Qq2cloneError": 19,
    "AccessError": 10,
    "MissingProgram": 11,
    "BadArgument": 12,
    "Overtaken": 12,
    "SelectionError": 12,
    "TemplateError": 13,
    "CommandFailed": 14,
    "BadXml": 15,
    "HypervisorError": 16,
    "ConnectionFailed": 16,
    "DomainNotFound": 16,
    "NoGraphics": 17,
    "WrongFileKind": 18,
}


def test_every_error_is_documented_and_has_its_exit_code() -> None:
    assert {name: getattr(errors, name).exit_code for name in errors.__all__} == CODES
    assert errors.__doc__ is not None
    for name, code in CODES.items():
        (line,) = [line for line in errors.__doc__.splitlines() if f" {name} " in line]
        assert f" {code} " in line


@pytest.mark.parametrize(
    ("parts", "paragraph"),
    [
        ({}, "cannot do it."),
        ({"subject": "/a b"}, "cannot do it '/a b'."),
        ({"why": "No space left."}, "cannot do it: No space left."),
        ({"remedy": "Try again."}, "cannot do it. Try again."),
        (
            {"subject": "x", "why": "it is gone", "remedy": "See list."},
            "cannot do it 'x': it is gone. See list.",
        ),
    ],
)
def test_the_paragraph_reads_as_sentences(parts: dict[str, str], paragraph: str) -> None:
    error = AccessError("cannot do it", **parts)
    assert error.paragraph() == str(error) == paragraph


def test_a_subject_cannot_write_on_the_screen() -> None:
    paragraph = Qq2cloneError("cannot open", subject="a\x1b[2J\nb").paragraph()
    assert "\x1b" not in paragraph
    assert "\n" not in paragraph


@given(st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"]), max_size=20), st.data())
def test_the_caret_stands_under_its_column(text: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(text)))
    first, second = SelectionError(text, column, "no").caret().split("\n")
    assert first == text
    assert second == " " * column + "^"
