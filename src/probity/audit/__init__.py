"""A written policy as rules, executed over the event log of a facial recognition system."""
