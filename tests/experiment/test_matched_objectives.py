"""Every objective against a slow form of its formula, and what all of them have in common."""

from pathlib import Path

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize
from sentence_transformers.sentence_transformer.modules import Pooling

from pyterrier_optical.distill import DistillConfig, OpticalLoss
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.experiment.matched.names import OBJECTIVES, START
from pyterrier_optical.experiment.matched.objectives import build_objective, objective_options
from pyterrier_optical.maxsim import maxsim_reference

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
TRAINED = [name for name in OBJECTIVES if name != START]


def build(name, student, teachers, **options):
    return build_objective(name, objective_options(name, {}, {name: options}), student, teachers)


def value(name, batch, **options):
    student, teachers, _, columns = batch
    return build(name, student, teachers, **options)([dict(side) for side in columns]).item()


def pooled(model, texts):
    """Sentence vectors as the teacher's own sentence encoder makes them."""
    modules = [model[0], Pooling(16, pooling_mode="mean"), Normalize()]
    return SentenceTransformer(modules=modules, device="cpu").eval().encode(texts, convert_to_tensor=True)


def sides(rows):
    return [row["english"] for row in rows], [row["translation"] for row in rows]


def test_ot_is_the_optical_loss(matched_batch):
    student, teachers, _, columns = matched_batch
    assert value("ot", matched_batch) == OpticalLoss(student, teachers.teacher)(columns[:2]).item()


@pytest.mark.parametrize("plan", ["unbalanced", "uniform", "greedy"])
def test_other_plans_are_those_of_their_names(plan, matched_batch):
    student, teachers, _, columns = matched_batch
    assert value(plan, matched_batch) == OpticalLoss(student, teachers.teacher, plan=plan)(columns[:2]).item()
    assert value(plan, matched_batch) != pytest.approx(value("ot", matched_batch), rel=1e-3)


def test_ot_norm_gives_mass_by_norm(matched_batch):
    student, teachers, _, columns = matched_batch
    expected = OpticalLoss(student, teachers.teacher, marginals="norm")(columns[:2]).item()
    assert value("ot-norm", matched_batch) == expected != value("ot", matched_batch)


def test_optical_is_the_loss_of_the_second_model(matched_batch):
    student, teachers, _, columns = matched_batch
    loss = DistillConfig.from_yaml(CONFIGS / "optical-minilm-l6-v2.yaml").loss
    masses = {name: loss[name] for name in ("marginals", "sentence_weight")}
    expected = OpticalLoss(student, teachers.teacher, **masses)(columns[:2]).item()
    assert value("optical", matched_batch) == expected != value("ot-norm", matched_batch)


def test_mse_is_the_squared_distance_of_pooled_vectors(matched_batch):
    student, teachers, rows, _ = matched_batch
    english, translation = sides(rows)
    expected = (pooled(teachers.teacher, english) - pooled(student, translation)).pow(2).mean()
    assert value("mse", matched_batch) == pytest.approx(expected.item(), rel=1e-4)


def test_ranking_is_labses_loss_with_its_margin(matched_batch):
    student, _, rows, _ = matched_batch
    x, y = (pooled(student, side) for side in sides(rows)[::-1])
    margin, scale, losses = 0.2, 5.0, []
    for a, b in ((x, y), (y, x)):
        for i in range(len(a)):
            logits = [scale * (float(a[i] @ b[j]) - margin * (i == j)) for j in range(len(b))]
            losses.append(torch.tensor(logits).logsumexp(0) - logits[i])
    got = value("ranking", matched_batch, margin=margin, scale=scale)
    assert got == pytest.approx(torch.stack(losses).mean().item(), rel=1e-4)


def test_contrastive_asks_which_english_sentence_maxsim_prefers(matched_batch):
    student, _, rows, _ = matched_batch
    english, translation = ([student.encode_document(text) for text in side] for side in sides(rows))
    losses = []
    for i, query in enumerate(translation):
        scores = torch.tensor([maxsim_reference(query, document) for document in english])
        losses.append(scores.logsumexp(0) - scores[i])
    assert value("contrastive", matched_batch) == pytest.approx(torch.stack(losses).mean().item(), rel=1e-4)


def test_scores_are_the_teachers_ranking_and_a_fifth_of_them_is_in_optical_scores(matched_batch):
    student, teachers, rows, columns = matched_batch
    english, translation = sides(rows)
    targets, queries = teachers.teacher.encode_document(english), student.encode_document(translation)
    found, wanted = (
        torch.tensor([[20 * maxsim_reference(query, target) / len(query) for target in targets] for query in side])
        for side in (queries, targets)
    )
    p = wanted.softmax(1)
    divergence = (p * (p.log() - found.log_softmax(1))).sum(1).mean().item()
    assert value("scores", matched_batch) == pytest.approx(divergence, rel=1e-2)
    optical = OpticalLoss(student, teachers.teacher, marginals="norm", sentence_weight=1)(columns[:2]).item()
    whole = optical + 0.2 * value("scores", matched_batch)
    assert value("optical-scores", matched_batch) == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("name", ["ranking", "contrastive"])
def test_the_same_english_sentence_twice_is_no_negative(name, matched_batch):
    student, teachers, _, columns = matched_batch
    english, translation, own = ({k: v[:2] if hasattr(v, "shape") else v for k, v in c.items()} for c in columns)
    for key in ("input_ids", "attention_mask"):
        own[key] = own[key][:1].repeat(2, 1)
    # Nothing is left to be told from, so the loss of a softmax over one is 0.
    assert build(name, student, teachers)([english, translation, own]).item() == pytest.approx(0, abs=1e-6)


def test_a_sum_is_the_first_and_so_much_of_the_second(matched_batch):
    both = value("ot+contrastive", matched_batch, weight=0.25)
    assert both == pytest.approx(value("ot", matched_batch) + 0.25 * value("contrastive", matched_batch), rel=1e-5)


def test_mlm_guesses_with_the_word_embedding_and_asks_for_about_15_percent(matched_batch):
    student, teachers, _, columns = matched_batch
    loss = build("mlm", student, teachers)
    words = student[0].auto_model.get_input_embeddings().weight
    assert loss.head.decoder.weight is words
    torch.manual_seed(0)
    tokens = masked = asked = 0
    for _ in range(60):
        ids = columns[1]["input_ids"]
        changed, wanted = loss._masker.torch_mask_tokens(ids.clone(), special_tokens_mask=torch.zeros_like(ids).bool())
        tokens, asked = tokens + ids.numel(), asked + int((wanted != -100).sum())
        masked += int((changed == student.tokenizer.mask_token_id).sum())
    assert asked / tokens == pytest.approx(0.15, abs=0.02)
    assert masked / asked == pytest.approx(0.8, abs=0.06)
    special = torch.tensor(student.tokenizer.all_special_ids)
    _, wanted = loss._side(dict(columns[1]))
    assert not torch.isin(wanted, special).any()


def test_mlm_of_a_batch_with_nothing_masked_is_0_and_can_be_learnt_from(matched_batch):
    student, teachers, _, columns = matched_batch
    loss = build("mlm", student, teachers, probability=1e-9)([dict(side) for side in columns])
    loss.backward()
    assert loss.item() == 0


@pytest.mark.parametrize("name", TRAINED)
def test_every_objective_can_be_learnt_and_leaves_the_teacher_alone(name, matched_batch):
    student, teachers, _, columns = matched_batch
    before = {key: weight.clone() for key, weight in teachers.teacher.state_dict().items()}
    loss = build(name, student, teachers)
    optimizer = torch.optim.Adam(loss.parameters(), lr=3e-3)
    values = []
    for _ in range(25):
        optimizer.zero_grad()
        torch.manual_seed(0)  # the same tokens masked each time
        step = loss([dict(side) for side in columns])
        step.backward()
        optimizer.step()
        values.append(step.item())
    assert values[-1] < 0.9 * values[0]
    assert all(torch.equal(before[key], weight) for key, weight in teachers.teacher.state_dict().items())
    assert all(p.grad is None for p in teachers.teacher.parameters())


@pytest.mark.parametrize(
    "name, option, message",
    [
        ("ranking", {"magrin": 1}, "'ranking' has no option 'magrin': it takes margin, scale"),
        ("greedy", {"epsilon": 1}, "'greedy' has no option 'epsilon': it takes none"),
        ("ot+mse", {"wieght": 1}, "has no option 'wieght': it takes 'weight'"),
    ],
)
def test_unknown_options_are_named(name, option, message, matched_batch):
    student, teachers, *_ = matched_batch
    with pytest.raises(OpticalError, match=message):
        build(name, student, teachers, **option)
