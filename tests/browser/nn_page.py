"""nn.js in a browser page: NumPy arrays go in, NumPy arrays come back."""

from pathlib import Path

import numpy as np

from course_lib import live
from course_lib.live import pack
from course_lib.live.bundling import joined

LIVE = Path(live.__file__).parent
NN = LIVE / "nn.js"
CALL = """([operation, inputs, options]) => {
  const read = (value) => (value?.base64 === undefined ? value : nn_js.unpack(value));
  const write = (value) => value && { shape: value.shape, data: Array.from(value.data) };
  const known = Object.fromEntries(Object.entries(options).map(([k, v]) => [k, read(v)]));
  const result = nn_js[operation](...inputs.map(read), known);
  if (result.data) return [write(result)];
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, write(value)]));
}"""


def open_nn(page):
    """Load nn.js into an empty page."""
    page.goto("about:blank")
    page.add_script_tag(content=f"{joined(NN)}globalThis.nn_js = nn_js;")
    return page


def sent(value):
    """Write an input or option as JSON that the page reads."""
    if isinstance(value, np.ndarray):
        return pack(value)
    return list(value) if isinstance(value, tuple) else value


def received(value):
    """Read what the page wrote, as float32; None stays None."""
    return None if value is None else np.array(value["data"], np.float32).reshape(value["shape"])


def call(page, operation, inputs, options):
    """Run an operation of nn.js; give its results by name, or in a list of one."""
    options = {name: sent(value) for name, value in options.items()}
    found = page.evaluate(CALL, [operation, [sent(value) for value in inputs], options])
    if isinstance(found, dict):
        return {name: received(value) for name, value in found.items()}
    return [received(value) for value in found]
