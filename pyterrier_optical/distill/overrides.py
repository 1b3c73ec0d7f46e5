"""A run's configuration from a YAML file and options of the command line, or from the options alone."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyterrier_optical.distill.config import BitextConfig, DistillConfig, expand
from pyterrier_optical.errors import OpticalError, shown


def configured(
    config: str | Path | None = None,
    *,
    student: str | None = None,
    teacher: str | None = None,
    output: str | Path | None = None,
    bitext: str | Path | None = None,
    languages: Sequence[str] | None = None,
) -> DistillConfig:
    """A configuration with some of its options replaced; an option that is None leaves it as it is.

    Args:
        config: A YAML file; None: the defaults, for which ``output`` and ``bitext`` must be given.
        student: A multilingual checkpoint (folder or hub id).
        teacher: "start", a checkpoint folder, a hub id, or an installed package that carries a model.
        output: Folder of the run.
        bitext: A folder of `<source>/<lang>.tsv.gz` files, in the place of all bitext of the configuration.
        languages: The languages to learn; None with ``bitext``: those of the configuration, or else all in the folder.

    Returns:
        The configuration.

    Raises:
        OpticalError: The configuration cannot be read, or something that a run must have is missing.

    Example:
        >>> config = configured(student="xlm-roberta-base", teacher="colbert-ir/colbertv2.0",
        ...                     output="runs/xlmr", bitext="bitext", languages=["sw", "so"])
        >>> config.student, config.bitext.languages
        ('xlm-roberta-base', ['sw', 'so'])
    """
    if config is None and not (output and bitext):
        raise OpticalError("Without a configuration file a run needs --output FOLDER and --bitext FOLDER.")
    settings = DistillConfig(output=str(output)) if config is None else DistillConfig.from_yaml(config)
    given: dict[str, Any] = {"student": student, "teacher": teacher, "output": None if output is None else str(output)}
    return dataclasses.replace(
        settings,
        bitext=_bitext(settings.bitext, bitext, languages),
        **{name: value for name, value in given.items() if value is not None},
    )


def _bitext(settings: BitextConfig, folder: str | Path | None, languages: Sequence[str] | None) -> BitextConfig:
    if folder is not None:
        languages = languages or settings.languages or _languages_in(folder)
        return dataclasses.replace(settings, folder=str(folder), languages=list(languages), files=[], sources=[])
    if not languages:
        return settings
    files = [entry for entry in settings.files if entry["lang"] in languages]
    if settings.folder is None:
        for lang in languages:
            if lang not in [entry["lang"] for entry in files]:
                raise OpticalError(f"The configuration has no bitext for {shown(lang)}: give --bitext FOLDER as well.")
        return dataclasses.replace(settings, files=files)
    from_files = {entry["lang"] for entry in files}
    in_folder = [lang for lang in languages if lang in settings.languages or lang not in from_files]
    return dataclasses.replace(settings, files=files, languages=in_folder)


def _languages_in(folder: str | Path) -> list[str]:
    found = {path.name.removesuffix(".tsv.gz") for path in Path(expand(str(folder))).glob("*/*.tsv.gz")}
    if not found:
        raise OpticalError(f"The folder '{folder}' holds no <source>/<lang>.tsv.gz: give --bitext another folder.")
    return sorted(found - {"en"})
