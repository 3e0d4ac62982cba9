"""A place to type every verb in: a hypervisor, a home, three clones, and viewers that never connect."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.sample.template import write_sample

from .embed_roots import uri_of
from .typed_commands import SECONDS, command_line, surroundings

__all__ = ["Bench"]

VIEWERS = ("virt-viewer", "remote-viewer", "spicy")


class Bench:
    """Types lines and looks at what they left.

    Args:
        root: of an embedded hypervisor without machines.
        home: an empty directory.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        self.out = self.err = ""
        self.code = 0
        self.environment = surroundings(home) | {
            "HOME": str(home),
            "PATH": f"{home / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "QQ2CLONE_CONNECTION": uri_of(root),
            "QQ2CLONE_CONFIG": str(home / "config.toml"),
            "QQ2CLONE_DATA_DIR": str(home / "data"),
            "QQ2CLONE_STORAGE": str(home / "images"),
        }
        for unset in ("DISPLAY", "WAYLAND_DISPLAY", "VISUAL", "EDITOR"):
            self.environment.pop(unset, None)
        (home / "bin").mkdir()
        for name in VIEWERS:
            program = home / "bin" / name
            program.write_text(f"#!/bin/sh\necho {name} >>{shlex.quote(str(home / 'viewers'))}\nexec sleep 3\n")
            program.chmod(0o755)
        (home / "config.toml").write_text('template = "tiny"\n')
        self.type(f"import-template {write_sample(home / 'sample').xml} tiny")
        self.type("clone 3")

    def type(self, line: str, environ: Mapping[str, str] | None = None) -> None:
        """Type one line, and keep what it says; no machine of an earlier line's viewers is remembered."""
        (self.home / "viewers").unlink(missing_ok=True)
        fill = {"home": str(self.home), "uri": uri_of(self.root)}
        told = {name: value.replace("{home}", fill["home"]) for name, value in (environ or {}).items()}
        for name, value in fill.items():
            line = line.replace(f"{{{name}}}", value)
        done = subprocess.run(
            command_line(*shlex.split(line)), cwd=self.home, env=self.environment | told, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        self.out, self.err, self.code = done.stdout, done.stderr, done.returncode

    def machines(self) -> list[dict[str, Any]]:
        """Return all clones of the template, as the program lists them."""
        done = subprocess.run(
            command_line("list", "--json", "-t", "tiny"), cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=SECONDS, check=True,
        )  # fmt: skip
        return list(json.loads(done.stdout)["machines"])

    def states(self) -> dict[int, str]:
        """Return the states of the clones by number."""
        return {each["number"]: each["state"] for each in self.machines()}

    def numbers(self) -> set[int]:
        """Return the numbers of the clones."""
        return set(self.states())

    def templates(self) -> set[str]:
        """Return the names of the templates, from the files of their XML."""
        return {path.stem for path in (self.home / "data" / "templates").glob("**/*.xml")}

    def template_xml(self, name: str) -> str:
        """Return the XML of a template."""
        (file,) = (self.home / "data" / "templates").glob(f"**/{name}.xml")
        return file.read_text()

    def machine_xml(self, number: int) -> str:
        """Return the definition of a clone, as the hypervisor keeps it."""
        return (self.root / "etc" / "qemu" / f"tiny-{number}.xml").read_text()

    def path(self, below: str) -> str:
        """Return the paths of all files below a directory of the home, one a line."""
        return "\n".join(str(path) for path in (self.home / below).rglob("*"))

    def config(self) -> str:
        """Return the configuration file."""
        return (self.home / "config.toml").read_text()

    def viewers_started(self) -> list[str]:
        """Return the viewers that the last line started."""
        file = self.home / "viewers"
        return file.read_text().split() if file.exists() else []
