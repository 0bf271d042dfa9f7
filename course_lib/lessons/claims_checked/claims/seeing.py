"""Claims on convolution, sizes, counts, and what a network sees."""

from course_lib.lessons.claims_checked.measures import seeing as measure
from course_lib.lessons.claims_checked.record import CONDITION, OPEN, RIGHT, WRONG, Claim, Held

CLAIMS = (
    Claim(
        "flip",
        "A convolutional layer computes the convolution (I ∗ K)(i, j) = "
        "Σₘ Σₙ I(i + m, j + n) K(m, n).",
        CONDITION,
        "This is cross-correlation, which networks call convolution; convolution has I(i − m, j "
        "− n). A layer also sums over channels and adds a bias.",
        "Goodfellow, Bengio, Courville 2016, equations 9.4 to 9.6",
        Held("02", "The flip in two dimensions",
             "parity/test_correlation.py::"
             "test_a_symmetric_kernel_hides_the_flip_and_a_slanted_one_shows_it"),
        ("eq 1", "eq 12", "2D Convolution Operation", "Convolutional Layer: Deep Dive",
         "What are Convolutional Neural Networks?"),
        measure.flip,
    ),
    Claim(
        "kernel depth",
        "The depth of a kernel equals the number of input channels.",
        CONDITION,
        "With one group. With G groups a kernel is C_in / G deep, in a depthwise layer 1.",
        "Howard et al. 2017, section 3.1",
        Held("04", "Who sees whom?",
             "numpy_ops/test_convolution_properties.py::test_a_group_is_a_convolution_of_its_own"),
        ("Kernels/Filters: The Feature Detectors",),
        measure.kernel_depth,
    ),
    Claim(
        "learned edges",
        "Kernels learn edges, corners and color transitions by themselves.",
        CONDITION,
        "If the task needs them: where frozen random kernels do as well, they stay as they are.",
        "Krizhevsky, Sutskever, Hinton 2012, Figure 3",
        Held("03", "Did the task need them?",
             "lessons/kernels_and_feature_maps/test_experiments.py::"
             "test_learned_kernels_get_straight_and_are_needed_on_other_seeds"),
        ("Kernels/Filters: The Feature Detectors", "What is a Convolutional Layer?"),
    ),
    Claim(
        "strong match",
        "Higher values in a feature map mean a stronger match.",
        CONDITION,
        "If the kernel sums to 0 and all windows have the same contrast. Else: brighter, or "
        "richer in contrast.",
        "Goodfellow, Bengio, Courville 2016, section 9.1 (the sum that is computed)",
        Held("03", "The face is in the sky",
             "lessons/kernels_and_feature_maps/test_search.py::"
             "test_the_face_is_in_the_sky_until_its_mean_is_taken_away"),
        ("Feature Maps: Capturing Spatial Patterns", "Feature Maps"),
        measure.strong_match,
    ),
    Claim(
        "neighbors",
        "Neighboring pixels are highly correlated.",
        RIGHT,
        "In photographs, and less the farther apart they are.",
        "measured here; the classic account is Field 1987, Journal of the Optical Society of "
        "America A 4",
        Held("01", "Ten photos", "lessons/images_and_cnns/test_experiments.py::"
             "test_agrees_with_scipy"),
        ("Why CNNs Excel in Image Processing",),
        measure.neighbors,
    ),
    Claim(
        "dense count",
        "A dense layer of 1,000 units on 256 × 256 RGB pixels has 196,608,000 parameters.",
        RIGHT,
        "So many weights; 1,000 biases come on top.",
        "counted",
        Held("01", "Count the parameters",
             "analysis/test_complexity.py::test_numbers_of_the_textbook_example"),
        ("Why CNNs Outperform MLPs for Structured Data",),
        measure.dense_count,
    ),
    Claim(
        "750",
        "For the same image a convolution needs 750 parameters: orders of magnitude fewer.",
        CONDITION,
        "760 with biases, and it gives 635,040 numbers, not 1,000. It saves weights; products it "
        "saves far fewer.",
        "counted",
        Held("01", "But is it fair?",
             "analysis/test_complexity.py::test_without_sharing_every_output_has_its_own_weights"),
        ("Why CNNs Outperform MLPs for Structured Data",),
        measure.fewer_weights,
    ),
    Claim(
        "403 times",
        "307,200 against 760: 403 times fewer parameters.",
        WRONG,
        "The quotient is another number, with biases on one side only, and of layers that do "
        "different jobs.",
        "counted",
        Held("01", "Beware of one ratio",
             "analysis/test_complexity.py::test_numbers_of_the_textbook_example"),
        ("Parameter Efficiency in Convolutional Layers",),
        measure.ratio,
    ),
    Claim(
        "output size",
        "W_out = (W − F + 2P) / S + 1.",
        CONDITION,
        "If the division leaves no rest and nothing is dilated. W_out = "
        "⌊(W + 2P − D(F − 1) − 1) / S⌋ + 1.",
        "Dumoulin, Visin 2016, Relationship 6",
        Held("03", "How large is the map?", "test_shapes.py::test_conv_output_size"),
        ("eq 13", "eq 14", "Feature Maps"),
        measure.output_size,
    ),
    Claim(
        "five by three",
        "A 3 × 3 kernel on a 5 × 5 image gives a 3 × 3 map.",
        RIGHT,
        "With stride 1 and no padding.",
        "Dumoulin, Visin 2016, Relationship 1",
        Held("03", "Your turn: 5 × 5 with 3 × 3 gives 3 × 3",
             "test_shapes.py::test_conv_output_size"),
        ("Forward Pass in CNNs",),
        measure.five_by_three,
    ),
    Claim(
        "no spatial information",
        "A fully connected layer preserves no spatial information.",
        WRONG,
        "Nothing is lost; the layer only does not know beforehand which pixels are neighbors.",
        "linear algebra: a square matrix of full rank can be inverted",
        Held("01", "Why the MLP cannot notice",
             "lessons/images_and_cnns/test_experiments.py::test_verdicts_hold_on_other_seeds"),
        ("Convolutional vs. Fully Connected Layers", "CNNs vs. Traditional MLPs"),
        measure.dense_undone,
    ),
    Claim(
        "invariant",
        "Convolutional layers are translation invariant: it is built in.",
        WRONG,
        "They are equivariant: shift the image and the map shifts. Zeros at the border and strides "
        "break even that.",
        "Zhang 2019; Azulay, Weiss 2019; Kayhan, van Gemert 2020",
        Held("06", "Three layers",
             "analysis/test_equivariance.py::test_circular_convolution_is_equivariant"),
        ("Key Advantages of CNNs", "CNNs vs. Traditional MLPs",
         "Convolutional vs. Fully Connected Layers"),
        measure.invariant,
    ),
    Claim(
        "many examples",
        "An MLP must learn shifts from many examples.",
        RIGHT,
        "A CNN learns more from 50 digits than an MLP of the same size from 1,300.",
        "measured here",
        Held("06", "Learned from 50, 250 and 1,300 images",
             "lessons/equivariance_and_invariance/test_digits.py::"
             "test_verdicts_on_data_hold_on_other_seeds"),
        ("CNNs vs. Traditional MLPs", "Key Advantages of CNNs"),
    ),
    Claim(
        "receptive field",
        "The receptive field begins as the filter size and grows with depth.",
        CONDITION,
        "r ← r + (k − 1) j, j ← j s: that is what a unit can see. What it uses is a bell whose "
        "width grows with the root of the depth.",
        "Araujo, Norris, Sim 2019; Luo et al. 2016, section 2",
        Held("05", "What counts grows with the root",
             "analysis/test_receptive_field.py::"
             "test_the_effective_field_grows_with_the_root_of_the_depth"),
        ("Receptive Fields: What Each Neuron Sees",),
        measure.receptive_field,
    ),
    Claim(
        "complete objects",
        "Early layers see edges, middle layers parts, deep layers complete objects.",
        OPEN,
        "Fields do grow. But a trained network names a cat from shuffled squares, so it need not "
        "see the whole.",
        "Zeiler, Fergus 2014 (for); Geirhos et al. 2019 (against)",
        Held("23", "Texture, not shape",
             "lessons/efficientnet/test_pictures.py::"
             "test_a_cat_in_squares_stays_a_cat_in_every_order"),
        ("Key Advantages of CNNs", "Why CNNs Excel in Image Processing",
         "Receptive Fields: What Each Neuron Sees"),
    ),
    Claim(
        "state of the art",
        "CNNs are the state of the art in many visual tasks.",
        OPEN,
        "Say when. The most accurate network of this course is of 2019; transformers followed.",
        "Dosovitskiy et al. 2021; Liu et al. 2022",
        Held("24", "The two youngest",
             "lessons/comparing_architectures/test_tables.py::"
             "test_the_best_is_the_most_accurate_that_fits"),
        ("Key Advantages of CNNs",),
        measure.most_accurate,
    ),
    Claim(
        "sharing",
        "Sharing weights reduces parameters, local connections limit them.",
        RIGHT,
        "Two savings: what is local has fewer weights and fewer products, what is shared fewer "
        "weights alone.",
        "counted",
        Held("01", "What saves what",
             "analysis/test_complexity.py::test_without_sharing_every_output_has_its_own_weights"),
        ("Key Advantages of CNNs", "Parameter Efficiency in Convolutional Layers",
         "What are Convolutional Neural Networks?"),
        measure.sharing,
    ),
    Claim(
        "signals",
        "1-D CNNs read time series, sound, text and genomes.",
        RIGHT,
        "Where what matters may stand anywhere. Where its place is fixed, an MLP may do better.",
        "van den Oord et al. 2016 (sound); measured here",
        Held("25", "Remember the first symbol",
             "lessons/signals_1d/test_experiments.py::"
             "test_the_verdict_on_motions_holds_on_other_seeds"),
        ("Applications Beyond Image Processing",),
    ),
    Claim(
        "point clouds",
        "3-D CNNs classify point clouds.",
        CONDITION,
        "If the points are first counted in voxels. PointNet reads the points themselves and is no "
        "3-D CNN.",
        "Maturana, Scherer 2015 (VoxNet); Qi et al. 2017 (PointNet)",
        Held("26", "Points become voxels first",
             "lessons/volumes_3d/test_experiments.py::"
             "test_verdicts_on_volumes_and_clouds_hold_on_other_seeds"),
        ("Applications Beyond Image Processing",),
    ),
    Claim(
        "video",
        "3-D CNNs are needed to see movement in a video.",
        OPEN,
        "Frames as channels of a 2-D CNN did as well here, as long as the movement came at a known "
        "moment.",
        "Tran et al. 2015 (for)",
        Held("26", "Could we have done without?",
             "lessons/volumes_3d/test_experiments.py::"
             "test_verdicts_on_clips_hold_on_other_seeds"),
        ("Applications Beyond Image Processing",),
    ),
)  # fmt: skip
