"""Alembic migrations of the SQL log."""
