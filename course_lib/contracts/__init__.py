"""What both twins promise: validators, error texts and result tuples, one file a topic.

A validator looks only at shapes, dtypes and options, so the NumPy and the PyTorch side share it
and reject the same input with the same words.
"""

TOPICS = (
    "convolution",
    "conv_transpose",
    "correlation",
    "unfolding",
    "pooling",
    "activations",
    "normalization",
    "losses",
    "linear",
    "regularization",
    "initialization",
)  # in the order of the course
