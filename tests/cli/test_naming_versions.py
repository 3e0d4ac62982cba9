"""Every verb on templates says what a version means to it: it takes it, or names what to type instead."""

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.template import Template
from tests.engine.version_samples import add_versions, numbers_of

from .conftest import Run

WHOLE = [
    ("flatten", "{}"),
    ("prune", "{}"),
    ("delete-template", "{}"),
    ("copy-template", "{}", "spare"),
    ("uses", "{}"),
    ("check", "{}"),
    *(("modify-template", "{}", what) for what in ("prepare-image", "commit-image", "discard-image", "destroy-image")),
    ("modify-template", "{}", "edit"),
    ("modify-template", "{}", "rename", "other"),
    ("modify-template", "{}", "note", "a text"),
    ("modify-template", "{}", "acknowledge-image"),
    ("-t", "{}", "upgrade", "1"),
    ("-t", "{}", "promote", "1", "gold"),
]
"""All verbs that name a template, with its place in each."""

_CHAINS = "chains are made shorter below the newest version, which is v4"
_WHOLE = "that is done to a template, not to one of its versions"


@pytest.fixture
def web(fleet: SampleFleet) -> Template:
    """Return a template of four versions, with a clone on the newest."""
    return add_versions(fleet, "web", 4)


def typed(words: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return a command about a template or a version."""
    return tuple(word.format(name) for word in words)


@pytest.mark.parametrize("words", WHOLE, ids=" ".join)
@pytest.mark.parametrize("tried", [(), ("--dry-run",)], ids=["done", "tried"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nosuch", "there is no template 'nosuch'"),
        ("nosuch@v1", "there is no template 'nosuch'"),
        ("web@v99", "there is no such version of the template 'web@v99': it has v1, v2, v3, v4"),
        ("web@", "cannot tell which version is meant 'web@'"),
        ("web@x", "cannot tell which version is meant 'web@x'"),
    ],
)
def test_what_there_is_not_is_named_by_every_verb(  # noqa: PLR0917
    run: Run, web: Template, words: tuple[str, ...], tried: tuple[str, ...], name: str, why: str
) -> None:
    refused = run(*typed(words, name), *tried)
    assert (refused.code, refused.out) == (13, "")
    assert refused.err.startswith(f"qq2clone: {why}.") or refused.err.startswith(f"qq2clone: {why}:")
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "why", "remedy"),
    [
        ("flatten web@v1", 13, _CHAINS, "Say: qq2clone flatten web. To remove that version alone, say: qq2clone prune"),
        ("delete-template web@v1", 13, "that is one version of it", "qq2clone prune web@v1"),
        ("modify-template web@v1 prepare-image", 12, _WHOLE, "Say: qq2clone modify-template web prepare-image"),
        ("modify-template web@v1 commit-image", 12, _WHOLE, "Say: qq2clone modify-template web commit-image"),
        ("modify-template web@v1 edit", 12, _WHOLE, "Say: qq2clone modify-template web edit"),
        ("modify-template web@v1 rename b", 12, _WHOLE, "Say: qq2clone modify-template web rename b"),
    ],
)
def test_a_version_where_only_the_whole_template_will_do_is_refused_with_what_to_type(  # noqa: PLR0917
    run: Run, web: Template, words: str, code: int, why: str, remedy: str
) -> None:
    refused = run(*words.split())
    assert (refused.code, refused.out) == (code, "")
    assert why in refused.err
    assert remedy in refused.err


def test_trying_to_acknowledge_what_nobody_changed_says_that_it_is_as_it_was(run: Run, web: Template) -> None:
    tried = run("modify-template", "web@v1", "acknowledge-image", "--dry-run")
    assert (tried.code, tried.out, tried.err) == (0, "", "The images of web@v1 are what they were.\n")


def test_flatten_takes_the_newest_version_for_its_template(run: Run, fleet: SampleFleet, web: Template) -> None:
    of_version, of_template = (
        run("flatten", "web@v4", "--depth", "2", "--dry-run"),
        run("flatten", "web", "--depth", "2", "--dry-run"),
    )
    assert "removes" in of_version.out
    assert of_version == of_template
    assert run("flatten", "web@v4", "--depth", "2", "--yes").code == 0
    assert numbers_of(fleet, "web") == [1, 4]


def test_a_dry_run_of_a_copy_tells_the_images_of_the_version_or_why_not(run: Run, web: Template) -> None:
    newest, first = web.disks[0].image, "/srv/templates/web.qcow2"
    assert run("copy-template", "web", "spare", "--dry-run").out.rstrip().endswith(f": {newest}")
    told = run("copy-template", "web@v1", "spare", "--dry-run", "--json").json
    assert (told["template"], told["images"], told["dry_run"]) == ("spare", [first], True)
    taken = run("copy-template", "web", "web", "--dry-run")
    assert (taken.code, "there is a template of that name" in taken.err) == (13, True)
    assert run("list-templates").out == "web\n"
