"""Token vectors before they get unit length: how long they are says how much they mean."""

from torch import Tensor


def raw_token_vectors(model, features: dict, task: str | None = None) -> tuple[Tensor, Tensor]:
    """A model's token vectors as its last layer before normalisation gives them.

    A sentence encoder's own vector is their mean, so that long ones, mostly of content words, decide what it says.

    Args:
        model: A `MultiVectorEncoder`, also one wrapped for several devices.
        features: A tokenised batch of B texts; the model may change it.
        task: As the model takes it.

    Returns:
        Float32 vectors (B, n, d), with gradient where the model has one, and the mask (B, n), bool, of the tokens that
        score. Of a model that does not normalise they are its token vectors.

    Example:
        >>> vectors, mask = raw_token_vectors(model, model.preprocess(["Water"]))  # doctest: +SKIP
        >>> vectors.norm(dim=-1)[mask].tolist()                                     # doctest: +SKIP
        [7.1, 10.4, 6.8]
    """
    from sentence_transformers.base.modules import Normalize

    found: list[Tensor] = []
    handles = [
        module.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0]["token_embeddings"]))
        for module in getattr(model, "module", model)
        if isinstance(module, Normalize) and module.module_input_name == "token_embeddings"
    ]
    try:
        out = model(features, task=task)
    finally:
        for handle in handles:
            handle.remove()
    vectors = found[0] if found else out["token_embeddings"]
    return vectors.float(), out["attention_mask"].bool()
