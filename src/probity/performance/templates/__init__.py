"""Template sets: a laboratory's test vectors with ground truth, mapped from disk."""

from probity.performance.templates.template_set import TemplateSet, read_templates

__all__ = ["TemplateSet", "read_templates"]
