"""Record what torchvision's networks look like and what they compute.

`PYTHONPATH=tests python tests/models/record_fixtures.py` writes state_dicts.json and
reference_outputs.json beside this file; it needs torchvision.
"""

import json
from pathlib import Path

import torch
from torchvision_oracle import (
    FORWARD_SIZES,
    NAMES,
    fingerprint,
    first_logits,
    torchvision_models,
    torchvision_network,
)

HERE = Path(__file__).parent


def main() -> None:
    """Write both files."""
    torchvision_models()
    with torch.device("meta"):
        states = {name: fingerprint(torchvision_network(name)) for name in NAMES}
    write("state_dicts.json", states)
    sizes = FORWARD_SIZES.items()
    write(
        "reference_outputs.json",
        {name: first_logits(torchvision_network(name), size) for name, size in sizes},
    )


def write(name: str, content: dict) -> None:
    """Write JSON with one line a network."""
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    (HERE / name).write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
