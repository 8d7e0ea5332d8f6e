"""The local app: the evidence site on loopback, and views that compute."""
