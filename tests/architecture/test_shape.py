"""Rooms stay small, doors are labelled, and no handler catches what it does not know."""

import ast

from .checkout import PACKAGE, Module, modules
from .sizes import method_names, too_long, undocumented

MODULE_LINES = 300
TEST_MODULE_LINES = 500


def test_modules_functions_and_classes_stay_small() -> None:
    assert [place for module in modules() for place in too_long(module, MODULE_LINES)] == []


def test_test_modules_stay_readable() -> None:
    rows = [f"{m.name}: {m.text.count(chr(10))}" for m in modules("tests") if m.text.count("\n") > TEST_MODULE_LINES]
    assert rows == []


def test_rooms_that_have_grown_too_large_are_caught() -> None:
    body = "".join(f"    x{number} = {number}\n" for number in range(40))
    methods = "".join(f"    def m{number}(self): ...\n" for number in range(16))
    planted = Module("planted", f"def long():\n{body}\n\nclass Wide:\n{methods}")
    assert too_long(planted, 20) == ["planted: 60 lines", "planted:1 long: 41 lines", "planted:44 Wide: 16 methods"]


def test_everything_public_opens_with_a_full_sentence() -> None:
    ports = frozenset(name for module in modules() if module.within("engine.ports") for name in method_names(module))
    missing = [
        place
        for module in modules()
        for place in undocumented(module, frozenset() if module.within("engine.ports") else ports)
    ]
    assert missing == []


def test_missing_and_clipped_sentences_are_caught() -> None:
    planted = Module(
        "planted", '"""Fine."""\ndef bare(): ...\nclass Clipped:\n    """no sentence"""\ndef _own(): ...\n'
    )
    assert undocumented(planted) == ["planted:2 bare", "planted:3 Clipped"]


# The last line of defence against a traceback on a user's screen.
OUTERMOST = ("cli.main", "__main__")


def blind_handlers(module: Module) -> list[str]:
    """Return the handlers that catch everything and do not raise it again."""
    return [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _raises_again(node)
    ]


def _catches_all(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_catches_all(kind) for kind in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"BaseException", "Exception"})


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_no_handler_swallows_what_it_does_not_know() -> None:
    inner = [module for module in modules() if not module.within(*OUTERMOST)]
    assert [place for module in inner for place in blind_handlers(module)] == []


def test_a_handler_that_swallows_everything_is_caught() -> None:
    swallowing = "try: ...\nexcept (OSError, Exception): ...\ntry: ...\nexcept: ...\n"
    cleaning = "try: ...\nexcept BaseException:\n    raise\n"
    assert blind_handlers(Module("planted", swallowing + cleaning)) == ["planted:2", "planted:4"]


def shells(module: Module) -> list[str]:
    """Return the calls that hand a line to a shell."""
    return [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword)
        and node.arg == "shell"
        and not (isinstance(node.value, ast.Constant) and not node.value.value)
    ]


def test_nothing_is_handed_to_a_shell() -> None:
    assert [place for module in modules() for place in shells(module)] == []
    assert shells(Module("planted", "run('x', shell=True)\nrun('x', shell=False)\n")) == ["planted:1"]


def idle_sleeps(module: Module) -> list[str]:
    """Return the sleeps that are not a pause between two looks at a condition."""
    looping = {id(inner) for node in ast.walk(module.tree) if isinstance(node, ast.While) for inner in ast.walk(node)}
    return [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") == "sleep" or getattr(node.func, "id", "") == "sleep")
        and id(node) not in looping
    ]


def test_tests_wait_for_conditions_and_never_just_sleep() -> None:
    assert [place for module in modules("tests") for place in idle_sleeps(module)] == []
    planted = Module("planted", "time.sleep(1)\nwhile not done():\n    time.sleep(0.01)\n")
    assert idle_sleeps(planted) == ["planted:1"]


def test_there_are_no_rooms_for_odds_and_ends() -> None:
    vague = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
    assert [module.name for module in (*modules(), *modules("tests")) if vague & set(module.name.split("."))] == []


def test_the_whole_package_is_seen() -> None:
    names = {module.name for module in modules()}
    assert {PACKAGE, f"{PACKAGE}.domain.errors", f"{PACKAGE}.engine.ports"} <= names
