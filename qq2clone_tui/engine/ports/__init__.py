"""Declare, as Protocols, exactly the calls the engine makes on the world outside.

Every method raises only errors of ``domain.errors``: adapters translate at the edge. All methods
are synchronous, may block, and may be called from several threads at once.
"""
