"""Carry out the use cases over the ports declared in ``ports``; knows no adapter and no face."""
