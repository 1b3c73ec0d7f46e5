"""Late interaction: what token vectors say of a query and a document."""
