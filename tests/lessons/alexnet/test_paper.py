"""paper: what is printed there, held to what it should add up to."""

from course_lib.lessons.alexnet import paper


def test_the_printed_pieces_of_a_photo():
    assert (paper.PHOTO - paper.CROP) ** 2 * 2 == 2048  # section 4.1 prints this number


def test_each_gain_has_both_numbers_or_none():
    for gain in paper.GAINS:
        assert (gain.top1 is None) == (gain.top5 is None)
        assert gain.top1 is None or gain.top1 > gain.top5 > 0


def test_errors_fall_from_entry_to_entry():
    errors = list(paper.TOP5_ERRORS.values())
    assert errors == sorted(errors, reverse=True)
