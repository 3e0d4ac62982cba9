"""Carry out plans, machine by machine, and keep a ledger of each."""
