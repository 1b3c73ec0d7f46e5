"""A folder for ir_datasets, which makes one when it is imported and stops where it cannot."""

import atexit
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path


def make_importable() -> None:
    """Gives ir_datasets a folder until this process ends, where it may not write to its own.

    Its own is the environment variable ``IR_DATASETS_HOME``, else ``~/.ir_datasets``. A warning says so.
    """
    if "ir_datasets" in sys.modules:
        return
    try:
        home = Path(os.environ.get("IR_DATASETS_HOME") or Path.home() / ".ir_datasets")
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        folder = tempfile.mkdtemp(prefix="ir_datasets-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["IR_DATASETS_HOME"] = folder
        warnings.warn(
            f"ir_datasets cannot make its folder ({error}): until the end of this process it is {folder}; set "
            "IR_DATASETS_HOME to one that can be written to.",
            stacklevel=3,
        )
