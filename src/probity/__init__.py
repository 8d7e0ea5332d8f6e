"""Evidence that a facial recognition system does what its operator says."""
