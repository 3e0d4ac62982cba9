"""Speak to libvirt; the only package that imports it."""
