"""Give a clone its own firmware variables, writable firmware and TPM state."""

from lxml import etree

from .identity_draft import Draft, Value
from .identity_paths import path_of
from .safe_xml import Element, place_after, tidy_text

__all__ = ["firmware_rules", "loader_writable"]

_VARIABLES = "_VARS.fd"
_STORE = "_VARS.json"
_CODE = "_CODE.fd"
_FIRMWARE_VARIABLES = "firmware variables"


def firmware_rules(draft: Draft) -> None:
    """Apply the rules for ``<os>``, TPMs and persistent crash storage."""
    section = draft.root.find("os")
    if section is not None:
        _variables(draft, section)
        _variable_store(draft, section)
        _code(draft, section.find("loader"))
        for tag in ("kernel", "initrd", "dtb"):
            if section.find(tag) is not None:
                draft.shared(tag, f"{tidy_text(section.find(tag))} is read by all clones")
    for number, tpm in enumerate(draft.root.findall("devices/tpm"), 1):
        _tpm(draft, tpm, f"tpm {number}")
    for number, pstore in enumerate(draft.root.findall("devices/pstore"), 1):
        path = pstore.find("path")
        if path is not None:
            value = draft.rename(tidy_text(path), path_of(f".pstore{number}.raw"))
            draft.fill(path, "", value, f"pstore {number}", "starts empty as {}")


def loader_writable(loader: Element) -> bool:
    """Tell whether the guest writes into the firmware image itself (one flash for code and variables)."""
    return loader.get("type") == "pflash" and loader.get("readonly") == "no"


def _variables(draft: Draft, section: Element) -> None:
    nvram = section.find("nvram")
    if nvram is None:
        own_store = _stateless(section.find("loader")) or section.find("varstore") is not None
        if section.get("firmware") != "efi" or own_store:
            return
        # Said explicitly, the file lies among the clone's own and goes with it.
        anchor = section.find("loader") if section.find("loader") is not None else section.find("type")
        nvram = place_after(anchor, section, etree.Element("nvram"))
    source = nvram.find("source")
    holder, attribute = (nvram, "") if source is None else (source, "file")
    original = tidy_text(nvram) if source is None else source.get("file", "")
    _keep_or_renew(draft, holder, attribute, original, path_of(_VARIABLES))


def _variable_store(draft: Draft, section: Element) -> None:
    store = section.find("varstore")
    if store is not None:
        _keep_or_renew(draft, store, "path", store.get("path", ""), path_of(_STORE))


def _keep_or_renew(draft: Draft, holder: Element, attribute: str, original: str, value: Value) -> None:
    inherited = original and draft.template.options.get("nvram", "copy") == "copy"
    if inherited or _FIRMWARE_VARIABLES in draft.template.firmware:
        draft.inherit(_FIRMWARE_VARIABLES, original, value)
        draft.fill(holder, attribute, value, _FIRMWARE_VARIABLES, "copied to {}")
    else:
        draft.owned.append(value)
        draft.firmware[_FIRMWARE_VARIABLES] = value
        draft.fill(holder, attribute, value, _FIRMWARE_VARIABLES, "made new as {}")


def _stateless(loader: Element | None) -> bool:
    return loader is not None and (loader.get("stateless") == "yes" or loader_writable(loader))


def _code(draft: Draft, loader: Element | None) -> None:
    if loader is None or not tidy_text(loader):
        return
    if loader_writable(loader):
        draft.inherit("firmware", tidy_text(loader), path_of(_CODE))
        draft.fill(loader, "", path_of(_CODE), "firmware", "is writable, copied to {}")


def _tpm(draft: Draft, tpm: Element, where: str) -> None:
    backend = tpm.find("backend")
    if backend is None or backend.get("type") != "emulator":
        return
    if backend.find("encryption") is not None:
        draft.shared(where, "its state is encrypted with the template's secret")
    source = backend.find("source")
    if source is None:
        # libvirt keeps the state in a directory named after the machine's UUID, which is new.
        draft.changed(where, "starts empty")
        return
    original = source.get("path", "")
    value = draft.rename(original, path_of(f".{where.replace(' ', '')}"), owned=False)
    if draft.template.options.get("tpm", "empty") == "copy":
        draft.inherit(where, original, value)
        draft.fill(source, "path", value, where, "copied to {}")
    else:
        draft.owned.append(value)
        draft.fill(source, "path", value, where, "starts empty as {}")
