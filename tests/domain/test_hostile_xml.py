"""XML that was written to do harm, or by accident, gets an answer and nothing else."""

import subprocess
import sys
import time

import pytest

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import BadArgument, BadXml
from qq2clone_tui.domain.identity_xml import Compiler
from qq2clone_tui.domain.import_rules import obstacles
from qq2clone_tui.domain.metadata import read_marker
from qq2clone_tui.domain.safe_xml import MAX_CHARACTERS, parse_domain
from qq2clone_tui.domain.template import Template, TemplateDisk

from .clone_samples import PLACE, compiler_of, domain, identity

LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
BILLION_LAUGHS = f"<!DOCTYPE domain [<!ENTITY l0 'lol'>{LAUGHS}]><domain type='kvm'><name>&l9;</name></domain>"
QUADRATIC = f"<!DOCTYPE domain [<!ENTITY a '{'a' * 100_000}'>]><domain><name>{'&a;' * 10_000}</name></domain>"
EXTERNAL = "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>"
HOSTILE = {
    "billion laughs": BILLION_LAUGHS,
    "quadratic blow-up": QUADRATIC,
    "external entity": EXTERNAL,
    "external subset": "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x.dtd'><domain><name>a</name></domain>",
    "doctype behind a comment": f"<?xml version='1.0'?>\n<!-- > --><?p >?>\n{EXTERNAL}",
    "doctype in small letters": "<!doctype domain><domain><name>a</name></domain>",
    "byte order mark and doctype": f"\ufeff{EXTERNAL}",
    "undeclared entity": "<domain><name>&who;</name></domain>",
    "not a domain": "<network><name>default</name></network>",
    "domain in a foreign namespace": "<domain xmlns='urn:x'><name>a</name></domain>",
    "a status file": "<domstatus><domain><name>a</name></domain></domstatus>",
    "NUL": "<domain><name>a\0b</name></domain>",
    "escaped NUL": "<domain><name>a&#0;b</name></domain>",
    "lone surrogate": "<domain><name>a\ud800b</name></domain>",
    "empty": "",
    "blank": " \n ",
    "words": "hello",
    "unfinished": "<domain><name>a</name>",
    "nothing but comments": "<!-- -->\n" * 400_000,
    "unfinished comment": "<!-- <domain>",
    "two roots": "<domain><name>a</name></domain><domain/>",
    "deep": "<domain>" + "<a>" * 100_000 + "</a>" * 100_000 + "</domain>",
    "an attribute twice": "<domain type='kvm' type='qemu'><name>a</name></domain>",
    "larger than any machine": f"<domain><name>a</name>{' ' * MAX_CHARACTERS}</domain>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
class TestEveryReaderRefuses:
    def test_quickly_with_a_reason_and_a_remedy(self, text: str) -> None:
        began = time.process_time()
        with pytest.raises(BadXml) as caught:
            describe(text)
        assert time.process_time() - began < 2
        assert caught.value.why
        assert caught.value.remedy
        assert caught.value.exit_code == 15
        assert "root:" not in caught.value.paragraph()
        assert len(caught.value.paragraph()) < 1000

    def test_the_compiler_the_import_rules_and_the_marker_too(self, text: str) -> None:
        with pytest.raises(BadXml):
            Compiler(text, Template("t", text, ()))
        with pytest.raises(BadXml):
            obstacles(text, state=None, has_snapshots=False, has_managed_save=False)
        with pytest.raises(BadXml):
            read_marker(text)


class TestWhatIsOddButHarmless:
    @pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "iso-8859-1", "us-ascii", "no-such-encoding"])
    def test_a_declared_encoding_is_ignored_in_decoded_text(self, encoding: str) -> None:
        text = f"<?xml version='1.0' encoding='{encoding}'?><domain><name>a</name><title>日本 é</title></domain>"
        title = parse_domain(text).find("title")
        assert title is not None
        assert title.text == "日本 é"

    def test_the_word_doctype_in_a_description_is_only_a_word(self) -> None:
        text = "<!-- <!DOCTYPE x> --><domain><name>a</name><description>&lt;!DOCTYPE y></description></domain>"
        assert describe(text).name == "a"

    def test_comments_prefixes_and_foreign_elements_survive_compiling(self) -> None:
        head = "<!-- mine --><x:thing xmlns:x='urn:x' x:n='1'><![CDATA[<raw>]]></x:thing>"
        template = Template("tiny", domain(head=head), ())
        compiler = compiler_of(template)
        xml = compiler.compile(identity(compiler, template), PLACE).xml
        assert "<!-- mine -->" in xml
        assert '<x:thing xmlns:x="urn:x" x:n="1">&lt;raw&gt;</x:thing>' in xml

    def test_absurd_numbers_do_not_break_the_description(self) -> None:
        described = describe(f"<domain><name>a</name><memory unit='foo'>{'9' * 5000}</memory><vcpu>x</vcpu></domain>")
        assert (described.memory_bytes, described.vcpus) == (0, 1)

    def test_an_include_is_not_followed(self) -> None:
        include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd' parse='text'/>"
        template = Template("tiny", domain(head=include), ())
        compiler = compiler_of(template)
        assert "root:" not in compiler.compile(identity(compiler, template), PLACE).xml


class TestNoFileLeavesItsPlace:
    @pytest.mark.parametrize("target", ["../../etc/cron.d/x", "a/b", "", "vda&#10;", ".", "..", "é", "x" * 200])
    def test_a_disk_target_that_is_no_device_name_is_refused(self, target: str) -> None:
        disk = f"<disk type='file'><source file='/i'/><target dev='{target}'/></disk>"
        template = Template("tiny", domain(disk), (TemplateDisk(target, "/i", "raw", 1),))
        with pytest.raises(BadXml):
            compiler_of(template)

    @pytest.mark.parametrize("name", ["../x", "a/b", "..", "-rf", "a\nb", "a;b", "[red]", "", "a b", "é"])
    def test_a_clone_name_that_is_no_file_name_is_refused(self, name: str) -> None:
        disk = "<disk type='file'><source file='/i'/><target dev='vda'/></disk>"
        template = Template("tiny", domain(disk), (TemplateDisk("vda", "/i", "raw", 1),))
        compiler = compiler_of(template)
        who = identity(compiler, Template(name, "", ()))
        who = type(who)(who.template, 1, 1, name, who.uuid, who.macs)
        with pytest.raises(BadArgument):
            compiler.compile(who, PLACE)
        with pytest.raises(BadArgument):
            compiler.files(who, PLACE)

    @pytest.mark.parametrize("place", ["", "images", "/a/../b", "/a//b", "//a", "/a\n", "/a\0", "/a/"])
    def test_a_place_that_is_no_plain_absolute_directory_is_refused(self, place: str) -> None:
        template = Template("tiny", domain(), ())
        compiler = compiler_of(template)
        with pytest.raises(BadArgument):
            compiler.compile(identity(compiler, template), place)
        with pytest.raises(BadArgument):
            compiler.files(identity(compiler, template), place)


def test_nothing_is_fetched_or_opened_while_reading() -> None:
    program = (
        "import sys\n"
        "from qq2clone_tui.domain.describe_xml import describe\n"
        "from qq2clone_tui.domain.errors import BadXml\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(event) if event in {'open', 'socket.connect'} else None)\n"
        "text = sys.argv[1]\n"
        "try:\n    describe(text)\nexcept BadXml:\n    pass\n"
        "print(seen)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, EXTERNAL], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
