"""The start that all runs share: made once, and recognised again by a later version of this package."""

import hashlib
import json
from pathlib import Path

from pyterrier_optical.checkpoints import CHECKPOINT_FILE, read_checkpoint_info
from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.experiment.matched.config import MatchedConfig


def plain(values: dict) -> dict:
    """Settings as JSON gives them back.

    Example:
        >>> plain({"seeds": (1, 2)})
        {'seeds': [1, 2]}
    """
    return json.loads(json.dumps(values))


def with_defaults(found: dict, wanted: dict) -> dict:
    """Settings that were stored by a version that knew fewer options, these having had their defaults then.

    Args:
        found: What was stored; sections are named as in a `MatchedConfig`.
        wanted: What it is to be compared with; options that it lacks are left out.
    """
    defaults = plain(MatchedConfig(output="").to_dict())
    # A start's recipe leaves out what is None, and before there was this option it was as None is now.
    defaults["transplant"]["worth"] = None
    filled = {}
    for name, value in found.items():
        if isinstance(value, dict) and isinstance(defaults.get(name), dict) and name in wanted:
            known = {**defaults[name], **value}
            value = {option: known[option] for option in wanted[name] if option in known}
        filled[name] = value
    return filled


def made_start(config: DistillConfig) -> Path | None:
    """The folder of a start that was made by the same recipe; None where there is none.

    A transplant that another version makes need not be the same one, so runs must not fall back on making it.
    """
    folder = Path(expand(config.output)) / "start"
    info = read_checkpoint_info(folder) if (folder / CHECKPOINT_FILE).is_file() else None
    recipe = (info or {}).get("recipe")
    if not isinstance(recipe, dict):
        return None
    whole = plain(config.to_dict())
    wanted = {name: whole[name] for name in ("teacher", "bitext", "transplant")}
    found = {"teacher": recipe.get("teacher"), "bitext": recipe.get("bitext"), "transplant": recipe.get("options")}
    return folder if with_defaults(found, wanted) == wanted else None


def fingerprint(folder: Path | None) -> str | None:
    """A start's weights in few letters; None for no start."""
    if folder is None:
        return None
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), folder / "tokenizer.json"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
