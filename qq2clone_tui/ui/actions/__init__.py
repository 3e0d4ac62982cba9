"""Carry out the commands of the command table, one class a noun."""
