"""Gather, decide, record: the steps of a case over the ports, without knowing what is behind them."""
