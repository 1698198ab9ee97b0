"""The SQL log: tables, types and the case log on SQLite and PostgreSQL."""
