"""Planted faults: breaches of rules and damage to a log, with the key that names them."""
