"""`distill --student xlm-roberta-base --teacher colbert-ir/colbertv2.0`, with checkpoints of exactly their formats."""

import gzip
import itertools

import numpy as np
import pandas as pd
import pytest
import tiny_hub
import torch
import yaml
from safetensors.torch import load_file
from typer.testing import CliRunner

from pyterrier_optical import OpticalReranker, cli
from pyterrier_optical.checkpoint.folder import load_encoder, read_checkpoint_info
from pyterrier_optical.late.encoder import TokenEncoder

pytestmark = pytest.mark.slow

ENGLISH = {"cat": "paka", "river": "mto", "water": "maji", "bread": "mkate", "mountain": "mlima", "dog": "mbwa"}


@pytest.fixture
def bitext(tmp_path):
    """A folder of bitext: three words a sentence."""
    rows = [
        (f"the {a} runs near the {b}.", f"{ENGLISH[a]} hupita {ENGLISH[b]}.")
        for a, b in itertools.permutations(ENGLISH, 2)
    ]
    path = tmp_path / "bitext" / "invented" / "sw.tsv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("".join(f"{e}\t{x}\n" for e, x in rows).encode()))
    return path.parent.parent


def test_the_teacher_reads_as_stanfords_checkpoint_says(tmp_path):
    folder = tiny_hub.colbert_v2(tmp_path / "colbertv2.0")
    teacher = TokenEncoder(load_encoder(folder, device="cpu"))
    query, document = teacher.queries(["the cat"])[0], teacher.documents(["the cat."])[0]
    assert query.shape == (32, 128), "a query is expanded to 32 tokens"
    assert len(document) == 5, "[CLS] [D] the cat [SEP]; the full stop does not score"
    ids = teacher.model.preprocess(["cat"], prompt=teacher.model.prompts["document"], task="document")["input_ids"][0]
    assert teacher.model.tokenizer.convert_ids_to_tokens(ids.tolist()) == ["[CLS]", "[unused1]", "cat", "[SEP]"]


def test_the_student_takes_the_body_of_the_masked_language_model(tmp_path):
    folder = tiny_hub.xlm_roberta_base(tmp_path / "xlm-roberta-base")
    student = load_encoder(folder, device="cpu")
    stored = load_file(folder / "model.safetensors")
    for name, value in student.transformers_model.state_dict().items():
        if f"roberta.{name}" in stored:
            assert torch.equal(value, stored[f"roberta.{name}"]), name
    assert len(TokenEncoder(student).documents(["cat " * 600])[0]) == 512


def test_distilling_and_reranking_from_the_command_line(tmp_path, bitext):
    config = tmp_path / "short.yaml"
    training = {"steps": 2, "batch_size": 4, "eval_steps": 2, "warmup_steps": 0}
    config.write_text(yaml.safe_dump({"output": "elsewhere", "training": training, "evaluation": {"heldout_pairs": 2}}))
    student = tiny_hub.xlm_roberta_base(tmp_path / "xlm-roberta-base")
    teacher = tiny_hub.colbert_v2(tmp_path / "colbertv2.0")
    output = tmp_path / "run"
    options = {"student": student, "teacher": teacher, "output": output, "bitext": bitext, "languages": "sw"}
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    done = CliRunner().invoke(cli.app, ["distill", str(config), *given])
    assert done.exit_code == 0, done.output or done.exception

    info = read_checkpoint_info(output / "model")
    assert info["languages"] == ["sw"]
    assert load_encoder(output / "model", device="cpu").encode_query("paka").shape[1] == 128
    texts = ["the cat near water", "a long river.", "bread", ""]
    frame = pd.DataFrame({"qid": "1", "query": "paka mto", "docno": list("abcd"), "text": texts})
    for documents in (None, teacher):
        ranked = OpticalReranker(output / "model", document_model=documents, device="cpu")(frame)
        assert np.isfinite(ranked["score"]).all() and ranked["rank"].nunique() == 4
