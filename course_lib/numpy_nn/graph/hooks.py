"""Hooks that torch calls on the way back, which NumPy does not run."""

from collections.abc import Iterator, Mapping

from torch import Tensor, nn
from torch.nn.modules import module as every_module

OF_MODULES = ("_backward_hooks", "_backward_pre_hooks")
OF_WEIGHTS = ("_backward_hooks", "_post_accumulate_grad_hooks")


def gradient_hooks(module: nn.Module) -> Iterator[str]:
    """Name the modules and parameters that have hooks for gradients."""
    if every_module._global_backward_hooks or every_module._global_backward_pre_hooks:
        yield "all modules"
    for name, layer in module.named_modules():
        if any(getattr(layer, kind) for kind in OF_MODULES):
            yield name or type(layer).__name__
    for name, parameter in module.named_parameters():
        if any(getattr(parameter, kind, None) for kind in OF_WEIGHTS):
            yield name


def remove_gradient_hooks(module: nn.Module) -> None:
    """Take those of modules off, which a forward on shapes cannot run."""
    for layer in module.modules():
        for kind in OF_MODULES:
            getattr(layer, kind).clear()


def copy_weight_hooks(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Give the hooks of the parameters to the tensors that stand for them."""
    for name, parameter in module.named_parameters():
        if not state[name].requires_grad:
            continue
        for hook in (parameter._backward_hooks or {}).values():
            state[name].register_hook(hook)
        for hook in (getattr(parameter, "_post_accumulate_grad_hooks", None) or {}).values():
            state[name].register_post_accumulate_grad_hook(hook)
