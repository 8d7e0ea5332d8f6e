"""Identification (1:N, open set): FPIR and TPIR against threshold, rank and gallery size."""
