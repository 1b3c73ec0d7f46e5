"""Research beside the product: comparisons, figures, recipes. Not in the wheel."""
