"""Performance testing at scale: scores and templates to the rates of ISO/IEC 19795."""
