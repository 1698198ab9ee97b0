"""How fast invoices are matched, and that none is taken for another."""
