"""Decide what is done to clones, and which are made."""
