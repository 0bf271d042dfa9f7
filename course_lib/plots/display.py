"""The way every figure of a notebook ends: shown once, with words for those who cannot see it."""

import base64
import io
from html import escape

import matplotlib.pyplot as plt
from IPython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from course_lib.errors import InvalidType, InvalidValue
from course_lib.plots.style import course_style

DISPLAY_DPI = 100
PIXEL_RATIO = 2  # drawn twice as fine as shown: sharp on a projector and on high-density screens
SHORTEST_ALT = 20
JPEG_START = b"\xff\xd8\xff"
PHOTO_RATIO = 0.7  # of the pixels along a side: photographs are sharp enough with fewer
PHOTO_QUALITY = 70
MOST_COLORS = 4096  # of a drawing, its smoothed edges included; photographs have more


def describe(drawing: Axes | Figure, alt: str) -> None:
    """Show a figure once in a notebook, as a picture with an alt text, and close it.

    The picture is shown as HTML (see `picture_html`). Outside a notebook the alt text is printed
    instead.

    Parameters
    ----------
    drawing : Axes or Figure
        The figure, or any axes of it.
    alt : str
        What the figure shows, for readers who cannot see it: at least 20 characters. Say what
        is to be seen, not only what is plotted.

    Raises
    ------
    TypeError
        If `drawing` is neither axes nor a figure.
    ValueError
        If `alt` is too short.

    Examples
    --------
    >>> from course_lib import plots
    >>> _, axes = plots.figure()
    >>> describe(axes[0, 0], "An empty pair of axes, waiting for a first curve.")
    Figure: An empty pair of axes, waiting for a first curve.
    """
    figure = _figure_of(drawing)
    text = _checked(alt)
    if get_ipython() is None:
        print(f"Figure: {text}")
    else:
        width = round(DISPLAY_DPI * figure.get_size_inches()[0])
        html = picture_html(small_picture(render_png(figure)), text, width=width)
        display({"text/html": html, "text/plain": f"Figure: {text}"}, raw=True)
    plt.close(figure)


def picture_html(picture: bytes, alt: str, *, width: int) -> str:
    """Write a picture as one HTML element that carries its bytes and its words.

    JupyterLab drops the alt text of an `image/png` output, and so does nbconvert. An `img`
    element keeps it in both, also in a notebook that is not trusted.

    Parameters
    ----------
    picture : bytes
        The file, PNG or JPEG.
    alt : str
        What the picture shows.
    width : int
        The width shown, in pixels of the page; a narrower page shrinks the picture.

    Returns
    -------
    str
        The element, in one line.

    Examples
    --------
    >>> picture_html(b"...", 'a "dot"', width=5)
    '<img alt="a &quot;dot&quot;" width="5" src="data:image/png;base64,Li4u">'
    """
    data = base64.b64encode(picture).decode()
    kind = "jpeg" if picture.startswith(JPEG_START) else "png"
    return f'<img alt="{escape(alt)}" width="{width}" src="data:image/{kind};base64,{data}">'


def render_png(figure: Figure, *, pixel_ratio: float = PIXEL_RATIO) -> bytes:
    """Draw a figure as the bytes of a PNG file, `pixel_ratio` times its displayed size."""
    buffer = io.BytesIO()
    with course_style():
        figure.savefig(buffer, format="png", dpi=DISPLAY_DPI * pixel_ratio)
    return buffer.getvalue()


def small_picture(png: bytes) -> bytes:
    """Store a drawing as `small_png` does, and one with color photographs as a JPEG.

    With photographs in it, a JPEG takes a sixth of the bytes.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.getcolors(MOST_COLORS) is not None:
        return small_png(png)
    width, height = (round(PHOTO_RATIO * side) for side in picture.size)
    buffer = io.BytesIO()
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    small.save(buffer, format="jpeg", quality=PHOTO_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


def small_png(png: bytes) -> bytes:
    """Store a drawing with a palette of 256 colors: half the size, to the eye the same.

    A color photograph has too many colors for that, and stays as it is.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.getcolors(MOST_COLORS) is None:
        return png
    buffer = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def _figure_of(drawing: Axes | Figure) -> Figure:
    if isinstance(drawing, Figure):
        return drawing
    if isinstance(drawing, Axes):
        return drawing.get_figure(root=True)
    raise InvalidType(
        "describe", received=f"a {type(drawing).__name__}", needed="axes or a figure",
        fix="pass what the plot function returned")  # fmt: skip


def _checked(alt: str) -> str:
    text = " ".join(alt.split())
    if len(text) < SHORTEST_ALT:
        raise InvalidValue(
            "describe", received=f"the alt text {text!r}",
            needed=f"at least {SHORTEST_ALT} characters",
            fix="say what a reader should see in the figure")  # fmt: skip
    return text
