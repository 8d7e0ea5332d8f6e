"""Evidence as one directory that anybody can check: data, claims, verdicts, report, digests."""
