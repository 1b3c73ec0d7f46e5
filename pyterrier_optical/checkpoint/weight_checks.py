"""What the weights of a checkpoint must be: safetensors inside the folder, one tensor for each of the model, finite."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from pyterrier_optical.errors import OpticalError

_PICKLED = ("pytorch_model*.bin", "adapter_model*.bin", "*.pt", "*.pth")
_LOADING = threading.RLock()


def check_weight_files(place: Path) -> None:
    """Refuses a folder whose weights are pickled, or whose list of shards leads to pickled files or out of the folder.

    Args:
        place: The folder of one module.

    Raises:
        OpticalError: One sentence that names the file.
    """
    for index in sorted(place.glob("*.safetensors.index.json")):
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
            bad = next((name for name in sorted(shards) if not _is_inside(name) or not (place / name).is_file()), None)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise OpticalError(f"The file '{index}' is damaged: fetch or save the model again.") from error
        if bad is not None:
            raise OpticalError(
                f"The file '{index}' names {bad!r:.80}, which is no safetensors file of its folder: fetch or save the "
                "model again."
            )
    pickled = sorted(path for kind in _PICKLED for path in place.glob(kind))
    if pickled and not any(place.glob("*model*.safetensors")):
        raise OpticalError(
            f"The weights in '{place}' are pickled only ({pickled[0].name}), which could run code: save them as "
            "safetensors first."
        )


def check_layers(place: Path) -> None:
    """Refuses a configuration with more layers than there are tensors: building it could take for ever.

    Raises:
        OpticalError: It names the option.
    """
    from safetensors import safe_open

    try:
        config = json.loads((place / "config.json").read_text(encoding="utf-8"))
        tensors = 0
        for path in place.glob("*.safetensors"):
            with safe_open(path, framework="np") as file:
                tensors += len(file.keys())
    except Exception:  # what cannot be read is refused when it is loaded
        return
    for name, value in _options(config):
        if name.endswith(("layers", "n_layer")) and isinstance(value, int) and value > tensors:
            raise OpticalError(
                f"The file '{place / 'config.json'}' says {name}={value} and the weights have {tensors} tensors: fetch "
                "or save the model again."
            )


@contextmanager
def strictly() -> Iterator[None]:
    """Within it, transformers' `from_pretrained` refuses weights that lack tensors of the model or hold others.

    Without it, what is missing is drawn at random and what is left over is ignored. A pooler, which no score reads, may
    be missing; a task's head that the model does not have, and a buffer that it makes itself (position numbers), may be
    left over. Only the calling thread is concerned.

    Raises:
        OpticalError: From `from_pretrained`; it names the first tensor.
    """
    from transformers import PreTrainedModel

    with _LOADING:
        own, thread = PreTrainedModel.__dict__["from_pretrained"], threading.get_ident()

        def from_pretrained(cls, *args, output_loading_info: bool = False, **options):
            loaded = own.__func__(cls, *args, output_loading_info=True, **options)
            if threading.get_ident() == thread:
                _check_report(*loaded)
            return loaded if output_loading_info else loaded[0]

        PreTrainedModel.from_pretrained = classmethod(from_pretrained)
        try:
            yield
        finally:
            PreTrainedModel.from_pretrained = own


def check_finite(model, folder: Path) -> None:
    """Refuses weights with a number that is not finite.

    Args:
        model: A loaded `nn.Module`.
        folder: Named in the message.

    Raises:
        OpticalError: It names the first such tensor.
    """
    import torch

    for name, tensor in chain(model.named_parameters(), model.named_buffers()):
        # The extremes are NaN where any number is: one pass, and no mask.
        if tensor.is_floating_point() and tensor.numel() and not torch.stack(tensor.aminmax()).isfinite().all():
            raise OpticalError(
                f"The weights in '{folder}' are not finite (first in {name!r}): fetch or save the model again."
            )


def _check_report(model, report: dict) -> None:
    prefix = f"{model.base_model_prefix}." if getattr(model, "base_model_prefix", "") else ""
    parts = {name for name, _ in chain(model.named_children(), model.named_parameters(recurse=False))}
    buffers = {name.removeprefix(prefix) for name, _ in model.named_buffers()}

    def part(name: str) -> str:
        return name.removeprefix(prefix).split(".")[0]

    missing = sorted(name for name in report["missing_keys"] if part(name) != "pooler")
    unexpected = [name for name in report["unexpected_keys"] if part(name) in parts]
    unexpected = sorted(name for name in unexpected if name.removeprefix(prefix) not in buffers)
    for names, what in ((missing, "lack"), (unexpected, "hold more than the configuration says:")):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise OpticalError(
                f"The weights in '{model.name_or_path}' {what} {names[0]!r}{more}: fetch or save the model again."
            )


def _is_inside(name: str) -> bool:
    return name.endswith(".safetensors") and Path(name).name == name and "\\" not in name


def _options(config) -> Iterator[tuple[str, object]]:
    for name, value in config.items():
        yield name, value
        if isinstance(value, dict):
            yield from _options(value)
