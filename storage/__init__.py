"""The memory: every table, every query. Nothing else knows the database."""
