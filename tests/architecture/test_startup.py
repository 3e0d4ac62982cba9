"""A script that asks for help waits for nothing it does not need."""

import subprocess
import sys

import pytest

HEAVY = ("libvirt", "textual", "sqlite3", "lxml")
_LOOK = """
import runpy, sys
sys.argv = ["qq2clone", *{arguments!r}]
code = 0
try:
    runpy.run_module("qq2clone_tui.cli.main", run_name="probe")["main"]()
except SystemExit as done:
    code = done.code
print("LOADED", code, *sorted({{name.split(".")[0] for name in sys.modules}}))
"""


def loaded(*arguments: str) -> tuple[str, set[str]]:
    """Return the exit code of a command line and the top-level packages that it loaded."""
    result = subprocess.run(
        [sys.executable, "-c", _LOOK.format(arguments=list(arguments))], capture_output=True, text=True, check=True
    )
    _, code, *names = result.stdout.splitlines()[-1].split()
    return code, set(names)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["clone", "--help"], ["list", "--help"]], ids=" ".join
)
def test_help_loads_neither_the_screen_nor_the_hypervisor(arguments: list[str]) -> None:
    code, names = loaded(*arguments)
    assert code in {"0", "None"}
    assert names & set(HEAVY) == set()
    assert "click" in names


LATER = (
    "engine.jobs.execute",
    "engine.clones.plan_clones",
    "engine.checking",
    "engine.versions.pruning",
    "engine.versions.staging",
)
"""What changes things: loaded when the first thing is changed."""
_SHOW = """
import sys
import qq2clone_tui.bootstrap, qq2clone_tui.ui.app
print(*sys.modules)
"""


def test_the_app_shows_machines_before_it_loads_what_changes_them() -> None:
    result = subprocess.run([sys.executable, "-c", _SHOW], capture_output=True, text=True, check=True)
    names = {name.removeprefix("qq2clone_tui.") for name in result.stdout.split()}
    assert {"engine.session", "ui.screens.main"} <= names
    assert names & {*LATER, "domain.identity_xml", "ui.dialogs.confirm", "ui.actions.machines"} == set()
