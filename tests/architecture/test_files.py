"""Scripts run, stylesheets name meanings instead of colours, and the papers speak only of the product."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual._color_constants import COLOR_NAME_TO_RGB

from .checkout import ROOT, files

SCRIPTS = sorted(path for path in files() if path.parent in {ROOT / "script", ROOT / ".ci"})
STYLES = sorted(path for path in files() if path.parent == ROOT / "styles")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(?:^|[{;])\s*([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])")
_LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla)\(")
# Written in two halves, so that this file does not hold what it looks for.
_WORKPLACE = re.compile("/wor" + r"k/|\bsub" + r"agents?\b|DEVELOP" + r"ERS\.md|\.lib" + r"rary\b", re.IGNORECASE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)


def test_the_scripts_everybody_expects_are_there() -> None:
    names = {str(path.relative_to(ROOT)) for path in SCRIPTS}
    assert {f"script/{name}" for name in ("bootstrap", "run", "test", "check", "bench")} | {".ci/run"} <= names


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_hold_no_known_shell_trap() -> None:
    subprocess.run(["shellcheck", *SCRIPTS], check=True)


def test_check_reads_every_script() -> None:
    lines = (ROOT / "script/check").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.strip().startswith("shellcheck script/"))
    assert set(line.partition("||")[0].split()[1:]) == {str(path.relative_to(ROOT)) for path in SCRIPTS}


def test_styles_hold_stylesheets_only() -> None:
    assert [path.name for path in STYLES if path.suffix != ".tcss"] == []


def colour_literals(text: str) -> Iterator[str]:
    """Yield the declarations of a stylesheet that name a colour instead of a meaning."""
    for name, value in _DECLARATION.findall(_COMMENT.sub("", text)):
        words = {word.lower() for word in re.findall(r"[A-Za-z_]+", re.sub(r"\$[\w-]+", "", value))}
        if _LITERAL.search(value) or (words - {"transparent", "auto"}) & COLOR_NAME_TO_RGB.keys():
            yield f"{name}: {value.strip()}"


def test_stylesheets_name_no_colour() -> None:
    assert [f"{path.name} {row}" for path in STYLES for row in colour_literals(path.read_text(encoding="utf-8"))] == []


def test_a_colour_in_a_stylesheet_is_caught() -> None:
    sheet = "#fade { color: #fade; /* red; */ background: $red-thing 20%; border: round red; tint: rgb(1,2,3); }"
    assert list(colour_literals(sheet)) == ["color: #fade", "border: round red", "tint: rgb(1,2,3)"]


def test_the_project_speaks_only_of_the_product() -> None:
    seen = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        seen += [f"{path.relative_to(ROOT)}: {found}" for found in _WORKPLACE.findall(text)]
    assert seen == []
