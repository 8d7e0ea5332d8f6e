"""The page "What if": a year of live recognition at other settings, on synthetic people."""
