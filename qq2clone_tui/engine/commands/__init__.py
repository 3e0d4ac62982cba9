"""Run commands of the user's, once a machine."""
