"""The manual page and the completions that are installed are those of the program, and can be read."""

import shutil
import subprocess
from pathlib import Path

import pytest

from qq2clone_tui.cli.app import VERBS
from qq2clone_tui.cli.exit_codes import EXIT_CODES
from qq2clone_tui.cli.manual.roff import escaped
from qq2clone_tui.domain import errors

from .manual import PAGE, papers


@pytest.mark.parametrize("path", papers(), ids=lambda path: path.name)
def test_what_is_installed_beside_the_package_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == papers()[path], "script/manual writes it anew"


def test_every_exit_code_is_explained_and_no_other() -> None:
    assert set(EXIT_CODES) == {0, 130} | {getattr(errors, name).exit_code for name in errors.__all__}


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page as man shows it, once it has had nothing to complain of."""
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    environment = {"LC_ALL": "C.UTF-8", "MANWIDTH": "100", "PATH": "/usr/bin:/bin", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "--warnings=w", "--local-file", str(PAGE)],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_man_explains_every_verb(page: str, verb: str) -> None:
    assert any(line.startswith(f"   {verb}") for line in page.splitlines())


def test_what_is_typed_can_be_copied_out_of_the_page(page: str) -> None:
    for text in ("$PWD/debian12.xml", "'echo $number is $state", "1-10,^3-7", "--dry-run", "~/.config"):
        assert text in page


@pytest.mark.parametrize("text", [".so /etc/passwd", "'ft", r"a\fBb", '"quoted"', "x^2 ~ `y`", "né…"])
def test_no_text_is_taken_for_a_request(text: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    source = f'.TH X 1 "" "" ""\n{escaped(text)}\n'
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou"], input=source, capture_output=True, text=True, check=True
    )
    assert text in done.stdout
