"""Run other programs: the one package that does.

No shell is ever involved unless the user wrote the line for one, so names reach a program exactly
as they are. Each module is one manner of running: captured to the end, and others beside it.
"""

from .captured import Completed, failure, find_program, run, run_checked

__all__ = ["Completed", "failure", "find_program", "run", "run_checked"]
