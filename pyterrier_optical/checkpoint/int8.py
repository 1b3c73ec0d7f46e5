"""8-bit integer arithmetic in a model's linear layers, for CPUs.

Weights are quantised once, each output channel by a scale of its own; activations when they come, each token by a scale
of its own. PyTorch's dynamic quantisation has one scale for all the activations of a batch, so that a text's score
would depend on the texts beside it. What happens between the linear layers still rounds differently when a text is
padded, and quantisation turns a difference in the last bit into one of a whole step: `TokenEncoder` pads no text for
such a model.
"""

from functools import lru_cache

import torch
from torch import Tensor, nn

from pyterrier_optical.errors import OpticalError

_LARGEST = 127
_TINY = 1e-12
_INTEGER_PRODUCTS = ("avx512_vnni", "avx_vnni", "avx_vnni_int8", "amx_int8")


class Int8Linear(nn.Module):
    """A linear layer y = x Wᵀ + b in 8-bit integers, symmetric around 0, summed in 32 bits.

    With s_i = max|x_i| / 127 for each row of the input and t_j = max|W_j| / 127 for each output,
    y_ij = s_i t_j Σ_k round(x_ik / s_i) round(W_jk / t_j) + b_j. A row's result does not depend on other rows.

    Args:
        layer: the layer to stand in for.

    Example:
        >>> layer = nn.Linear(64, 8)
        >>> x = torch.randn(5, 64)
        >>> with torch.inference_mode():
        ...     bool((Int8Linear(layer)(x) - layer(x)).abs().max() < 0.05)
        True
    """

    def __init__(self, layer: nn.Linear):
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        integers, scales = quantised_rows(layer.weight.detach().float())
        self.register_buffer("integers", integers)
        self.register_buffer("scales", scales.T.contiguous())
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach().float().clone())

    def forward(self, x: Tensor) -> Tensor:
        """(..., out_features) of the dtype of ``x`` for (..., in_features).

        Raises:
            OpticalError: the layer is asked for a gradient.
        """
        if torch.is_grad_enabled() and (self.training or x.requires_grad):
            raise OpticalError("An int8 model cannot be trained: load it with dtype='float32'.")
        integers, scales = quantised_rows(x.float().reshape(-1, self.in_features))
        y = _product(integers, self.integers).mul_(scales).mul_(self.scales)
        if self.bias is not None:
            y.add_(self.bias)
        return y.view(*x.shape[:-1], self.out_features).to(x.dtype)

    def extra_repr(self) -> str:
        """What ``repr`` says of the layer."""
        return f"in_features={self.in_features}, out_features={self.out_features}"


def quantise(model: nn.Module) -> nn.Module:
    """Puts `Int8Linear` in the place of a model's linear layers; embeddings and all else stay as they are.

    Args:
        model: any model on the CPU, such as a ``MultiVectorEncoder``; it is changed. The output layer of a language
            model, which shares its weights with the embeddings, is left alone.

    Returns:
        The model in evaluation mode; it can be neither trained nor saved.
    """
    outputs = {part.get_output_embeddings() for part in model.modules() if hasattr(part, "get_output_embeddings")}
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            # Not its subclasses: some modules read the weights of theirs.
            if type(layer) is nn.Linear and layer not in outputs:
                setattr(parent, name, Int8Linear(layer))
        if hasattr(parent, "save_pretrained"):
            parent.save_pretrained = _refuse_to_save
    return model.eval()


def is_quantised(model: nn.Module) -> bool:
    """Whether any layer of a model is an `Int8Linear`."""
    return any(isinstance(part, Int8Linear) for part in model.modules())


def quantised_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """Rows as 8-bit integers.

    Args:
        x: (n, d) float32.

    Returns:
        (n, d) int8 and the scales (n, 1) float32 that bring them back; a row of zeros stays one.

    Example:
        >>> integers, scales = quantised_rows(torch.tensor([[1.0, -0.5], [0.0, 0.0]]))
        >>> integers.tolist()
        [[127, -64], [0, 0]]
    """
    scales = x.abs().amax(1, keepdim=True).div_(_LARGEST).clamp_(min=_TINY)
    return (x / scales).round_().to(torch.int8), scales


@lru_cache(maxsize=1)
def is_fast() -> bool:
    """Whether this processor multiplies 8-bit integers; elsewhere the same numbers are multiplied as float32.

    Without such instructions (VNNI or AMX) PyTorch's integer product takes 10 to 30 times as long as that of float32.
    """
    # Earlier versions of PyTorch do not say.
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return torch.backends.mkldnn.is_available() and any(capabilities.get(name) for name in _INTEGER_PRODUCTS)


def _product(x: Tensor, weight: Tensor) -> Tensor:
    """The product of 8-bit integers with the transposed weight, as float32."""
    if is_fast() and len(x):
        return torch._int_mm(x, weight.T).float()
    return x.float() @ weight.T.float()


def _refuse_to_save(*args, **kwargs) -> None:
    raise OpticalError("An int8 model cannot be saved: load the checkpoint with dtype='float32' and save that.")
