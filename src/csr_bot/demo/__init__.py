"""A world to try csr_bot in: mail server, ERP, portal, ledger and customers, all real servers on loopback ports."""
