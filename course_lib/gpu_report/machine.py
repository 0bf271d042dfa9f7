"""What the report was made on: card, driver and versions."""

import os
import platform
import shutil
import subprocess

import numpy as np
import torch

import course_lib

AMPERE = (8, 0)  # the first generation that has TF32 and bfloat16 in hardware


def machine_facts(device: torch.device) -> dict[str, str]:
    """Name what the numbers depend on."""
    facts = {"device": str(device)}
    if device.type == "cuda":
        facts |= _card(device)
    return facts | {
        "system": f"{platform.system()} {platform.machine()}",
        "CPU cores": str(os.cpu_count()),
        "threads of PyTorch": str(torch.get_num_threads()),
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "PyTorch": torch.__version__,
        "course_lib": course_lib.__version__,
    }


def _card(device: torch.device) -> dict[str, str]:
    card = torch.cuda.get_device_properties(device)
    capability = torch.cuda.get_device_capability(device)
    return {
        "card": card.name,
        "memory": f"{card.total_memory / 1e9:.1f} GB",
        "compute capability": ".".join(map(str, capability)),
        "TF32 and bfloat16 in hardware": "yes" if capability >= AMPERE else "no",
        "driver": _driver(),
        "CUDA": str(torch.version.cuda),
        "cuDNN": str(torch.backends.cudnn.version()),
    }


def _driver() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return "unknown"
    question = [program, "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return answer.stdout.strip().partition("\n")[0] or "unknown"
