"""Look into networks: cost, receptive fields, gradients, symmetries, and what they look at."""
