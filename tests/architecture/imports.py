"""Find what a module imports and which processes it could start."""

import ast
from collections.abc import Iterator, Mapping

from .checkout import Module

_LOADERS = frozenset({"import_module", "__import__"})
_PROCESS_STARTERS = ("create_subprocess", "exec", "fork", "popen", "posix_spawn", "spawn", "system")
_PROCESS_MODULES = frozenset({"asyncio", "os", "pty"})


def imported(module: Module) -> frozenset[str]:
    """Return the dotted names imported anywhere in a module, also inside functions and by name."""
    return frozenset(_imported(module))


def _imported(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and _called(node) in _LOADERS:
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def trespassers(modules: tuple[Module, ...], homes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return ``module imports library`` for each library imported outside its home packages."""
    return [
        f"{module.name} imports {library}"
        for module in modules
        for library in sorted({name.split(".")[0] for name in imported(module)})
        if library in homes and not module.within(*homes[library])
    ]


def process_starters(module: Module) -> list[str]:
    """Return the places where a module starts a process by other means than ``subprocess``."""
    found = []
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in _PROCESS_MODULES
            and node.attr.startswith(_PROCESS_STARTERS)
        ):
            found.append(f"{module.name}:{node.lineno} {node.value.id}.{node.attr}")
    return found
