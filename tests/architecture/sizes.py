"""Measure rooms, and read the signs on their doors."""

import ast
from collections.abc import Iterator

from .checkout import Module

FUNCTION_LINES = 40
CLASS_METHODS = 15
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Their meaning is the framework's: a sentence on each would say the same everywhere.
_FRAMEWORK_NAMES = frozenset({"compose", "render", "render_line", "get_content_width", "get_content_height"})
_FRAMEWORK_PREFIXES = ("on_", "watch_", "validate_", "compute_")
_LOWER_CASE_NAMES = ("libvirt", "qemu", "qcow2", "virsh")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(module: Module, lines: int) -> list[str]:
    """Return the module, its functions and its classes that have outgrown their limits."""
    found = []
    length = module.text.count("\n")
    if length > lines:
        found.append(f"{module.name}: {length} lines")
    for node in ast.walk(module.tree):
        if isinstance(node, _FUNCTIONS):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                found.append(f"{module.name}:{node.lineno} {node.name}: {size} lines")
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(child, _FUNCTIONS) for child in node.body)
            if methods > CLASS_METHODS:
                found.append(f"{module.name}:{node.lineno} {node.name}: {methods} methods")
    return found


def undocumented(module: Module, inherited: frozenset[str] = frozenset()) -> list[str]:
    """Return what is public and does not begin with one full sentence.

    Args:
        module: the module to read.
        inherited: method names whose sentence stands at the port they implement.
    """
    found = []
    if not _is_sentence(ast.get_docstring(module.tree)):
        found.append(module.name)
    for node, in_class in _public(module.tree, in_class=False):
        exempt = in_class and (node.name in inherited | _FRAMEWORK_NAMES or node.name.startswith(_FRAMEWORK_PREFIXES))
        text = ast.get_docstring(node)
        if not _is_sentence(text) and not (exempt and text is None):
            found.append(f"{module.name}:{node.lineno} {node.name}")
    return found


def _public(parent: ast.Module | ast.ClassDef, *, in_class: bool) -> Iterator[tuple[Function | ast.ClassDef, bool]]:
    for node in parent.body:
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if any(isinstance(mark, ast.Attribute) and mark.attr == "setter" for mark in node.decorator_list):
            continue
        yield node, in_class
        if isinstance(node, ast.ClassDef):
            yield from _public(node, in_class=True)


def _is_sentence(text: str | None) -> bool:
    first = (text or "").split("\n\n")[0].strip()
    return first.endswith((".", "?", "!", "::")) and (not first[0].islower() or first.startswith(_LOWER_CASE_NAMES))


def method_names(module: Module) -> frozenset[str]:
    """Return the names of all methods that a module's public classes declare."""
    return frozenset(node.name for node, in_class in _public(module.tree, in_class=False) if in_class)
