"""Bad input gives a clear error and the right exit code, and changes nothing."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.states import DomainState, PowerVerb

from .conftest import MemoryWorld, Run

DOMAIN = """<domain type='qemu'><name>{name}</name><memory>1024</memory><os><type>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/><target dev='vda'/></disk>
</devices></domain>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE domain [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<domain type='qemu'><name>&b;</name></domain>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<domain type='qemu'><name>&x;</name></domain>"""


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1,,2", 2),
        ("0", 0),
        ("3-1", 0),
        ("1,-", 2),
        ("^1", 0),
        ("1,^", 3),
        ("1, 2", 2),
        ("runing", 0),
        ("1,@nobody", 2),
        ("99", 0),
        ("", 0),
    ],
)
def test_a_malformed_or_empty_set_is_shown_with_a_caret_under_the_fault(
    run: Run, web: SampleFleet, text: str, column: int
) -> None:
    result = run("destroy", text)
    assert (result.code, result.out) == (12, "")
    shown, caret = result.err.splitlines()[-2:]
    assert (shown, caret) == (f"  {text}", f"  {' ' * column}^")
    assert web.hypervisor.read_domain(next(iter(web.hypervisor.figures))) is not None


def test_a_malformed_set_is_found_before_any_hypervisor_is_asked(run: Run, world: MemoryWorld) -> None:
    assert run("rm", "1,,2").code == 12
    assert world.opened == []


def test_the_caret_stays_under_the_fault_behind_escaped_characters(run: Run, web: SampleFleet) -> None:
    shown, caret = run("start", "\x1b[31m,1").err.splitlines()[-2:]
    assert "\x1b" not in shown
    assert caret.index("^") == 2


@pytest.mark.parametrize("verb", ["start", "shutdown", "destroy", "suspend", "resume", "rm"])
def test_an_unknown_template_is_13_for_every_verb_on_clones(run: Run, web: SampleFleet, verb: str) -> None:
    result = run("-t", "nosuch", verb, "1")
    assert result.code == 13
    assert "nosuch" in result.err
    assert "web" in result.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-t", "nosuch", "clone"), 13),
        (("-t", "nosuch", "list"), 13),
        (("delete-template", "nosuch"), 13),
        (("import-template", "nosuch"), 16),
        (("import-template", "/nosuch/file.xml"), 10),
        (("import-template", "nosuch.xml"), 10),
        (("clone", "0"), 12),
        (("clone", "-1"), 12),
        (("clone", "many"), 12),
        (("clone", "1000000"), 12),
        (("start", "3"), 12),
        (("resume", "1"), 12),
        (("list", "some"), 12),
        (("start",), 12),
        (("start", "1", "2"), 12),
        (("strat", "1"), 12),
        (("--nosuch",), 12),
        (("list", "-c"), 12),
        (("completion", "tcsh"), 12),
        ((), 12),
    ],
)
def test_what_cannot_be_done_has_its_exit_code_and_one_paragraph(
    run: Run, web: SampleFleet, words: tuple[str, ...], code: int
) -> None:
    result = run(*words)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("qq2clone: ")
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", 15),
        ("not xml", 15),
        ("<network><name>x</name></network>", 15),
        ("<domain><name>x</name>", 15),
        (BOMB, 15),
        (EXTERNAL, 15),
        (DOMAIN.format(name="x", image="/missing/base.qcow2"), 10),
    ],
)
def test_unusable_xml_is_refused_and_leaves_no_template(
    run: Run, fleet: SampleFleet, tmp_path: Path, content: str, code: int
) -> None:
    source = tmp_path / "machine.xml"
    source.write_text(content)
    result = run("import-template", str(source), "x")
    assert (result.code, result.out) == (code, "")
    assert "root:" not in result.err
    assert fleet.catalogue.templates() == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a\nb", "-x", "[red]x", "x;rm -rf", "a\x1b[31m", ".", "x" * 300])
def test_a_hostile_template_name_is_refused_and_shown_harmlessly(run: Run, fleet: SampleFleet, name: str) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    result = run("import-template", "--", "web", name)
    assert result.code in {12, 13}
    assert "\x1b" not in result.err
    assert len(result.err.splitlines()) == 1
    assert [template.name for template in fleet.catalogue.templates()] == ["web"]


def test_a_taken_name_is_13(run: Run, fleet: SampleFleet) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    assert run("import-template", "web", "web").code == 13


def test_a_base_image_that_is_gone_stops_clone_with_10_and_makes_nothing(run: Run, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    fleet.images.facts.clear()
    result = run("clone", "5")
    assert result.code == 10
    assert "/srv/templates/web.qcow2" in result.err
    assert fleet.catalogue.clones() == []


def test_a_full_storage_fails_every_clone_and_leaves_nothing_over(run: Run, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    fleet.images.full = True
    result = run("clone", "3")
    assert result.code == 10
    assert result.err.count("No space left on device") == 3
    assert fleet.catalogue.clones() == []
    assert fleet.hypervisor.list_domains() == []


def test_a_hypervisor_that_is_gone_is_16(run: Run, web: SampleFleet) -> None:
    web.hypervisor.gone = True
    result = run("list")
    assert (result.code, result.out) == (16, "")


def test_control_characters_in_machine_names_are_escaped_in_tables(run: Run, web: SampleFleet) -> None:
    from dataclasses import replace

    record = web.catalogue.clones("web")[0]
    domain = web.hypervisor.read_domain(record.identity.uuid)
    assert domain is not None
    web.hypervisor._domains[domain.uuid] = replace(domain, name="web\x1b]0;evil\x07\n1")
    out = run("list").out
    assert "\x1b" not in out
    assert "web\\x1b]0;evil\\x07\\n1" in out


def test_a_hypervisor_that_goes_away_in_a_batch_fails_the_rest_by_name(
    run: Run, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.add_clones(fleet.add_template("web"), [DomainState.RUNNING] * 6)
    power = fleet.hypervisor.power
    done: list[str] = []

    def until_it_goes(verb: PowerVerb, uuid: str) -> None:
        if len(done) == 2:
            fleet.hypervisor.gone = True
        power(verb, uuid)
        done.append(uuid)

    monkeypatch.setattr(fleet.hypervisor, "power", until_it_goes)
    result = run("destroy", "all", "--json")
    assert result.code == 16
    failed = [each["name"] for each in result.json["machines"] if each["state"] == "failed"]
    assert len(failed) >= 3
    assert all(f"{name}: the hypervisor went away" in result.err for name in failed)


@pytest.mark.parametrize(
    "words",
    [
        ("start", "1,\udcff"),
        ("delete-template", "\udcff"),
        ("modify-template", "\udcff", "edit"),
        ("copy-template", "web", "\udcff"),
        ("import-template", "/srv/\udcff.xml"),
        ("config", "edit", "template", "\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_a_bad_argument(run: Run, web: SampleFleet, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.code, result.out) == (12, "")
    assert "\\udcff" in result.err
