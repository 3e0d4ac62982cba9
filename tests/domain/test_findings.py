"""What a check says of what it found, and which exit code follows from it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain import errors
from qq2clone_tui.domain.file_changes import changes_of, inode_of
from qq2clone_tui.domain.findings import CheckReport, Fate, Finding, FindingKind
from qq2clone_tui.domain.names import clone_name, renewed_paths, staging_name
from qq2clone_tui.domain.own_names import base_of, looks_like_ours, named_after, version_of
from qq2clone_tui.domain.xml_paths import paths_in

LOST = Finding(FindingKind.LOST_CLONE, "web-3", "it is gone", remedy="Remove it.", template="web")
CHANGED = Finding(FindingKind.CHANGED_IMAGE, "/srv/web.qcow2", "it was written since", remedy="Restore it.")


def test_every_kind_has_the_code_of_an_error_of_the_domain() -> None:
    codes = {getattr(errors, name).exit_code for name in errors.__all__} - {errors.Qq2cloneError.exit_code}
    assert {replace(LOST, kind=kind).exit_code for kind in FindingKind} <= codes


def test_a_check_exits_with_the_code_of_the_first_finding_that_is_left() -> None:
    mended = replace(LOST, fate=Fate.MENDED)
    assert CheckReport().exit_code == 0
    assert CheckReport((mended, mended)).exit_code == 0
    assert CheckReport((mended, CHANGED, LOST)).exit_code == 18
    for fate in set(Fate) - {Fate.MENDED}:
        assert CheckReport((mended, replace(LOST, fate=fate), CHANGED)).exit_code == 16


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (Fate.OPEN, "it is gone. Remove it."),
        (Fate.MENDED, "it is gone. Mended: it is forgotten."),
        (Fate.MENDABLE, "it is gone. To mend: it is forgotten."),
        (Fate.NEEDS_CONSENT, "it is gone. With your consent: it is forgotten."),
    ],
)
def test_what_became_of_a_finding_is_said_in_sentences(fate: Fate, said: str) -> None:
    remedy = "Remove it." if fate is Fate.OPEN else ""
    assert replace(LOST, fate=fate, deed="it is forgotten", remedy=remedy).sentence == said


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ("1:10:5", "1:10:5", ()),
        ("", "1:10:5", ()),
        ("1:10:5", "", ()),
        ("1:10:5", "1:10:6", ("it was written since",)),
        ("1:10:5", "2:10:5", ("another file lies in its place",)),
        ("1:10:5", "1:9:6", ("it was cut from 10 bytes to 9", "it was written since")),
        ("1:10:5", "1:12:5", ("it grew from 10 bytes to 12",)),
        ("pool:x", "pool:y", ("it is not what it was",)),
        ("1:10:5", "1:10:-5", ("it is not what it was",)),
    ],
)
def test_two_stamps_tell_what_became_of_a_file(then: str, now: str, said: tuple[str, ...]) -> None:
    assert changes_of(then, now) == said


@given(st.text(max_size=20), st.text(max_size=20))
def test_stamps_of_any_kind_are_compared(then: str, now: str) -> None:
    assert changes_of(then, then) == changes_of(then, "") == changes_of("", now) == ()
    assert all(isinstance(clause, str) for clause in changes_of(then, now))
    assert inode_of(then) >= 0


TEMPLATES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,20}(\.[A-Za-z0-9_-]{1,5})?", fullmatch=True)
NUMBERS = st.integers(1, 99999)
TARGETS = st.from_regex(r"(vd|sd|hd)[a-z]", fullmatch=True)


@given(TEMPLATES, NUMBERS, TARGETS, st.integers(0, 3))
def test_every_name_that_clones_and_versions_get_is_recognised(
    template: str, number: int, target: str, renewals: int
) -> None:
    for machine in (clone_name(template, number), staging_name(template, number)):
        path = f"/srv/{machine}.{target}.qcow2"
        for _ in range(renewals):
            path = next(renewed_paths(path))
        name = path.removeprefix("/srv/")
        assert looks_like_ours(name)
        assert named_after(name, machine)
        assert looks_like_ours(f"{machine}_VARS.fd")
        assert looks_like_ours(f"{machine}.tpm1")
    assert version_of(f"{staging_name(template, number)}.{target}.qcow2", template) == (number, target)
    assert base_of(f"{template}.{target}.base.qcow2", template) == target


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("web-11.vda.qcow2", "web-1"),
        ("web-1.vda.qcow2", "web"),
        ("web-1.iso", "web-1"),
        ("web-1", "web-1"),
        ("", "web"),
    ],
)
def test_a_file_of_another_machine_is_not_taken_for_ones_own(name: str, machine: str) -> None:
    assert not named_after(name, machine)


def test_of_one_template_only_its_own_names_count() -> None:
    assert looks_like_ours("web-1.vda.qcow2", "web")
    assert not looks_like_ours("web2-1.vda.qcow2", "web")
    assert not looks_like_ours("web.v2.vda.qcow2", "webs")
    assert version_of("web.v2_VARS.fd", "web") is None
    assert base_of("web.vda.base.qcow2", "other") == ""


def test_every_absolute_path_in_a_machines_xml_is_found() -> None:
    xml = "<domain><os><nvram> /a b/x&amp;y </nvram></os><devices><disk><source file='/c'/></disk></devices></domain>"
    assert paths_in(xml) == {"/a b/x&y", "/c"}
    assert paths_in("<domain") == frozenset()
