"""The table of what can be typed: each verb and each option in a row, with what is true afterwards."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .verb_bench import Bench

__all__ = ["ELSEWHERE", "ROWS", "Row"]

Check = Callable[[Bench], bool]


@dataclass(frozen=True)
class Row:
    """One line that is typed.

    Args:
        line: its words after ``qq2clone``; ``{home}`` is the directory it is typed in.
        before: lines typed first.
        states: of clones of the template *tiny*, by number, afterwards.
        out, err: what its output, and what it says beside it, must contain.
        code: its exit code.
        then: what else must be true.
        environ: variables that are set for it.
    """

    line: str
    before: tuple[str, ...] = ()
    states: Mapping[int, str] = field(default_factory=dict)
    out: str = ""
    err: str = ""
    code: int = 0
    then: Check = bool
    environ: Mapping[str, str] = field(default_factory=dict)


def _silent(bench: Bench) -> bool:
    return bench.err == ""


def _nothing_at_all(bench: Bench) -> bool:
    return bench.out == bench.err == ""


def _answer(bench: Bench) -> Any:
    return json.loads(bench.out)


def _viewer(name: str) -> Check:
    return lambda bench: bench.viewers_started() == [name]


def _no_viewer(bench: Bench) -> bool:
    return bench.viewers_started() == []


# virt-viewer cannot reach an embedded hypervisor and spicy knows no VNC: here remote-viewer stands in for both.
_DESK = {"DISPLAY": ":77", "QQ2CLONE_SPICE_TIMEOUT": "1"}
"""A display is all that a viewer is started for; the viewers on this bench never connect."""
_SED = {"VISUAL": "sed -i 's|</name>|&<title>edited</title>|'"}
_XML = "{home}/sample/sample.xml"

_TEMPLATES = (
    Row(f"import-template {_XML} other", err="Template other is imported", then=lambda at: "other" in at.templates()),
    Row(f"import-template {_XML} copied --copy", then=lambda at: "copied" in at.path("data")),
    Row(f"import-template {_XML} shared --disk vda=share", err="shared"),
    Row(f"import-template {_XML} bare --hostdev strip --tpm empty", then=lambda at: "bare" in at.templates()),
    Row("list-templates", out="tiny"),
    Row("list-templates -v", out="CLONES"),
    Row("list-templates --json", then=lambda at: _answer(at)["templates"][0]["clones"] >= 0),
    Row("copy-template tiny second", then=lambda at: "second" in at.templates()),
    Row("modify-template tiny edit", environ=_SED, then=lambda at: "edited" in at.template_xml("tiny")),
    Row("modify-template second rename third", then=lambda at: {"third"} == at.templates() & {"second", "third"}),
    Row("delete-template third --yes", then=lambda at: "third" not in at.templates()),
)

_NEXT = ("modify-template other prepare-image --no-run", "modify-template other commit-image")

_GOING = (
    Row("flatten other --depth 2", before=(*_NEXT, *_NEXT), err="other has no v2 any more; what it held is in v3"),
    Row("prune other --dry-run", before=_NEXT, out="removes  v3"),
    Row("prune", err="other has no v3 any more", then=lambda at: "other.v3" not in at.path("images")),
    Row("prune other@v1", code=13, err="was not made for the template"),
)

_CLONES = (
    Row("clone", states={4: "off"}),
    Row("clone 2", err="2 cloned", states={5: "off", 6: "off"}),
    Row("clone 1 -r", states={7: "running"}),
    Row("clone 1 --run", states={8: "running"}),
    Row("-r clone 1 -n", states={9: "off"}),
    Row("--no-run clone", environ={"QQ2CLONE_RUN": "true"}, states={10: "off"}),
    Row("clone", environ={"QQ2CLONE_RUN": "true"}, states={11: "running"}),
    Row("rm 4-11", err="8 removed", then=lambda at: at.numbers() == {1, 2, 3}),
    Row("list", out="tiny-1"),
    Row("list -v", out="ADDRESS"),
    Row("list all", out="tiny-3"),
    Row("list xml", out="<qq2clone"),
    Row("list --json", then=lambda at: len(_answer(at)["machines"]) == 3),
    Row("start 1", states={1: "running", 2: "off"}),
    Row("suspend 1", before=("start all",), states={1: "paused", 2: "running"}),
    Row("resume 1", before=("suspend all",), states={1: "running", 2: "paused"}),
    Row("shutdown 1", before=("start 1",), err="1 asked to shut down"),
    Row("destroy 1", before=("destroy all", "start all"), states={1: "off", 2: "running"}),
    Row("save 1", before=("start all",), states={1: "saved", 2: "running"}),
    Row("start 1", before=("save 1",), states={1: "running"}),
    Row("save 1 -s {home}/states", before=("start 1",), then=lambda at: "tiny-1" in at.path("states")),
    Row("start saved", states={1: "running"}, then=lambda at: "tiny-1" not in at.path("states")),
    Row("--storage {home}/states save 2", before=("start 2",), then=lambda at: "tiny-2" in at.path("states")),
    Row("save-rm 2", states={2: "off"}, then=lambda at: "tiny-2" not in at.path("states")),
    Row("tag 1-2 web", err="2 tagged"),
    Row("untag 2 web", err="1 untagged"),
    Row("list -v", out="web"),
    Row("suspend @web", before=("start 1-2",), states={1: "paused", 2: "running"}),
    Row("resume @web", states={1: "running"}),
    Row("checkpoint make 1-2 base --note 'as it was'", states={1: "running", 2: "running"}, err="2 kept"),
    Row("checkpoint list 1", out="as it was"),
    Row("checkpoint revert 1 base", before=("destroy 1",), states={1: "running"}, err="1 taken back"),
    Row("checkpoint delete 1-2 base", err="2 rid of checkpoint base"),
    Row("edit 1", environ=_SED, then=lambda at: "<title>edited</title>" in at.machine_xml(1)),
    Row("clone 2", states={4: "off", 5: "off"}),
    Row("rm-wipe 4 --algorithm zero", then=lambda at: 4 not in at.numbers()),
    Row("rm-shred 5 --passes 1", then=lambda at: 5 not in at.numbers()),
    Row("check", err="all is sound"),
    Row("check copied --digest", err="1 digest computed"),
)

_VERSIONS = (
    Row("modify-template tiny prepare-image", err="tiny.v2 over tiny@v1 is made", states={0: "off"}),
    Row("modify-template tiny prepare-image", err="it was off and is started now", states={0: "running"}),
    Row("suspend staging", states={0: "paused"}),
    Row("modify-template tiny commit-image", code=12, err="it is paused"),
    Row("modify-template tiny destroy-image", states={0: "off"}),
    Row(
        "modify-template tiny commit-image --note second", err="tiny@v2 is made", then=lambda at: 0 not in at.numbers()
    ),
    Row("modify-template tiny@v1 note 'as imported'", err="tiny@v1: as imported"),
    Row("list-templates -v", out="second"),
    Row("uses tiny", out="clone tiny-1"),
    Row("uses tiny@v2 --json", then=lambda at: len(_answer(at)["images"]) == 2),
    Row("upgrade 1 --to v2 --drop-saved --drop-checkpoints", err="1 moved to another version"),
    Row("upgrade 1", code=12, err="stands on v2 already"),
    Row("save 1", before=("start 1",), states={1: "saved"}),
    Row("reset 1 --drop-saved --drop-checkpoints", err="1 reset", states={1: "off"}),
    Row("-t tiny@v1 clone --ephemeral", states={4: "off"}),
    Row("start 4", states={4: "running"}, then=lambda at: "tiny-4.vda.r2" in at.path("images")),
    Row("detach 4 --drop-saved", before=("destroy 4",), err="1 detached"),
    Row("promote 4 gold --keep", err="gold is a template now; tiny-4 stays", states={4: "off"}),
    Row("promote 4 silver", err="and was tiny-4", then=lambda at: 4 not in at.numbers()),
    Row("modify-template tiny acknowledge-image", err="what they were"),
    Row("modify-template tiny discard-image", before=("modify-template tiny prepare-image",), err="is gone"),
    Row(
        "modify-template copied commit-image --in-place",
        before=("modify-template copied prepare-image -n",),
        err="The changes are in copied@v1",
    ),
    Row(
        "delete-template gold --yes",
        before=("delete-template silver --yes",),
        then=lambda at: "gold" not in at.path("images"),
    ),
)

_OVER_MACHINES = (
    Row("exec 1 'echo $name $number'", out="tiny-1 1"),
    Row("exec all --parallel 3 --group 'echo same'", out="3 the same"),
    Row("exec all --no-group 'echo same'", out="same\nsame\nsame"),
    Row("exec all --keep-going 'test $number -ne 2'", err="2 done, 1 failed", code=14),
    Row("exec @failed 'echo $number'", out="2"),
    Row("exec 1 --timeout 0.2 'sleep 60'", err="0.2 s", code=14),
    Row("exec 1 --guest true", before=("start 1",), err="agent", code=14),
    Row("connect 1 --print", before=("start 1",), out="remote-viewer vnc://"),
    Row("connect 1 -V", environ=_DESK, code=17, then=_viewer("remote-viewer")),
    Row("connect 1 --virt-viewer", environ=_DESK, code=17, then=_viewer("remote-viewer")),
    Row("connect 1 --spicy", environ=_DESK, code=17, then=_viewer("remote-viewer")),
    Row("start 1 -g -S", before=("destroy 1",), environ=_DESK, code=17, states={1: "running"}),
    Row("start 1 --use-spice", before=("destroy 1",), environ=_DESK, code=17, states={1: "running"}),
    Row("-g start 1 -f", before=("destroy 1",), environ=_DESK, then=_no_viewer),
    Row("start 1 --no-spice", before=("destroy 1",), environ=_DESK | {"QQ2CLONE_USE_SPICE": "1"}, then=_no_viewer),
)

_SETTINGS = (
    Row("config list", out="spice_timeout"),
    Row("config info jobs", out="QQ2CLONE_JOBS"),
    Row("config edit jobs 3", then=lambda at: "jobs = 3" in at.config()),
    Row("config list", environ={"QQ2CLONE_JOBS": "5"}, out="QQ2CLONE_JOBS"),
    Row("completion fish", out="complete"),
    Row(
        "list --config {home}/other.toml",
        before=("config edit template tiny --config {home}/other.toml",),
        out="tiny-1",
    ),
    Row("list-templates --data-dir {home}/elsewhere", then=lambda at: at.out == ""),
    Row("list-templates", environ={"QQ2CLONE_DATA_DIR": "{home}/elsewhere"}, then=lambda at: at.out == ""),
    Row("list-templates", environ={"QQ2CLONE_CONFIG": "{home}/other.toml"}, out="tiny"),
)

_MANNERS = (
    Row("-c test:///default list all", then=lambda at: "tiny" not in at.out),
    Row("--connection test:///default -c {uri} list all", out="tiny-1"),
    Row("-t tiny list", out="tiny-1"),
    Row("--template nothing list -t tiny", out="tiny-1"),
    Row("list --template tiny all", out="tiny-1"),
    Row("suspend 1 -v", before=("destroy 1", "start 1"), err="tiny-1", states={1: "paused"}),
    Row("resume 1 --verbose", err="tiny-1", states={1: "running"}),
    Row("suspend 1 -q", before=("start 1",), then=_silent),
    Row("--quiet resume 1", then=_silent),
    Row("destroy -Q 1", then=_nothing_at_all, states={1: "off"}),
    Row("-v list --quieter", out="tiny-1", then=_silent),
    Row("exec 9 true -Q", code=12, then=_silent),
    Row("rm 1 --dry-run", out="Plan", states={1: "off"}),
    Row("--json rm 1 --dry-run", then=lambda at: _answer(at)["plan"]["danger"] == "loses", states={1: "off"}),
    Row("--version", out="qq2clone "),
    Row("-h", out="Exit codes"),
    Row("clone --help", out="Usage: qq2clone clone"),
    Row("rm 3 --yes", then=lambda at: 3 not in at.numbers()),
)

ROWS = (*_TEMPLATES, *_GOING, *_CLONES, *_VERSIONS, *_OVER_MACHINES, *_SETTINGS, *_MANNERS)
"""Typed in this order, on one hypervisor."""

ELSEWHERE = {
    "connect --serial": "test_serial_console.py",
    "connect --device": "test_serial_console.py",
    "connect --force": "test_serial_console.py",
}
"""Options that need a terminal, and where they are proved."""
