"""Hub ids: from a name to a local snapshot folder, or to one clear sentence within seconds."""

import os
from collections.abc import Callable
from pathlib import Path

from pyterrier_optical.base.files import restore
from pyterrier_optical.base.waiting import within
from pyterrier_optical.errors import OpticalError, shown

PROBE_SECONDS = 6.0
CONVERT = "convert it, or choose another model"

# What a checkpoint needs; pickled weights and other frameworks' copies of them stay where they are.
_FILES = {
    "allow_patterns": ["*.json", "*.txt", "*.model", "*.spm", "*.safetensors", "artifact.metadata"],
    "ignore_patterns": ["onnx/*", "openvino/*", "coreml/*"],
}


def looks_like_path(name: str) -> bool:
    """Whether a model name can only be a path: a hub id is ``name`` or ``owner/name``.

    Example:
        >>> looks_like_path("./model"), looks_like_path("owner/name")
        (True, False)
    """
    return name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name or not name.strip()


def local_folder(
    model: str | os.PathLike,
    check: Callable[[Path], None],
    *,
    revision: str | None = None,
    remedy: str = CONVERT,
) -> Path:
    """The local folder of a model: the folder itself, or the snapshot of a hub id.

    Args:
        model: a folder or a hub id; a ``Path`` is always a folder.
        check: as for `snapshot`.
        revision: as for `snapshot`.
        remedy: as for `snapshot`.

    Raises:
        OpticalError: there is none, or it cannot be loaded safely.
    """
    folder = Path(model).expanduser()
    try:
        restore(folder)
        there = folder.is_dir()
    except OSError:  # a name that no file can have
        there = False
    if there:
        check(folder)
        return folder
    if isinstance(model, os.PathLike) or looks_like_path(model):
        raise OpticalError(
            f"No model folder {shown(str(model))}: give the path of an existing checkpoint folder or a hub id."
        )
    return snapshot(model, check, revision=revision, remedy=remedy)


def snapshot(
    name: str,
    check: Callable[[Path], None],
    *,
    revision: str | None = None,
    remedy: str = CONVERT,
) -> Path:
    """The local folder of a hub model: from the cache when it is there and complete, otherwise downloaded.

    Args:
        name: a hub id such as ``xlm-roberta-base`` or ``owner/name``.
        check: raises `OpticalError` on a folder that cannot be loaded; an incomplete cached copy is fetched anew.
        revision: a branch, a tag, a commit or a pull request (``refs/pr/1``) of the hub model; None for its main one.
        remedy: what the user is told to do about a model without safetensors weights.

    Raises:
        OpticalError: no such model or revision, no safetensors weights, or the hub cannot be reached (known after
            `PROBE_SECONDS`, not after minutes of retries).
    """
    here, refused = _cached(name, check, revision)
    if here is not None:
        return here

    from huggingface_hub import constants, snapshot_download

    if constants.HF_HUB_OFFLINE:
        if refused is not None:
            raise refused
        raise OpticalError(
            f"The model '{name}' is neither a local folder nor in the hub cache, and HF_HUB_OFFLINE is set: unset it, "
            "or give a local folder."
        )
    _probe(name, revision, remedy)
    try:
        # A file that is there is not fetched again by itself, damaged as it may be.
        folder = Path(snapshot_download(name, revision=revision, force_download=refused is not None, **_FILES))
    except Exception as error:  # the client's HTTP library has changed before, and its errors with it
        raise _unreachable(name, error) from error
    check(folder)
    return folder


def cached(name: str, check: Callable[[Path], None], revision: str | None = None) -> Path | None:
    """The local folder of a hub model that is in the cache and complete, else None; asks no network.

    Args:
        name: a hub id.
        check: raises `OpticalError` on a folder that cannot be loaded.
        revision: as for `snapshot`.

    Raises:
        OpticalError: the name is no hub id.
    """
    return _cached(name, check, revision)[0]


def _cached(name: str, check, revision: str | None) -> tuple[Path | None, OpticalError | None]:
    """The folder, if it is there and complete, and why it is not, if it is there and is not."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True, **_FILES))
        check(folder)
    except HFValidationError as error:
        raise OpticalError(
            f"No model folder {shown(name)}, and it is no hub id either: give an existing folder."
        ) from error
    except LocalEntryNotFoundError:
        return None, None
    except OpticalError as error:
        return None, error
    return folder, None


def _probe(name: str, revision: str | None, remedy: str) -> None:
    """Ask the hub about the model, and give up after `PROBE_SECONDS` whatever the network does."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        found = within(PROBE_SECONDS, lambda: HfApi().model_info(name, revision=revision, timeout=PROBE_SECONDS / 2))
    except GatedRepoError:
        raise OpticalError(
            f"The hub model '{name}' is gated: accept its terms and log in with 'hf auth login'."
        ) from None
    except RepositoryNotFoundError as error:
        raise OpticalError(f"No model '{name}': it is neither a local folder nor a public hub model.") from error
    except RevisionNotFoundError:
        raise OpticalError(
            f"The hub model '{name}' has no revision '{revision}': see its page for those it has."
        ) from None
    except Exception as error:
        raise _unreachable(name, error) from error
    if not any(file.rfilename.endswith(".safetensors") for file in found.siblings or []):
        raise OpticalError(f"The hub model '{name}' has no safetensors weights: {remedy}.")


def _unreachable(name: str, error: Exception) -> OpticalError:
    reason = str(error).strip().split("\n")[0][:120] or type(error).__name__
    return OpticalError(
        f"The model '{name}' is not on this machine and the hub cannot be reached ({reason}): give a local "
        "folder, or fetch the model once with a network."
    )
