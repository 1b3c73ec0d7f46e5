"""TensorFlow's checkpoint format, read without TensorFlow."""

import numpy as np
import pytest
import tiny_packages

from pyterrier_optical import OpticalError
from pyterrier_optical.weights.tensor_bundle import read_bundle, read_index


@pytest.fixture
def tensors():
    rng = np.random.default_rng(1)
    shapes = {"module/a/kernel": (3, 300), "module/a/bias": (300,), "module/b": (2, 1, 5), "step": (), "none": (0, 4)}
    return {name: rng.normal(size=shape).astype("<f4") for name, shape in shapes.items()}


def test_variables_come_back(tensors, tmp_path):
    found = read_bundle(tiny_packages.bundle(tmp_path / "variables", tensors))
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert found[name].dtype == np.float32 and found[name].shape == tensor.shape
        np.testing.assert_array_equal(found[name], tensor)


def test_an_entry_says_where_its_tensor_is(tensors, tmp_path):
    prefix = tiny_packages.bundle(tmp_path / "variables", tensors)
    entry = read_index(prefix.with_name("variables.index").read_bytes())["module/a/kernel"]
    assert (entry.dtype, entry.shape, entry.offset, entry.size) == ("<f4", (3, 300), 1200, 3600)


def test_several_files_and_compression_are_refused(tensors, tmp_path):
    with pytest.raises(OpticalError, match="in several files"):
        read_bundle(tiny_packages.bundle(tmp_path / "parts", tensors, shards=2))
    with pytest.raises(OpticalError, match="compressed"):
        read_bundle(tiny_packages.bundle(tmp_path / "packed", tensors, compressed=True))


def test_what_is_no_checkpoint_is_one_sentence(tensors, tmp_path):
    with pytest.raises(OpticalError, match="no index"):
        read_index(b"x" * 100)
    with pytest.raises(OpticalError, match="cannot be read"):
        read_bundle(tmp_path / "absent")
    prefix = tiny_packages.bundle(tmp_path / "short", tensors)
    data = prefix.with_name("short.data-00000-of-00001")
    data.write_bytes(data.read_bytes()[:-10])
    with pytest.raises(OpticalError, match=r"'.*short' cannot be read"):
        read_bundle(prefix)
