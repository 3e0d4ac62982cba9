"""Read the checkout as its architecture tests see it: files, modules, syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "qq2clone_tui"
_NOT_OURS = frozenset(
    {
        ".git",
        ".hypothesis",
        ".import_linter_cache",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "__pycache__",
        "build",
        "dist",
    }
)


@dataclass(frozen=True)
class Module:
    """One Python file, parsed.

    Args:
        name: dotted module name, such as ``qq2clone_tui.domain.disk``.
        text: the source.
    """

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the syntax tree."""
        return ast.parse(self.text)

    def within(self, *packages: str) -> bool:
        """Tell whether this is one of the packages named (relative to ours) or inside one."""
        full = (f"{PACKAGE}.{name}" for name in packages)
        return any(self.name == name or self.name.startswith(f"{name}.") for name in full)


def files() -> Iterator[Path]:
    """Yield every file of the project, without what tools leave behind."""

    def walk(directory: Path) -> Iterator[Path]:
        for entry in sorted(directory.iterdir()):
            if entry.name in _NOT_OURS or entry.name.endswith(".egg-info"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                yield from walk(entry)
            elif entry.is_file():
                yield entry

    return walk(ROOT)


@cache
def modules(top: str = PACKAGE) -> tuple[Module, ...]:
    """Return every module below the top-level directory ``top``."""
    found = []
    for path in files():
        relative = path.relative_to(ROOT)
        if path.suffix == ".py" and relative.parts[0] == top:
            parts = relative.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path.read_text(encoding="utf-8")))
    return tuple(found)
