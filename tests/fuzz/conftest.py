"""Everything in this folder is marked `fuzz`: `make fuzz` runs it, nothing else does."""

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "fuzz" in item.path.parts:
            item.add_marker(pytest.mark.fuzz)
