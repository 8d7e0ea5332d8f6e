"""One chart per file: data in, a Vega-Lite specification with its data table out."""
