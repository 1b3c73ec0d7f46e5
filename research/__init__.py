"""Research beside the product: recipes, the matched comparison. Not in the wheel."""
