"""The live figures of all lessons, and a page that shows one."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from course_lib import lessons, live
from course_lib.contents import SLUGS
from course_lib.live import Figure, Trial
from course_lib.live.architecture_figure import TRIALS as ARCHITECTURE
from course_lib.live.microscope_figure import TRIALS as MICROSCOPE
from course_lib.plots import show_numbers

LESSONS = Path(lessons.__file__).parent
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A live figure</title></head>
<body><main><h1>A live figure</h1><p><button id="before">before</button></p>
{figure}
<p><button id="after">after</button></p></main></body></html>
"""
STATE = "document.querySelector('[data-figure]').live.state()"
ROOT = "document.querySelector('[data-figure]').shadowRoot"
WORDS = f"{ROOT}.querySelector('[aria-live]').textContent"
NUMBERS = """() => {
  const write = (value) => (value?.data ? { shape: value.shape, numbers: Array.from(value.data) }
    : { numbers: [value].flat(Infinity), shape: shapeOf(value) });
  const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
  const numbers = document.querySelector("[data-figure]").live.numbers();
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, write(value)]));
}"""
CONTROLS = """() => {
  const root = document.querySelector("[data-figure]").shadowRoot;
  const all = root.querySelectorAll("input[type=range], input[type=checkbox], select");
  return [...all].map((element) => ({
    id: element.id,
    ends: element.type === "range" ? [element.min, element.max]
      : element.type === "checkbox" ? [false, true]
      : [element.options[0].value, element.options[1].value],
    others: [...(element.options ?? [])].slice(2).map((option) => option.value),
  }));
}"""
SET = """([id, value]) => {
  const element = document.querySelector("[data-figure]").shadowRoot.getElementById(id);
  if (typeof value === "boolean") element.checked = value;
  else element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
}"""


EXAMPLE = Path(live.__file__).with_name("example.js")


def example(module=EXAMPLE):
    """Make the example that authors copy, or another module in its place."""
    words = "A slider, and the square of the number it is set to."
    return Figure(module, {"n": 3}, still=show_numbers([[9.0]]), words=words)


def example_numbers(state):
    return {"square": state["n"] ** 2}


def trials():
    """List the trials of all lessons as parameters of a test; the example comes first."""
    found = [("live", Trial(example, example_numbers))]
    found += [("live", trial) for trial in (*MICROSCOPE, *ARCHITECTURE)]
    for slug in SLUGS:
        if (LESSONS / slug / "live.py").exists():
            module = importlib.import_module(f"course_lib.lessons.{slug}.live")
            found += [(slug, trial) for trial in module.TRIALS]
    return [pytest.param(t, id=f"{slug}-{name_of(t)}") for slug, t in found]


def name_of(trial):
    return trial.numbers.__name__.removesuffix("_numbers")


def open_figure(page, figure, folder):
    """Show a figure on a page of its own, and remember what the console complains of."""
    path = folder / "figure.html"
    path.write_text(PAGE.format(figure=figure._repr_html_()), encoding="utf-8")
    page.on("console", lambda message: page.faults.append(f"console: {message.text}"))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelector('[data-figure]').shadowRoot")


def numbers_shown(page):
    """Read the numbers of the figure as they are now, as float32 by name."""
    found = page.evaluate(NUMBERS)
    return {
        name: np.array(value["numbers"], np.float32).reshape(value["shape"])
        for name, value in found.items()
    }
