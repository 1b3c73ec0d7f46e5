"""The collections of cross-lingual retrieval that ir_datasets has, and those of local files that it lacks."""
