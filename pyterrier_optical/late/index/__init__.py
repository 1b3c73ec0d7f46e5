"""The token vectors of documents, in memory or on disk: how they are encoded, stored, changed and searched."""
