"""The one table of operations: what each ATen operation is in NumPy, and what others need of it."""

from course_lib.numpy_nn.graph.operation import Operation
from course_lib.numpy_nn.graph.ops import (
    activations,
    arithmetic,
    choices,
    convolution,
    creation,
    indexing,
    layout,
    matrices,
    normalization,
    pooling,
    reductions,
    resampling,
)

TOPICS = (
    convolution,
    pooling,
    activations,
    normalization,
    arithmetic,
    choices,
    reductions,
    matrices,
    layout,
    indexing,
    resampling,
    creation,
)
OPERATIONS: dict[str, Operation] = {
    name: row for topic in TOPICS for name, row in topic.TABLE.items()
}
