"""The machine: what runs, listens, sends and ticks."""

__version__ = "0.1.0"
