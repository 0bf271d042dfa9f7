"""Mistakes in how pictures and data files of the reader are read."""

from mutants import mutants_of

PICTURES, USER_DATA = "tests/datasets/test_pictures.py", "tests/datasets/test_user_data.py"

MUTANTS = [
    *mutants_of(
        "course_lib/datasets/photos.py",
        PICTURES,
        ("deep pixels are clipped", "if picture.mode not in SAFE_MODES:", "if False:"),
        ("transparent is black", 'layer.size, "white")', 'layer.size, "black")'),
        ("transparent palettes are not seen", 'and "transparency" not in picture.info', ""),
        ("EXIF is not followed", "_on_white(ImageOps.exif_transpose(picture))",
         "_on_white(picture)"),
        ("huge pictures are unpacked", "if size[0] * size[1] > MOST_PIXELS:", "if False:"),
        ("large photographs give a warning", '"ignore", Image.Decomp', '"default", Image.Decomp'),
    ),
    *mutants_of(
        "course_lib/models/photos.py",
        PICTURES,
        ("a picture is taken as it is", 'image = to_eight_bits(photo, "a PIL image", "preprocess")',
         "image = photo"),
    ),
    *mutants_of(
        "course_lib/datasets/user_data.py",
        USER_DATA,
        ("byte names keep their b", "isinstance(name, bytes)", "False"),
        ("masks in bytes are black", "x.max() == 1:", "False:"),
        ("headers are believed", "if not dtype.hasobject and said", "if False and said"),
        ("any number is a label", "> LARGEST_LABEL", "> 2**63"),
        ("a half header gets out", "struct.error, tokenize.TokenError,", "struct.error,"),
        ("encrypted archives get out", "MemoryError, RuntimeError,", "MemoryError,"),
        ("deeper pictures are left out", "        _require_no_deeper_pictures(folder)\n",
         "        pass\n"),
    ),
]  # fmt: skip
