"""The review console: the SQL log as pages for people. Reads only; what may be done here is decided in ``flow``."""
