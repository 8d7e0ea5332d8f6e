"""Expected outcomes of a live scenario from closed forms, and the officers' queue by simulation."""
