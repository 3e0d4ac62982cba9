"""What each verb does, and what it writes where."""

import xml.etree.ElementTree as ET

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.shared import Shared
from qq2clone_tui.domain.address import Address, AddressSource
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.session import Session

from .conftest import OFF, PAUSED, RUNNING, MemoryWorld, Run


def states(fleet: SampleFleet) -> dict[str, DomainState]:
    return {domain.name: domain.state for domain in fleet.hypervisor.list_domains()}


def test_clone_makes_one_machine_when_no_number_is_given(run: Run, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    result = run("clone")
    assert (result.code, result.out) == (0, "")
    assert states(fleet) == {"web-1": OFF}
    assert "1 cloned" in result.err


def test_clone_makes_as_many_as_asked_and_starts_them_with_r(run: Run, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    assert run("clone", "3", "-r").code == 0
    assert states(fleet) == {"web-1": RUNNING, "web-2": RUNNING, "web-3": RUNNING}


@pytest.mark.parametrize(
    ("verb", "machines", "expected"),
    [
        ("start", "2", {"web-2": RUNNING}),
        ("start", "saved", {"web-4": RUNNING}),
        ("shutdown", "running", {"web-1": OFF}),
        ("destroy", "all,^3", {"web-1": OFF, "web-3": PAUSED}),
        ("destroy", "1-3", {"web-1": OFF, "web-3": OFF}),
        ("suspend", "1", {"web-1": PAUSED}),
        ("resume", "web-3", {"web-3": RUNNING}),
    ],
)
def test_power_verbs_act_on_the_machines_of_the_set(
    run: Run, web: SampleFleet, verb: str, machines: str, expected: dict[str, DomainState]
) -> None:
    before = states(web)
    assert run(verb, machines).code == 0
    assert states(web) == before | expected


def test_rm_removes_machines_and_their_images_and_nothing_else(run: Run, web: SampleFleet) -> None:
    assert run("rm", "1-3").code == 0
    assert list(states(web)) == ["web-4"]
    assert sorted(web.images.facts) == ["/srv/templates/web.qcow2", f"{web.images.place}/web-4.vda.qcow2"]


def test_machines_left_out_are_named_and_no_failure(run: Run, web: SampleFleet) -> None:
    result = run("start", "1,2")
    assert result.code == 0
    assert "left out: web-1: is running" in result.err
    assert states(web)["web-2"] is RUNNING


def test_a_failed_machine_is_named_and_sets_the_exit_code_while_the_others_go_on(run: Run, web: SampleFleet) -> None:
    web.hypervisor.failing["destroy"] = {"web-1"}
    result = run("destroy", "1,3")
    assert result.code == 16
    assert "web-1" in result.err
    assert "1 forced off, 1 failed" in result.err
    assert states(web)["web-3"] is OFF


def test_list_shows_number_name_and_state_aligned(run: Run, web: SampleFleet) -> None:
    assert run("list").out.splitlines() == [
        "#  NAME   STATE",
        "1  web-1  running",
        "2  web-2  off",
        "3  web-3  paused",
        "4  web-4  saved",
    ]


def test_list_v_adds_version_age_bytes_saved_address_and_uuid(run: Run, web: SampleFleet) -> None:
    heading, first = run("list", "-v").out.splitlines()[:2]
    assert heading.split() == ["#", "NAME", "STATE", "VERSION", "AGE", "SAVED", "ADDRESS", "TAGS", "UUID"]
    assert first.split()[-1] in {domain.uuid for domain in web.hypervisor.list_domains()}


def test_list_is_of_one_template_and_list_all_of_every_one(run: Run, web: SampleFleet) -> None:
    web.add_clones(web.add_template("db"), (OFF,))
    assert "db-1" not in run("list", "-t", "web").out
    assert {"db-1", "web-1"} <= set(run("list", "all").out.split())


def test_list_xml_holds_every_template_and_clone(run: Run, web: SampleFleet) -> None:
    web.add_template("db")
    root = ET.fromstring(run("list", "xml").out)
    assert (root.tag, root.get("schema")) == ("qq2clone", "1")
    assert [each.get("name") for each in root] == ["db", "web"]
    clone = root.findall("template/clone")[0]
    assert (clone.get("number"), clone.get("name"), clone.get("state")) == ("1", "web-1", "running")
    assert clone.findtext("file") == f"{web.images.place}/web-1.vda.qcow2"


def test_list_json_has_the_documented_members(run: Run, web: SampleFleet) -> None:
    answer = run("list", "--json").json
    assert answer["schema"] == 1
    assert [each["state"] for each in answer["machines"]] == ["running", "off", "paused", "saved"]
    assert set(answer["machines"][0]) == {
        "template",
        "number",
        "name",
        "uuid",
        "version",
        "staging",
        "ephemeral",
        "detached",
        "state",
        "status",
        "created_at",
        "files",
        "saved_bytes",
        "addresses",
        "tags",
    }


def test_list_tells_the_addresses_of_machines_that_run(run: Run, web: SampleFleet) -> None:
    first, second = [each["uuid"] for each in run("list", "--json").json["machines"]][:2]
    told = Address("52:54:00:00:00:01", "fe80::1", 64, AddressSource.LEASE)
    known = (told, Address("52:54:00:00:00:01", "10.0.0.5", 24, AddressSource.LEASE))
    web.hypervisor.addresses.known = {first: known, second: known}
    running, off = run("list", "--json").json["machines"][:2]
    assert running["addresses"][0] == {
        "address": "10.0.0.5", "prefix": 24, "mac": "52:54:00:00:00:01", "source": "lease",
    }  # fmt: skip
    assert off["addresses"] == []
    assert [line.split()[-3] for line in run("list", "-v").out.splitlines()[1:3]] == ["10.0.0.5", "-"]
    (found,) = [each for each in ET.fromstring(run("list", "xml").out).iter("address") if each.text == "10.0.0.5"]
    assert found.attrib == {"prefix": "24", "mac": "52:54:00:00:00:01", "source": "lease"}


def test_a_batch_in_json_names_every_machine_with_state_reason_and_code(run: Run, web: SampleFleet) -> None:
    web.hypervisor.failing["start"] = {"web-4"}
    result = run("start", "all", "--json")
    assert result.code == result.json["exit_code"] == 16
    assert (result.json["done"], result.json["failed"], result.json["refused"]) == (1, 1, 2)
    machines = {each["name"]: each for each in result.json["machines"]}
    assert machines["web-2"]["state"] == "done"
    assert machines["web-4"]["state"] == "failed"
    assert machines["web-4"]["exit_code"] == 16
    assert machines["web-4"]["reason"]
    assert machines["web-1"]["state"] == "refused"


def test_an_error_in_json_is_an_object_and_still_a_paragraph_on_stderr(run: Run, web: SampleFleet) -> None:
    result = run("--json", "start", "1,,2")
    assert result.code == result.json["error"]["exit_code"] == 12
    assert result.json["error"]["column"] == 2
    assert "1,,2" in result.err


def test_list_templates_gives_names_and_with_v_the_rest(run: Run, web: SampleFleet) -> None:
    web.add_template("db")
    assert run("list-templates").out == "db\nweb\n"
    heading, db, machine = run("list-templates", "-v").out.splitlines()
    assert heading.split() == ["VERSION", "CLONES", "OWN", "THEIRS", "AGE", "IMAGES", "NOTE"]
    assert db.split()[:4] == ["db@v1", "0", "0", "B"]
    assert machine.split()[:2] == ["web@v1", "4"]
    assert [(each["name"], each["clones"]) for each in run("list-templates", "--json").json["templates"]] == [
        ("db", 0),
        ("web", 4),
    ]


def test_a_domain_becomes_a_template_and_can_be_deleted_again(run: Run, fleet: SampleFleet) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    fleet.catalogue.remove_template("web")
    assert run("import-template", "web", "copy").code == 0
    assert run("list-templates").out == "copy\n"
    assert run("delete-template", "copy").code == 0
    assert run("list-templates").out == ""
    assert "/srv/templates/web.qcow2" in fleet.images.facts


def test_copied_images_go_with_their_template(run: Run, fleet: SampleFleet) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    assert run("import-template", "--copy", "web", "own").code == 0
    assert any("own" in path for path in fleet.images.facts)
    assert run("delete-template", "own").code == 0
    assert list(fleet.images.facts) == ["/srv/templates/web.qcow2"]


def test_a_template_with_clones_is_not_deleted(run: Run, web: SampleFleet) -> None:
    result = run("delete-template", "web")
    assert result.code == 13
    assert "4 clones" in result.err
    assert run("list-templates").out == "web\n"


def test_clone_verbs_work_in_t_then_the_setting_then_the_only_template(
    run: Run, world: MemoryWorld, web: SampleFleet
) -> None:
    assert "web-1" in run("list").out
    web.add_clones(web.add_template("db"), (OFF,))
    assert run("list").code == 13
    world.settings = type(world.settings)(template="db")
    assert "db-1" in run("list").out
    assert "web-1" in run("-t", "web", "list").out


@pytest.mark.parametrize("policy", ["overlay", "share", "blank", "copy"])
def test_a_policy_for_a_disk_is_kept_with_the_template(run: Run, fleet: SampleFleet, policy: str) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    result = run("import-template", "web", "other", "--disk", f"vda={policy}", "--hostdev", "strip", "--json")
    assert result.code == 0
    assert result.json["template"]["disks"][0]["policy"] == policy
    assert fleet.catalogue.template("other").options == {"hostdev": "strip"}


@pytest.mark.parametrize("text", ["vda", "vda=", "=blank", "vda=melt", "sdz=blank"])
def test_a_policy_that_means_nothing_is_12(run: Run, fleet: SampleFleet, text: str) -> None:
    fleet.hypervisor.define(fleet.add_template("web").xml)
    assert run("import-template", "web", "other", "--disk", text).code == 12
    assert len(fleet.catalogue.templates()) == 1


def test_what_killed_processes_left_is_told_without_burying_the_rest(
    run: Run, world: MemoryWorld, web: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = world.open_session

    def with_notices(shared: Shared) -> Session:
        session = opened(shared)
        session.notices = tuple(f"web-{number}: it was only half made and is undone" for number in range(900))
        return session

    monkeypatch.setattr(world, "open_session", with_notices)
    assert len(run("list").err.splitlines()) == 8
    assert "893 more" in run("list").err
    assert len(run("list", "-v").err.splitlines()) == 901
    assert run("list", "-q").err == ""
