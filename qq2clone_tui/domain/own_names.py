"""Recognise, by its name alone, a file that looks as if it had been made for a clone or a template."""

import re

from .names import MAX_LENGTH

__all__ = ["base_of", "is_disk", "looks_like_ours", "named_after", "version_of"]

_NAME = rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{MAX_LENGTH - 1}}}"
_NUMBER = r"[1-9][0-9]{0,8}"
_TARGET = r"[A-Za-z0-9_-]{1,32}"
_AGAIN = r"(\.[A-Za-z0-9-]+)?"
"""What tells a disk's file from the one it replaces: ``.r2``, ``.merged``."""
_DISK = rf"\.(?P<target>{_TARGET}){_AGAIN}\.qcow2"
_STATE = r"_VARS\.(fd|json)|_CODE\.fd|\.tpm[0-9]+|\.(pstore|memory)[0-9]+\.raw|\.save"
_OF_MACHINE = re.compile(rf"{_DISK}|{_STATE}", re.ASCII)
_CLONE = re.compile(rf"(?P<template>{_NAME})-{_NUMBER}({_DISK}|{_STATE})", re.ASCII)
_VERSION = re.compile(rf"(?P<template>{_NAME})\.v(?P<number>{_NUMBER})({_DISK}|{_STATE})", re.ASCII)
_BASE = re.compile(rf"(?P<template>{_NAME})\.(?P<target>{_TARGET})\.base(-[0-9]+)?{_AGAIN}\.qcow2", re.ASCII)


def looks_like_ours(name: str, template: str = "") -> bool:
    """Tell whether a file name is one that this program gives: a clone's, a version's or a copied base image's.

    Args:
        name: without its directory.
        template: the only template that counts; empty for any.
    """
    found = _VERSION.fullmatch(name) or _BASE.fullmatch(name) or _CLONE.fullmatch(name)
    return found is not None and template in ("", found["template"])


def version_of(name: str, template: str) -> tuple[int, str] | None:
    """Return number and device name when a file is called like a disk of a version of a template."""
    found = _VERSION.fullmatch(name)
    if found is None or found["template"] != template or not found["target"]:
        return None
    return int(found["number"]), str(found["target"])


def base_of(name: str, template: str) -> str:
    """Return the device name when a file is called like a base image copied for a template, else nothing."""
    found = _BASE.fullmatch(name)
    return str(found["target"]) if found is not None and found["template"] == template else ""


def is_disk(path: str, target: str) -> bool:
    """Tell whether a file is called as the one that holds a machine's disk with some device name is."""
    return re.search(rf"\.{re.escape(target)}{_AGAIN}\.qcow2\Z", path, re.ASCII) is not None


def named_after(name: str, machine: str) -> bool:
    """Tell whether a file is called as a file of a machine's own is, and not as a file of another machine.

    Args:
        name: without its directory.
        machine: the machine's name.
    """
    rest = name.removeprefix(machine)
    return rest != name and bool(_OF_MACHINE.fullmatch(rest))
