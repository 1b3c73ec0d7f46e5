"""Where a model runs, and in which precision."""

from pyterrier_optical.errors import OpticalError, shown


def check_dtype(dtype: str | None, *, int8: bool = True) -> None:
    """Refuse a precision that is not one of the choices.

    Args:
        dtype: None, "float32", "float16", "bfloat16" or "int8".
        int8: whether "int8" is one of them.

    Raises:
        OpticalError: ``dtype`` is none of them.
    """
    names = ("float32", "float16", "bfloat16", *(["int8"] if int8 else []))
    if dtype is not None and dtype not in names:
        choices = f"{', '.join(map(repr, (None, *names[:-1])))} or {names[-1]!r}"
        raise OpticalError(f"Unknown dtype {shown(dtype)}: choose {choices}.")


def placement(device: str | None, dtype: str | None) -> tuple[str, dict]:
    """The device to use, and the loading options that `from_pretrained` needs for the precision.

    Args:
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16", "bfloat16" or "int8" (loaded as float32); None is float32 on the CPU and the
            stored precision elsewhere.

    Raises:
        OpticalError: torch knows no such device or this machine has none, or it is no CPU and ``dtype`` is "int8".
    """
    import torch

    if not device:
        from sentence_transformers.util import get_device_name

        device = get_device_name()
    device = str(device)
    try:
        kind = torch.device(device).type
    except RuntimeError as error:
        raise OpticalError(f"Unknown device {shown(device)}: use 'cpu', 'cuda', 'cuda:1' or 'mps'.") from error
    if dtype == "int8":
        if kind != "cpu":
            raise OpticalError(
                f"dtype 'int8' is for the CPU, not for {shown(device)}: pass device='cpu' or another dtype."
            )
        dtype = "float32"
    try:
        torch.zeros(1, device=device)
    except Exception as error:  # each backend has its own kind of error
        raise OpticalError(
            f"This machine has no {kind.upper()} device {device!r}: use device='cpu', or None for what there is."
        ) from error
    # Left alone, from_pretrained keeps a half-precision checkpoint in half precision on the CPU too.
    precision = getattr(torch, dtype) if dtype else (torch.float32 if kind == "cpu" else "auto")
    return device, {"dtype": precision, "use_safetensors": True}
