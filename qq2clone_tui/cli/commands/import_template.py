"""Make a template: ``import-template SOURCE [NAME]``."""

from pathlib import Path

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, write_json
from qq2clone_tui.cli.staging import record_digests
from qq2clone_tui.cli.template_report import findings_object, print_import, template_object
from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.names import check_template_name

__all__ = ["commands"]


@click.command("import-template", cls=Verb)
@click.argument("source", type=click.Path(path_type=str))
@click.argument("name", required=False)
@click.option("--copy", "copied", is_flag=True, help="Copy the images, so that the source stays free to change.")
@click.option(
    "--disk",
    "disks",
    multiple=True,
    metavar="TARGET=POLICY",
    help="What clones get for a disk: overlay (the default), share, blank or copy; vdb=blank, say.",
)
@click.option("--hostdev", type=click.Choice(["refuse", "strip"]), help="Host devices: refuse them, or leave them out.")
@click.option("--tpm", type=click.Choice(["empty", "copy"]), help="TPM state of clones: empty, or copied.")
def import_template(
    invocation: Invocation,
    source: str,
    name: str | None,
    *,
    copied: bool,
    disks: tuple[str, ...],
    hostdev: str | None,
    tpm: str | None,
) -> int:
    """Make a template from SOURCE, a libvirt domain or the path of a domain XML file.

    A SOURCE with a / in it or with .xml at its end is a path. The template is called NAME, or as the
    domain is. Its images are referenced and must not be written any more; with --copy they are copied
    and the template owns the copies. The report on stderr says what clones will share.
    """
    from qq2clone_tui.engine.templates.choices import Choices

    if name is not None:
        check_template_name(name)
    dry_run = bool(invocation.shared.dry_run)
    options = {key: value for key, value in (("hostdev", hostdev), ("tpm", tpm)) if value is not None}
    choices = Choices(copied, dict(_policy(text) for text in disks), options)
    with invocation.session() as session:
        report = session.import_template(_located(source), name, copy=copied, dry_run=dry_run, choices=choices)
        if invocation.json:
            write_json(
                dry_run=dry_run, template=template_object(report.template), findings=findings_object(report.findings)
            )
        else:
            print_import(report, invocation.narrator, dry_run=dry_run)
        if copied and not dry_run:
            record_digests(invocation, session, report.template.name)
    done = "can be imported" if dry_run else "is imported"
    invocation.narrator.note(f"Template {printable(report.template.name)} {done}.")
    return 0


def _policy(text: str) -> tuple[str, DiskPolicy]:
    """Return the disk and the policy that ``vdb=blank`` names."""
    target, equals, word = text.partition("=")
    if not (target and equals and word in list(DiskPolicy)):
        policies = ", ".join(DiskPolicy)
        raise BadArgument(
            "cannot use the disk policy", subject=text, why=f"it is not TARGET=POLICY with one of {policies}"
        )
    return target, DiskPolicy(word)


def _located(source: str) -> str:
    """Return the absolute path that a source stands for, or the source itself when it names a domain."""
    is_path = "/" in source or source.lower().endswith(".xml")
    return str(Path.cwd() / source) if is_path else source


commands = {"import-template": import_template}
