"""The aligned start: the teacher's body and vocabulary in XLM-R architecture, with multilingual pieces added.

Each added piece begins as the average of the teacher's embeddings of the English pieces it is aligned with in the
bitext (trans-tokenisation, Remy et al. 2024). English text is cut as the teacher cuts it and passes through the
teacher's own weights, so it gets the teacher's vectors exactly, before any training; with `worth` a few rare English
words, names mostly, are cut differently for the sake of the other languages' common words.
"""

import logging
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyterrier as pt
import torch
from scipy import sparse

from pyterrier_optical.distill.alignment import align_pieces
from pyterrier_optical.distill.vocabulary import (
    SPECIAL_TOKENS,
    drop_pieces_that_cut,
    extend_tokenizer,
    learn_pieces,
    piece_counts,
    with_both_positions,
    word_counts,
)
from pyterrier_optical.errors import OpticalError, shown

logger = logging.getLogger(__name__)

FREQUENT_WORDS = 20_000  # of each host language, which guests leave as they are


@dataclass(frozen=True)
class TransplantOptions:
    """How a transplant is made.

    Attributes:
        body: The BERT whose body, vocabulary and rows are taken, given as a teacher is; None: the teacher itself. The
            student of a body of another width than the teacher's ends in a dense layer.
        pieces_per_language: Pieces learnt per language before those the teacher has, and those that would cut English
            words differently, are left out.
        pieces: Other numbers for some languages, by code.
        guests: Languages whose pieces may not change how frequent words of the other languages are cut, as no
            language's may with English words: they cost the others nothing but room.
        worth: A piece that cuts some words of English, or a guest's some of the hosts', differently is left out unless
            its own languages use it so many times as often as these words occur; above 0. None: it is always left out.
        pairs: At most so many pairs per language are read.
        alignment_cells: Co-occurrences of pieces counted per language (see `align_pieces`).
        alignment_rounds: Rounds of expectation maximisation.
        sharpness: P(e | f) is raised to this power before averaging; above 1 the likeliest translations dominate.
        backward: P(f | e) is raised to this power and multiplied in: an English piece that stands beside everything
            explains nothing.
        translations: An added piece averages at most so many English pieces.
        seed: Seed of the sample of pairs.
    """

    body: str | None = None
    pieces_per_language: int = 4000
    pieces: dict = field(default_factory=dict)
    guests: list = field(default_factory=list)
    worth: float | None = 20
    pairs: int = 40_000
    alignment_cells: int = 6_000_000
    alignment_rounds: int = 5
    sharpness: float = 1.0
    backward: float = 0.5
    translations: int = 16
    seed: int = 13

    def __post_init__(self):
        if self.worth is not None and not self.worth > 0:
            raise OpticalError(
                f"'worth' under 'transplant' must be above 0, not {shown(self.worth)}: write null to drop them."
            )


@dataclass
class Transplant:
    """A student that starts as the teacher, and how it came about.

    Attributes:
        model: A `sentence_transformers.MultiVectorEncoder` of XLM-R architecture.
        added: The pieces added, in the order of their ids.
        report: Counts per language, as plain data.
    """

    model: object
    added: list[str]
    report: dict = field(default_factory=dict)


def transplant(teacher, bitext: Mapping[str, Iterable[tuple[str, str]]], options: TransplantOptions | None = None):
    """Makes a student out of a teacher and bitext.

    Args:
        teacher: A `MultiVectorEncoder` (or `SentenceTransformer`) whose first module is an uncased BERT.
        bitext: For each language code, its (English, translation) pairs.
        options: See `TransplantOptions`.

    Returns:
        A `Transplant`.

    Raises:
        OpticalError: If the teacher is not a BERT with an uncased WordPiece tokenizer.
    """
    options = options or TransplantOptions()
    body, wordpiece = _bert_parts(teacher)
    pairs = {lang: _sample(rows, options) for lang, rows in bitext.items()}

    known = wordpiece.get_vocab()
    learnt = _learn_pieces(pairs, options)
    english = _english_words(wordpiece, pairs)
    spoken = {lang: word_counts(x for _, x in rows) for lang, rows in pairs.items()}
    hosts = [lang for lang in pairs if lang not in options.guests]
    candidates = _new_pieces(learnt, hosts, known)
    kept = _harmless(wordpiece, candidates, english, [spoken[lang] for lang in hosts], options)
    host_tokenizer = extend_tokenizer(wordpiece, kept)
    guest_candidates = _new_pieces(learnt, options.guests, host_tokenizer.get_vocab())
    others = sum((Counter(dict(spoken[lang].most_common(FREQUENT_WORDS))) for lang in hosts), start=english)
    guests = [spoken[lang] for lang in options.guests if lang in spoken]
    kept_guests = _harmless(host_tokenizer, guest_candidates, others, guests, options)
    left_out = len(candidates) + len(guest_candidates) - len(kept) - len(kept_guests)
    kept += kept_guests
    tokenizer = extend_tokenizer(wordpiece, kept)
    logger.info("%d pieces added, %d left out because they would cut other words differently", len(kept), left_out)

    counts = sparse.csr_matrix((tokenizer.get_vocab_size(), len(known)))
    report = {
        "teacher_rows": len(known),
        "added_pieces": len(kept),
        "left_out": left_out,
        "languages": {},
    }
    for lang, rows in pt.tqdm(pairs.items(), desc="aligning pieces", unit="language"):
        source = [e.ids for e in wordpiece.encode_batch([e for e, _ in rows], add_special_tokens=False)]
        translation = [e.ids for e in tokenizer.encode_batch([x for _, x in rows], add_special_tokens=False)]
        counts = counts + align_pieces(
            source,
            translation,
            counts.shape,
            rounds=options.alignment_rounds,
            max_cells=options.alignment_cells,
        )
        unknown = sum(ids.count(known["[UNK]"]) for ids in translation) / max(1, sum(map(len, translation)))
        report["languages"][lang] = {
            "pairs": len(rows),
            "tokens_per_pair": round(sum(map(len, translation)) / max(1, len(rows)), 2),
            "unknown_tokens": round(unknown, 5),
        }
    # Not [PAD], not [unused7]; in order, for a vocabulary has none and sums depend on it in their last digits.
    ordinary = sorted(i for piece, i in known.items() if not piece.startswith("["))
    rows = start_rows(body.embeddings.word_embeddings.weight.detach().float().numpy(), ordinary, counts, options)
    model = _assemble(teacher, body, tokenizer, rows)
    return Transplant(model, kept, report)


def start_rows(
    teacher_rows: np.ndarray, ordinary: list[int], counts: sparse.csr_matrix, options: TransplantOptions
) -> np.ndarray:
    """The added pieces' embeddings: averages of the teacher's rows by P(e | f) ** sharpness * P(f | e) ** backward.

    An average of many rows is shorter than any of them; each is drawn out to the teacher's median length, because the
    body's position embeddings are added to it and would otherwise drown it.

    Args:
        teacher_rows: (n_teacher, d) float32.
        ordinary: Indices of the rows that stand for text; length and mean are taken over these.
        counts: (n_teacher + n_added, n_teacher) expected alignment counts.
        options: `sharpness`, `backward` and `translations` are used.

    Returns:
        (n_added, d) float32. A piece never aligned gets the mean of the teacher's rows.
    """
    n_teacher = len(teacher_rows)
    length = np.median(np.linalg.norm(teacher_rows[ordinary], axis=1))
    of_english = np.asarray(counts.sum(0)).ravel()
    added = np.tile(teacher_rows[ordinary].mean(0), (counts.shape[0] - n_teacher, 1))
    for i in range(len(added)):
        row = counts.getrow(n_teacher + i)
        if row.nnz == 0:
            continue
        weight = (row.data / row.data.sum()) ** options.sharpness
        weight *= (row.data / np.maximum(of_english[row.indices], 1e-9)) ** options.backward
        top = np.argsort(-weight)[: options.translations]
        if weight[top].sum() > 0:
            added[i] = weight[top] @ teacher_rows[row.indices[top]] / weight[top].sum()
    return (added * (length / np.maximum(np.linalg.norm(added, axis=1, keepdims=True), 1e-6))).astype(np.float32)


def _bert_parts(teacher):
    transformer = teacher[0]
    body = getattr(transformer, "auto_model", None) or getattr(transformer, "model", None)
    backend = getattr(teacher.tokenizer, "backend_tokenizer", None)
    if (
        body is None
        or body.config.model_type != "bert"
        or backend is None
        or type(backend.model).__name__ != "WordPiece"
    ):
        raise OpticalError(
            "Only a BERT with an uncased WordPiece tokenizer can be transplanted: name one as 'body' under "
            "'transplant', or use a multilingual checkpoint as the student (student: xlm-roberta-base)."
        )
    return body, backend


def _sample(rows: Iterable[tuple[str, str]], options: TransplantOptions) -> list[tuple[str, str]]:
    rows = list(rows)
    return random.Random(options.seed).sample(rows, min(len(rows), options.pairs))


def _learn_pieces(pairs: Mapping[str, list[tuple[str, str]]], options: TransplantOptions) -> dict[str, list[str]]:
    learnt = {}
    for lang, rows in pt.tqdm(pairs.items(), desc="learning pieces", unit="language"):
        size = options.pieces.get(lang, options.pieces_per_language)
        learnt[lang] = with_both_positions(learn_pieces([x for _, x in rows], size))
    return learnt


def _new_pieces(learnt: Mapping[str, list[str]], langs: Iterable[str], known: Mapping[str, int]) -> list[str]:
    pieces = dict.fromkeys(piece for lang in langs for piece in learnt.get(lang, ()))
    return [piece for piece in pieces if piece not in known]


def _harmless(
    base, candidates: list[str], words: Counter, spoken: list[Counter], options: TransplantOptions
) -> list[str]:
    """The candidates that leave words as `base` cuts them, or are worth it: see `TransplantOptions.worth`."""
    uses = None
    if options.worth is not None:
        extended = extend_tokenizer(base, candidates)
        uses = Counter()
        for counts in spoken:
            uses.update(piece_counts(extended, counts))
        uses = {piece: count / options.worth for piece, count in uses.items()}
    return drop_pieces_that_cut(base, candidates, words, uses=uses)


def _english_words(wordpiece, pairs) -> Counter:
    words = Counter(
        piece for piece in wordpiece.get_vocab() if not piece.startswith("##") and piece not in SPECIAL_TOKENS
    )
    # Row-parallel sources say the same English sentence in every language.
    for english in {english for rows in pairs.values() for english, _ in rows}:
        words.update(english.split())
    # English sides quote other scripts; a piece of such a quotation is no harm to English.
    return Counter({word: count for word, count in words.items() if max(word) < "\u0300"})


def _assemble(teacher, body, tokenizer, added_rows: np.ndarray):
    """Puts the teacher's weights into XLM-R architecture, with the longer vocabulary."""
    import tempfile

    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    bert = body.config
    config = XLMRobertaConfig(
        vocab_size=bert.vocab_size + len(added_rows),
        hidden_size=bert.hidden_size,
        num_hidden_layers=bert.num_hidden_layers,
        num_attention_heads=bert.num_attention_heads,
        intermediate_size=bert.intermediate_size,
        hidden_act=bert.hidden_act,
        hidden_dropout_prob=bert.hidden_dropout_prob,
        attention_probs_dropout_prob=bert.attention_probs_dropout_prob,
        layer_norm_eps=bert.layer_norm_eps,
        # XLM-R counts positions from padding_idx + 1, BERT from 0.
        max_position_embeddings=bert.max_position_embeddings + bert.pad_token_id + 1,
        type_vocab_size=1,
        pad_token_id=bert.pad_token_id,
        bos_token_id=tokenizer.token_to_id("[CLS]"),
        eos_token_id=tokenizer.token_to_id("[SEP]"),
    )
    student = XLMRobertaModel(config)
    for unused in student.pooler.parameters():  # left out of the file, loading would draw it at random
        torch.nn.init.zeros_(unused)
    weights = {name: value for name, value in body.state_dict().items() if not name.startswith("pooler.")}
    weights = {name: value.float() for name, value in weights.items() if "position_ids" not in name}
    words = "embeddings.word_embeddings.weight"
    weights[words] = torch.cat([weights[words], torch.from_numpy(added_rows)])
    positions = "embeddings.position_embeddings.weight"
    weights[positions] = torch.cat([torch.zeros(bert.pad_token_id + 1, bert.hidden_size), weights[positions]])
    types = "embeddings.token_type_embeddings.weight"
    weights[types] = weights[types][:1]
    missing, unexpected = student.load_state_dict(weights, strict=False)
    expected = ("position_ids", "token_type_ids", "pooler.")
    unfilled = [name for name in (*missing, *unexpected) if not any(part in name for part in expected)]
    if unfilled:
        raise OpticalError(f"The teacher's weights do not fit XLM-R's architecture (one misfit: {unfilled[0]!r}).")

    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
        model_max_length=bert.max_position_embeddings,
        model_input_names=["input_ids", "attention_mask"],
    )
    with tempfile.TemporaryDirectory() as folder:
        student.save_pretrained(folder)
        fast.save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=teacher.max_seq_length)
    return MultiVectorEncoder(
        modules=[transformer, Normalize(module_input_name="token_embeddings"), MultiVectorMask()], device="cpu"
    )
