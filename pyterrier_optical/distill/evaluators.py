"""What is watched while a student learns: bitext retrieval for every language, ranking where there are judgments."""

from collections.abc import Mapping, Sequence

import pandas as pd
from sentence_transformers.base.evaluation import BaseEvaluator

from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.maxsim import maxsim_matrix
from pyterrier_optical.retrieve.exhaustive import exhaustive_run, ranking_quality


class BitextRetrieval(BaseEvaluator):
    """Accuracy at 1 of finding a sentence's English translation among all held-out English sentences of its language.

    Args:
        heldout: For each language, (English, translation) pairs that the student does not learn from.
        teacher: Encodes the English side; its vectors are computed once.
    """

    def __init__(self, heldout: Mapping[str, Sequence[tuple[str, str]]], teacher):
        super().__init__()
        self.heldout = {lang: pairs for lang, pairs in heldout.items() if pairs}
        self.teacher = teacher
        self.primary_metric = "bitext_mean"
        self._english: dict = {}

    def __call__(self, model, output_path=None, epoch: int = -1, steps: int = -1) -> dict[str, float]:
        """Accuracies per language, and their mean."""
        encoder = TokenEncoder(model)
        scores = {}
        for lang, pairs in self.heldout.items():
            if lang not in self._english:
                self._english[lang] = TokenEncoder(self.teacher).documents([english for english, _ in pairs])
            matrix = maxsim_matrix(encoder.queries([x for _, x in pairs]), self._english[lang])
            best = matrix.argmax(1).tolist()
            # Two held-out pairs may share their English side: either is right.
            hits = [pairs[i][0] == pairs[j][0] for i, j in enumerate(best)]
            scores[f"bitext_{lang}"] = sum(hits) / len(hits)
        scores[self.primary_metric] = sum(scores.values()) / max(1, len(scores))
        return scores


class DatasetRanking(BaseEvaluator):
    """AP on MTOP and nDCG@10 on other data sets, with every document ranked for every query.

    On MTOP a query's own translation is left out, since finding it is what the student is trained for; AP there asks
    for utterances of the same intent.

    Args:
        names: PyTerrier data set names (`optical:mtop/hi/dev/split`, ...).
    """

    def __init__(self, names: Sequence[str]):
        super().__init__()
        self.names = list(names)
        self.primary_metric = "ranking_mean"

    def __call__(self, model, output_path=None, epoch: int = -1, steps: int = -1) -> dict[str, float]:
        """The measure per data set, and the mean."""
        scores = {name.removeprefix("optical:"): self.score(name, model) for name in self.names}
        scores[self.primary_metric] = sum(scores.values()) / max(1, len(scores))
        return scores

    def score(self, name: str, model) -> float:
        """The measure on one data set."""
        dataset = named_dataset(name)
        documents = pd.DataFrame(dataset.get_corpus_iter(verbose=False))
        run = exhaustive_run(dataset.get_topics(), documents, TokenEncoder(model))
        return ranking_quality(dataset, run)
