"""The described systems at work on synthetic people: random vectors, no image anywhere."""
