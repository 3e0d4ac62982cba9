"""Write the sample template: a real machine small enough to run by the dozen."""

from .template import SamplePaths, write_sample

__all__ = ["SamplePaths", "write_sample"]
