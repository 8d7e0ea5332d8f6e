"""A test laboratory's scores or templates, with ground truth, to ISO/IEC 19795 error rates."""
