"""Every row of the table of operations against autograd: ATen itself on the same arguments."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib.numpy_nn.graph.table import OPERATIONS
from course_lib.numpy_nn.graph.trace import STORAGE, in_order_of_schema

# (N, C, H, W) images and friends, all axis sizes different.
IMAGE, MAP, VOLUME, LINE = (2, 4, 7, 9), (2, 6, 4, 5), (2, 3, 4, 5, 6), (2, 4, 11)


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def positive(*shape):
    return normal(*shape).abs() + 0.5


def small(*shape):
    return normal(*shape) * 0.3


def whole(high, *shape):
    return torch.randint(0, high, shape, generator=torch.Generator().manual_seed(0))


X, Y, ROW = normal(3, 4), normal(3, 4, seed=1), normal(4, seed=2)
MASK = normal(3, 4, seed=3) > 0

# name of the row: the arguments, one case or a list of them; see `ATEN` for what is called
CASES = {
    "convolution": [
        (
            normal(2, 6, 9, 7),
            normal(4, 3, 3, 2),
            normal(4),
            [2, 1],
            [1, 0],
            [1, 2],
            False,
            [0, 0],
            2,
        ),
        (normal(2, 6, 11), normal(4, 6, 3), None, [2], [1], [1], False, [0], 1),
        (
            normal(1, 2, 4, 5, 6),
            normal(3, 2, 2, 3, 2),
            normal(3),
            [1] * 3,
            [1] * 3,
            [1] * 3,
            False,
            [0] * 3,
            1,
        ),
        (
            normal(2, 6, 5, 4),
            normal(6, 2, 3, 2),
            normal(4),
            [2, 1],
            [1, 0],
            [1, 1],
            True,
            [1, 0],
            2,
        ),
        (normal(2, 6, 5), normal(6, 2, 3), normal(4), [2], [1], [2], True, [1], 2),
        (
            normal(1, 2, 3, 4, 2),
            normal(2, 3, 2, 3, 2),
            None,
            [2] * 3,
            [0] * 3,
            [1] * 3,
            True,
            [1, 0, 0],
            1,
        ),
        # an output padding as long as the stride; one number for all axes
        (normal(2, 6, 5, 4), normal(6, 2, 3, 2), normal(4), [1], [0], [2], True, [1], 2),
        (normal(2, 6, 5), normal(6, 2, 3), normal(4), [2], [1], [4], True, [3], 2),
        (normal(1, 2, 4, 5, 6), normal(3, 2, 2, 3, 2), None, [1], [0], [1], False, [0], 1),
    ],
    "max_pool2d_with_indices": [
        (normal(*IMAGE), [3, 2], [2, 1], [1, 1], [1, 2], True),
        (normal(4, 7, 9), [2, 3], [], [0, 0], [1, 1], False),
        (normal(2, 3, 2, 2), [3, 3], [2, 2], [0, 0], [1, 1], True),
    ],
    "max_pool3d_with_indices": (normal(*VOLUME), [2, 3, 2], [1, 2, 2], [0, 1, 1], [1] * 3, False),
    "avg_pool2d": [
        (normal(*IMAGE), [3, 2], [2, 1], [1, 0], True, False, None),
        (normal(4, 7, 9), [2, 3], [], [1, 1], False, True, 5),
        (normal(*IMAGE), [3, 2], [2, 3], [1, 0], True, False, 5),
        (normal(*IMAGE), [2, 2], [4, 4], [0, 1], True, True, -3),
    ],
    "avg_pool3d": [
        (normal(*VOLUME), [2, 3, 2], [1, 2, 2], [0, 1, 1], False, True, None),
        (normal(*VOLUME), [2, 3, 2], [1, 2, 2], [0, 1, 1], True, False, 7),
    ],
    "_adaptive_avg_pool2d": (normal(*IMAGE), [3, 2]),
    "_adaptive_avg_pool3d": (normal(*VOLUME), [3, 2, 4]),
    "adaptive_max_pool2d": (normal(*IMAGE), [3, 2]),
    "adaptive_max_pool3d": (normal(*VOLUME), [3, 2, 4]),
    "gelu": [(X, "none"), (X, "tanh")],
    "leaky_relu": (X, 0.2),
    "softplus": (X, 2.0, 20.0),
    "elu": (X, 0.7, 1.1, 0.9),
    "celu": (X, 0.7),
    "softshrink": (X, 0.4),
    "hardshrink": (X, 0.4),
    "_prelu_kernel": [
        (normal(*IMAGE), positive(4).reshape(4, 1, 1)),
        (normal(*IMAGE), positive(1)),
        (X, positive(4)),
    ],
    "glu": (normal(*IMAGE), 1),
    "_softmax": (normal(*IMAGE), 1, False),
    "_log_softmax": (normal(*IMAGE), -1, False),
    "_safe_softmax": (torch.where(MASK | (torch.arange(3)[:, None] == 1), -torch.inf, X), -1),
    "native_batch_norm": [
        (normal(*IMAGE), normal(4), normal(4), normal(4), positive(4), training, 0.1, 1e-3)
        for training in (False, True)
    ],
    "native_layer_norm": (normal(*IMAGE), [7, 9], normal(7, 9), normal(7, 9), 1e-5),
    "native_group_norm": (normal(*MAP), normal(6), normal(6), 2, 6, 20, 3, 1e-5),
    "_fused_rms_norm": [(X, [4], ROW, 1e-5), (X, [4], None, None)],
    "_weight_norm_interface": (normal(4, 3, 2), positive(4, 1, 1), 0),
    "add": [(X, ROW, 2), (X, 3.0)],
    "add.Scalar": (X, 2.0, 3),
    "sub": [(X, ROW, 2), (X, 3.0)],
    "sub.Scalar": (X, 2.0, 3),
    "rsub": (X, ROW, 2),
    "rsub.Scalar": (X, 2.0, 3),
    "mul": [(X, ROW), (X, 2.0)],
    "mul.Scalar": (X, 2.0),
    "div": [(X, positive(4)), (X, 2.0)],
    "div.Scalar": (X, 2.0),
    "div.Tensor_mode": [
        (X, positive(4), {"rounding_mode": mode}) for mode in (None, "floor", "trunc")
    ],
    "div.Scalar_mode": (X, 0.3, {"rounding_mode": "floor"}),
    "reciprocal": (positive(3, 4),),
    "pow.Tensor_Scalar": [(X, 3), (positive(3, 4), 0.5), (torch.zeros(3).double(), 0), (X, 2.0)],
    "pow.Tensor_Tensor": [(positive(3, 4), ROW), (torch.zeros(4).double(), positive(4))],
    "pow.Scalar": (2.0, X),
    **{name: (positive(3, 4),) for name in ("sqrt", "rsqrt", "log", "log2", "log10", "log1p")},
    "round": (X,),
    "maximum": (X, torch.where(MASK, X, Y)),
    "minimum": (X, torch.where(MASK, X, Y)),
    "addcmul": (X, Y, ROW, {"value": 2}),
    "addcdiv": (X, Y, positive(4), {"value": 2}),
    "lerp.Scalar": (X, Y, 0.3),
    "lerp": (X, Y, positive(4)),
    **{name: (X, torch.where(MASK, X, Y)) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{f"{name}.Scalar": (X, 0.1) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    "logical_not": (MASK,),
    **{f"logical_{name}": (MASK, X > 0) for name in ("and", "or", "xor")},
    "bitwise_not": (MASK,),
    **{f"bitwise_{name}": (MASK, X > 0) for name in ("and", "or")},
    "isnan": (torch.where(MASK, torch.nan, X),),
    "floor_divide": (whole(9, 3, 4), 2),
    "remainder": (X, positive(4)),
    "remainder.Scalar": (X, 0.7),
    "fmod": (X, positive(4)),
    "fmod.Scalar": (X, 0.7),
    "clamp": [
        (X, Y, Y + 1),
        (X, Y, None),
        (X, Y, Y - 0.1),
        (X, -0.5, 0.7),
        (X, None, 0.3),
        (torch.tensor([0.0, 1.0]).double(), 0, 1),
    ],
    "clamp_min": [(X, 0.2), (X, Y)],
    "clamp_max": [(X, 0.2), (X, Y)],
    "hardtanh": [(X, -0.5, 0.7), (torch.tensor([0.0, 1.0, 0.5]).double(), 0, 1)],
    "threshold": (X, 0.1, 5.0),
    "where": (MASK, X, ROW),
    "where.ScalarSelf": (MASK, 2.0, X),
    "where.ScalarOther": (MASK, X, 2.0),
    "where.Scalar": (MASK, 2.0, 1.0),
    "masked_fill": (X, MASK, torch.tensor(2.0).double()),
    "masked_fill.Scalar": (X, MASK, 2.0),
    "sum.dim_IntList": [(normal(*IMAGE), [1, -1], True), (X, [], False), (normal(), [0], False)],
    "mean.dim": [(normal(*IMAGE), [2, 3], False), (X, [], True), (normal(), [-1], True)],
    **{
        name: [
            (normal(*IMAGE), [1], True),
            (torch.ones(3, 4).double(), [], False),
            (normal(), [0], False),
        ]
        for name in ("amax", "amin")
    },
    **{name: (X,) for name in ("max", "min")},
    **{
        name: [(normal(*IMAGE), 1, True), (X, 1, False), (normal(), 0, True)]
        for name in ("max.dim", "min.dim")
    },
    **{name: [(X, 1, True), (X,)] for name in ("argmax", "argmin")},
    "any": (MASK,),
    "all": (MASK,),
    **{
        name: [
            (normal(*IMAGE), [1, 2], {"correction": c, "keepdim": k})
            for c, k in ((0, True), (2, False))
        ]
        + [(X,)]  # one number of all, with the divisor count - 1
        for name in ("var.correction", "std.correction", "var_mean.correction")
    },
    "linalg_vector_norm": [
        (X, order, [1], True) for order in (1, 2, 3, float("inf"), float("-inf"), 0)
    ],
    "norm.Scalar": (X, 2),
    "norm.ScalarOpt_dim": (X, 2, [0], True),
    "logsumexp": [(X, [1], True), (X, [0, 1]), (normal(), [0]), (normal(0, 3), [0])],
    "cumsum": (X, 1),
    "mm": (X, normal(4, 5)),
    "bmm": (normal(2, 3, 4), normal(2, 4, 5)),
    "addmm": [
        (normal(5), X, normal(4, 5)),
        (normal(3, 5), X, normal(4, 5), {"beta": 2, "alpha": 3}),
        (normal(3, 5), X, normal(4, 5), {"beta": 0}),
    ],
    "baddbmm": (normal(2, 3, 5), normal(2, 3, 4), normal(2, 4, 5), {"beta": 2, "alpha": 3}),
    "mv": (X, ROW),
    "vdot": (ROW, normal(4, seed=5)),
    "dot": (ROW, normal(4, seed=5)),
    **{name: (X, [2, 6]) for name in ("view", "_unsafe_view", "reshape")},
    "_reshape_alias": (X, [2, 6], [6, 1]),
    "as_strided": (normal(2, 3, 1, 1), [2, 3, 1, 1], [3, 1, 3, 3]),
    "set_values": None,  # no operation of ATen
    "as_strided_": None,  # in place: the same function as as_strided
    "permute": (normal(*IMAGE), [2, 0, -1, 1]),
    "transpose": (normal(*IMAGE), 1, -1),
    "unsqueeze": (X, 1),
    "squeeze": (normal(2, 1, 3, 1),),
    "squeeze.dim": [(normal(2, 1, 3), 1), (X, 0)],
    "squeeze.dims": (normal(2, 1, 3, 1), [1, 2]),
    "expand": (normal(3, 1), [2, -1, 4]),
    "select": (normal(*IMAGE), 1, -2),
    "slice": [(normal(*IMAGE), 2, 1, 2**63 - 1, 2), (X, 1, -3, -1)],
    "slice_scatter": (X, normal(3, 2), 1, 1, 3, 1),
    "select_scatter": (X, ROW, 0, 1),
    "split": (normal(*IMAGE), 2, 2),
    "unsafe_split": (normal(*IMAGE), 2, 2),
    "split_with_sizes": (normal(*IMAGE), [1, 4, 2], 2),
    "unbind": (X, 1),
    "cat": ([X, normal(2, 4), torch.zeros(0).double()], 0),
    "stack": ([X, Y], 1),
    "repeat": (X, [2, 1, 3]),
    "flip": [(X, [0, 1]), (normal(), [0])],
    "roll": [(X, [1, 2], [0, 1]), (X, [3], [])],
    "index": [(X, [whole(3, 5)]), (normal(*IMAGE), [None, whole(4, 5), None, whole(9, 5)])],
    "index_select": [(normal(*IMAGE), 1, whole(4, 6)), (normal(), 0, torch.tensor([0]))],
    "gather": [
        (X, 1, whole(4, 3, 6)),
        (X, 0, whole(3, 0, 4)),
        (X, 1, whole(4, 3, 0)),
        (normal(), 0, torch.tensor(0)),
    ],
    "index_put": [
        (X, [torch.tensor([0, 2])], normal(2, 4), False),
        (X, [whole(3, 5)], normal(5, 4), True),
    ],
    "embedding": [
        (normal(5, 4), whole(5, 2, 3)),
        (normal(5, 4), whole(5, 2, 3), 1),
        (normal(5, 4), whole(5, 2, 3), 1, True),  # a row that is read more often counts no more
    ],
    "embedding_renorm": None,  # tried with the networks that use it
    "constant_pad_nd": [(normal(*IMAGE), [1, 2, 0, 3], 1.5), (X, [-1, 1], 0.0)],
    "reflection_pad1d": (normal(*LINE), [3, 2]),
    "reflection_pad2d": (normal(*IMAGE), [3, 2, 0, 1]),
    "reflection_pad3d": (normal(*VOLUME), [3, 2, 0, 1, 1, 1]),
    "replication_pad1d": (normal(*LINE), [3, 2]),
    "replication_pad2d": (normal(*IMAGE), [3, 2, 0, 1]),
    "replication_pad3d": (normal(*VOLUME), [3, 2, 0, 1, 1, 1]),
    "unfold": [(normal(*IMAGE), 2, 3, 2), (normal(), 0, 1, 1)],
    "im2col": (normal(*IMAGE), [3, 2], [1, 2], [1, 0], [2, 1]),
    "col2im": (normal(2, 8, 12), [5, 6], [2, 2], [1, 1], [0, 0], [1, 2]),
    "channel_shuffle": (normal(2, 6, 4, 5), 3),
    "pixel_shuffle": (normal(2, 8, 3, 5), 2),
    "pixel_unshuffle": (normal(2, 3, 4, 6), 2),
    "tril": (X, 1),
    "triu": (X, -1),
    **{
        f"{name}{n}d": [
            (normal(2, 3, *(4, 5, 6)[:n]), [7, 3, 12][:n], *[None] * n),
            (normal(2, 3, *(4, 5, 6)[:n]), [7, 9, 11][:n], *[1.8] * n),
        ]
        for name in ("upsample_nearest", "_upsample_nearest_exact")
        for n in (1, 2, 3)
    },
    **{
        name: [
            (normal(2, 3, *(4, 5, 6)[:n]), [7, 3, 12][:n], corners, *[None] * n)
            for corners in (False, True)
        ]
        for name, n in (
            ("upsample_linear1d", 1),
            ("upsample_bilinear2d", 2),
            ("upsample_trilinear3d", 3),
            ("upsample_bicubic2d", 2),
            ("_upsample_bilinear2d_aa", 2),
            ("_upsample_bicubic2d_aa", 2),
        )
    },
    "empty.memory_format": None,  # holds anything
    "new_empty": None,
    "empty_like": None,
    **{name: ([2, 3],) for name in ("zeros", "ones")},
    "full": ([2, 3], 1.5),
    "eye": (3,),
    "eye.m": (3, 2),
    "arange": (5,),
    "arange.start": (2, 5),
    "arange.start_step": (2, 9, 3),
    "linspace": (0.0, 1.0, 5),
    "scalar_tensor": (2.5,),
    "new_zeros": (X, [2, 3]),
    "new_ones": (X, [2, 3]),
    "new_full": (X, [2, 3], 1.5),
    "full_like": (X, 1.5),
    "zero": (X,),
    "fill": (X, torch.tensor(2.0).double()),
    "fill.Scalar": (X, 2.0),
    "copy": (X, ROW),
    **{
        name: None
        for name in ("bernoulli.p", "bernoulli", "rand", "rand_like", "randn", "randn_like")
    },
}
ONE_ARRAY = (X,)  # what the rest are tried on


def aten(name, case):
    """Find the ATen operation behind a row."""
    packet, _, overload = name.partition(".")
    packet = getattr(torch.ops.aten, packet)
    choices = [overload] if overload else ["Tensor", "default", "int", "self"]
    if name.startswith("clamp") and not any(isinstance(x, torch.Tensor) for x in case[1:]):
        choices = ["default"]
    if name == "where":
        choices = ["self"]
    return next(getattr(packet, choice) for choice in choices if choice in packet.overloads())


def cases_of(name):
    cases = CASES.get(name, ONE_ARRAY)
    return [] if cases is None else cases if isinstance(cases, list) else [cases]


NEWER = ("_fused_rms_norm",)  # the oldest torch allowed takes RMS norm apart instead
ALL = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in OPERATIONS
    if name not in NEWER or hasattr(torch.ops.aten, name)
    for number, case in enumerate(cases_of(name))
]


def leaves(argument):
    """Let gradients be taken for every floating tensor, in lists too."""
    if isinstance(argument, torch.Tensor):
        return argument.clone().requires_grad_(argument.is_floating_point())
    if isinstance(argument, list):
        return [leaves(item) for item in argument]
    return argument


def arrays(argument):
    if isinstance(argument, torch.Tensor):
        return argument.detach().numpy()
    if isinstance(argument, list | tuple):
        return tuple(map(arrays, argument))
    return str(argument).removeprefix("torch.") if isinstance(argument, torch.dtype) else argument


def flat(argument):
    return (
        [x for item in argument for x in flat(item)]
        if isinstance(argument, list | tuple)
        else [argument]
    )


def in_order(function, case):
    """Give all arguments in the order of the schema, as a trace does."""
    *positional, last = case
    keywords = last if isinstance(last, dict) else {}
    positional = positional if keywords else case
    return [leaves(x) for x in in_order_of_schema(function, tuple(positional), keywords)]


def call(function, arguments):
    """Call ATen with arguments in the order of the schema."""
    names = [p for p in function._schema.arguments if p.name not in STORAGE]
    given = list(zip(names, arguments, strict=True))
    return function(
        *(x for p, x in given if not p.kwarg_only), **{p.name: x for p, x in given if p.kwarg_only}
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name, case", ALL)
def test_row_against_autograd(name, case):
    function, row = aten(name, case), OPERATIONS[name]
    # torch keeps the slope 1/6 of its hard sigmoid, and 1/alpha, in float32, even for float64 input
    tolerance = 1e-7 if name in ("hardsigmoid", "celu") else 1e-11
    arguments = in_order(function, case)
    if name == "native_batch_norm":  # the running statistics get no gradient
        arguments[3:5] = [x.detach() for x in arguments[3:5]]
    if name == "copy":  # autograd does not know the functional form
        expected = arguments[1].expand(arguments[0].shape) + 0.0
    else:
        expected = call(function, arguments)
    several = isinstance(expected, tuple | list)
    actual = row.forward(*arrays(arguments))
    results = actual if several else (actual,)
    pairs = list(zip(results, expected if several else (expected,), strict=False))
    for a, e in pairs:
        if a is not None and name != "log_sigmoid_forward":
            assert_same(np.asarray(a, str(e.dtype)[6:]), e.detach(), tolerance=tolerance)
    y = pairs[0][1]
    if row.backward is None:
        assert not y.requires_grad or (y == y.round()).all() or name == "detach"
        return
    outputs = [e if e.requires_grad else None for _, e in pairs]
    if name.endswith("norm") or "indices" in name or "max_pool" in name or "interface" in name:
        outputs[1:] = [None] * (len(outputs) - 1)  # of statistics and places there is no gradient
    grads_y = [None if e is None else normal(*e.shape, seed=9) for e in outputs]
    inputs = [x for x in flat(arguments) if isinstance(x, torch.Tensor) and x.requires_grad]
    used = [e for e in outputs if e is not None]
    wanted = torch.autograd.grad(
        used, inputs, [g for g in grads_y if g is not None], allow_unused=True
    )
    grads = tuple(None if g is None else g.numpy() for g in grads_y)
    given = (grads if several else grads[0],)
    if row.reads_result:
        given += (tuple(a for a, _ in pairs) if several else np.asarray(actual),)
    options = {"needs_grad_x": True} if row.may_skip_grad_x else {}
    found = row.backward(*given, *arrays(arguments), **options)
    found = list(found) if isinstance(found, tuple) else [found]
    found += [None] * (len(arguments) - len(found))
    found = [g for a, g in zip(arguments, found, strict=False) for g in spread_over(a, g)]
    for a, e in zip(found, wanted, strict=True):
        if e is None or (e == 0).all():
            assert a is None or (np.asarray(a) == 0).all()
        else:
            assert_same(np.asarray(a), e, tolerance=tolerance)


def spread_over(argument, grad):
    """List the gradients of the tensors in one argument."""
    if isinstance(argument, list):
        grads = grad if grad is not None else [None] * len(argument)
        return [g for a, g in zip(argument, grads, strict=True) for g in spread_over(a, g)]
    return [grad] if isinstance(argument, torch.Tensor) and argument.requires_grad else []


def test_every_row_has_a_case_or_a_reason():
    """What `CASES` does not name is tried on one array; None stands for what holds anything."""
    no_case = [name for name in OPERATIONS if not cases_of(name)]
    assert no_case == [name for name, case in CASES.items() if case is None and name in OPERATIONS]
    assert set(CASES) <= set(OPERATIONS)


DRAWN = [name for name, row in OPERATIONS.items() if row.draws]


@pytest.mark.parametrize("name", DRAWN)
def test_draws_have_the_mean_and_spread_of_torchs(name):
    shape, p = (40, 60), torch.full((40, 60), 0.3)
    arguments = {"bernoulli.p": (p.numpy(), 0.3), "bernoulli": (p.numpy(),)}.get(
        name, (p.numpy(),) if name.endswith("like") else (shape,)
    )
    y = OPERATIONS[name].forward(np.random.default_rng(seed=0), *arguments)
    expected = {"r": torch.rand, "n": torch.randn}["n" if "randn" in name else "r"](shape)
    if "bernoulli" in name:
        expected = torch.bernoulli(p)
    assert y.shape == shape
    assert abs(y.mean() - expected.mean().item()) < 0.06
    assert abs(y.std() - expected.std().item()) < 0.06
