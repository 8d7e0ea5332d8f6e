"""The pages "How it works": three systems, and what exists about somebody at each moment."""
