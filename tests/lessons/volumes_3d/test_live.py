"""What the live figure computes; tests/browser holds what it shows to this."""

import numpy as np

from course_lib.lessons.volumes_3d import live

STATE = live.clip_kernel().state  # drawing its still takes a while: once


def numbers(**changes):
    return live.clip_kernel_numbers({**STATE, **changes})


def test_a_slanted_kernel_tells_directions():
    largest = {clip: numbers(clip=clip)["output"].max() for clip in live.bars()}
    assert largest == {"goes right": 18, "goes left": 6, "rests": 0}
    mirrored = {clip: numbers(clip=clip, kernel="left")["output"].max() for clip in live.bars()}
    assert mirrored == {"goes right": 6, "goes left": 18, "rests": 0}


def test_change_answers_to_movement_only():
    assert not numbers(clip="rests", kernel="change")["output"].any()
    assert numbers(kernel="change")["output"].any()
    assert numbers(clip="rests", kernel="edge")["output"].any()


def test_products_add_up_to_the_output():
    shown = numbers(frame=2, row=0, column=1)
    assert shown["products"].sum() == shown["sum"] == shown["output"][2, 0, 1]
    np.testing.assert_array_equal(shown["products"].sum(axis=(1, 2)), shown["parts"])
