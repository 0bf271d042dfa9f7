"""What a deck carries inside itself: reveal.js, MathJax, fonts and styles.

They come from packages of the `lecture` extra and from matplotlib, so nothing is fetched.
"""

import base64
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import matplotlib

from course_lib.errors import MissingFile

DECK = Path(__file__).parent / "templates" / "deck"
REVEAL = ("sphinx-revealjs", "sphinx_revealjs/_static/revealjs")
MATHJAX = ("sphinx-mathjax-offline", "sphinx-mathjax-offline/static/mathjax")
SANS = "dist/theme/fonts/source-sans-pro/source-sans-pro-{}.woff"
FACES = (("regular", 400, "normal"), ("italic", 400, "italic"), ("semibold", 600, "normal"))


@cache
def styles() -> str:
    """Join fonts, reveal.js, code colors and the look of the course into one style sheet."""
    reveal = [read(REVEAL, f"dist/{name}.css") for name in ("reset", "reveal")]
    return "\n".join([*fonts(), *reveal, code_colors(), (DECK / "deck.css").read_text("utf-8")])


@cache
def scripts() -> list[str]:
    """List the scripts of a deck in the order they run."""
    return [
        (DECK / "mathjax.js").read_text("utf-8"),
        inline(read(MATHJAX, "tex-svg-full.js")),
        inline(read(REVEAL, "dist/reveal.js")),
        inline(read(REVEAL, "plugin/notes/notes.js")),
        (DECK / "deck.js").read_text("utf-8"),
    ]


def inline(script: str) -> str:
    """Keep a script from ending the element it stands in."""
    return script.replace("</script", r"<\/script")


def fonts() -> list[str]:
    """Embed the fonts, so that a deck looks, and fits, the same on every machine."""
    sans = [
        font_face("Deck Sans", locate(REVEAL, SANS.format(face)), weight, style)
        for face, weight, style in FACES
    ]
    mono = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    return [*sans, font_face("Deck Mono", mono, 400, "normal")]


def font_face(family: str, file: Path, weight: int, style: str) -> str:
    """Write one font as a CSS rule that holds its bytes."""
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
        f"src: url(data:font/{file.suffix[1:]};base64,{data}); }}"
    )


def code_colors() -> str:
    """Color code as Pygments does."""
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style="default").get_style_defs(".highlight")


def read(package: tuple[str, str], name: str) -> str:
    """Read a text file of a package."""
    return locate(package, name).read_text("utf-8")


def locate(package: tuple[str, str], name: str) -> Path:
    """Find a file of an installed package.

    Raises
    ------
    FileNotFoundError
        If the package is not installed.
    """
    project, folder = package
    try:
        return Path(str(distribution(project).locate_file(f"{folder}/{name}")))
    except PackageNotFoundError:
        raise MissingFile(
            "slides", received=f"an environment without {project}",
            needed="the packages of the lecture extra",
            fix='install them with pip install -e ".[lecture]"') from None  # fmt: skip
