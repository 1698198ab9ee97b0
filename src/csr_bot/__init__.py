"""csr_bot resolves customer service requests of finance shared services: mail and portals in, ledger and ERP read, decisions recorded."""

__version__ = "0.1.0"
