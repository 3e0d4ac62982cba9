"""Offer every verb to scripts, over the same engine as the full-screen app."""
