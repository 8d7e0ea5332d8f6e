"""The live twin: one deployment of a scenario, watched as it happens."""
