"""Claims on the classic architectures."""

from course_lib.lessons.claims_checked.measures import architectures as measure
from course_lib.lessons.claims_checked.record import CONDITION, OPEN, RIGHT, WRONG, Claim, Held

CLAIMS = (
    Claim(
        "years",
        "LeNet-5 1998, AlexNet 2012, VGG and GoogLeNet 2014, ResNet 2015, MobileNet 2017, "
        "EfficientNet 2019.",
        RIGHT,
        "Years of submission; some were printed a year later.",
        "the papers of notebooks 17 to 23",
        Held("24", "Twenty-one years on one page",
             "models/test_registry.py::test_the_list_runs_from_the_oldest_to_the_newest"),
        ("Popular CNN Architectures",),
        measure.years,
    ),
    Claim(
        "61,706",
        "LeNet-5 has 61,706 parameters.",
        WRONG,
        "So has its usual re-creation. The network of 1998 has 60,000: a partial table, trainable "
        "subsampling, fixed output codes.",
        "LeCun et al. 1998, section II.B",
        Held("17", "The one that is taught",
             "models/test_families.py::test_lenet5_of_1998_has_the_parameters_of_each_layer"),
        ("Popular CNN Architectures",),
        measure.lenet,
    ),
    Claim(
        "eight layers",
        "AlexNet has eight layers: five convolutional, three fully connected.",
        RIGHT,
        "Layers with weights. Two cards and response norm belong to it as well.",
        "Krizhevsky, Sutskever, Hinton 2012, section 3.5",
        Held("18", "Eight layers",
             "models/test_networks.py::test_parameters_are_the_published_ones"),
        ("Architecture of AlexNet",),
        measure.eight_layers,
    ),
    Claim(
        "overlapping",
        "Overlapping max pooling extracts better features.",
        OPEN,
        "Worth 0.4 points of top-1 error in the paper. In small, taking it out hurt nothing.",
        "Krizhevsky, Sutskever, Hinton 2012, section 3.4",
        Held("18", "Nothing hurts",
             "lessons/alexnet/test_experiments.py::"
             "test_nothing_that_is_taken_out_is_missed_on_other_seeds"),
        ("Architecture of AlexNet",),
    ),
    Claim(
        "data and power",
        "AlexNet showed that large data sets and computing power make deep networks possible.",
        OPEN,
        "It won with a third of its lead coming from what was new in it, by its authors' own "
        "counts. History is not an experiment: nobody can take the data out.",
        "Krizhevsky, Sutskever, Hinton 2012, sections 1 and 6",
        Held("18", "A third of the lead",
             "lessons/alexnet/test_paper.py::test_errors_fall_from_entry_to_entry"),
        ("Impact of AlexNet on Deep Learning",),
    ),
    Claim(
        "dense at the end",
        "Fully connected layers make the final classification.",
        CONDITION,
        "In LeNet, AlexNet and VGG, most of whose weights they hold. Since GoogLeNet a global "
        "mean and one dense layer do.",
        "Lin, Chen, Yan 2014, section 3.2",
        Held("19", "One layer has three quarters",
             "models/test_networks.py::test_parameters_are_the_published_ones"),
        ("Basic CNN Architecture", "Key Components of CNNs"),
        measure.dense_share,
    ),
    Claim(
        "pipeline",
        "A CNN is input, convolution, activation, pooling, fully connected, output.",
        CONDITION,
        "The first CNNs. All-convolutional ones have no pooling but strides, and outputs may be "
        "maps.",
        "Springenberg et al. 2015",
        Held("16", "The basic architecture",
             "lessons/start_here/test_experiments.py::test_verdicts_hold_on_other_starts"),
        ("Basic CNN Architecture", "Key Components of CNNs"),
        measure.poolings,
    ),
    Claim(
        "two small kernels",
        "Two 3 × 3 kernels are better than one 5 × 5.",
        RIGHT,
        "Same field, fewer weights, and a ReLU more, which is a good part of the gain.",
        "Simonyan, Zisserman 2015, section 2.3",
        Held("19", "The control",
             "lessons/vgg/test_experiments.py::"
             "test_small_kernels_with_a_relu_between_clean_better_on_other_seeds"),
        (),
        measure.stack,
    ),
    Claim(
        "deeper",
        "Deeper networks are more accurate.",
        WRONG,
        "Plain ones train worse from some depth on, and VGG's deepest column was not the best "
        "here.",
        "He et al. 2016a, Table 2",
        Held("21", "8, 20 and 44 layers",
             "lessons/resnet/test_experiments.py::test_verdicts_hold_on_other_seeds"),
    ),
    Claim(
        "1 × 1 reduction",
        "1 × 1 reductions make Inception modules cheap at no loss.",
        CONDITION,
        "At the price of a few points. A narrow network that is as cheap loses more.",
        "Szegedy et al. 2015, Figure 2",
        Held("20", "From 64 channels to 4",
             "lessons/googlenet/test_experiments.py::"
             "test_reduced_reads_like_direct_and_better_than_narrow_on_other_seeds"),
    ),
    Claim(
        "auxiliary heads",
        "Auxiliary heads help GoogLeNet to train.",
        OPEN,
        "No clear gain here; the authors themselves took it back.",
        "Szegedy et al. 2016, section 4",
        Held("20", "What the authors found later",
             "lessons/googlenet/test_experiments.py::"
             "test_heads_bring_no_clear_gain_on_other_seeds"),
    ),
    Claim(
        "eight to nine times",
        "A depthwise separable convolution needs 8 to 9 times fewer multiply-adds.",
        CONDITION,
        "For 3 × 3 kernels and many channels: the share is 1 / C_out + 1 / k².",
        "Howard et al. 2017, section 3.1",
        Held("22", "Eight to nine times fewer",
             "lessons/mobilenet/test_networks.py::"
             "test_a_separable_layer_costs_what_the_formula_says"),
        (),
        measure.separable,
    ),
    Claim(
        "multiply-adds are time",
        "A network with fewer multiply-adds is faster.",
        WRONG,
        "Layers that do few products with each number wait for memory. Measure on your machine, "
        "with your program.",
        "Williams, Waterman, Patterson 2009",
        Held("24", "A fifth of the work",
             "lessons/mobilenet/test_costs.py::"
             "test_an_intensity_counts_input_weights_and_output_once"),
        (),
        measure.intensity,
    ),
    Claim(
        "linear bottleneck",
        "Behind a narrow projection an activation does harm.",
        RIGHT,
        "The narrower the more.",
        "Sandler et al. 2018, Figure 1",
        Held("22", "The narrower, the more",
             "lessons/mobilenet/test_experiments.py::"
             "test_verdicts_on_linear_bottlenecks_hold_on_other_seeds"),
    ),
    Claim(
        "compound scaling",
        "Growing depth, width and resolution together is best.",
        OPEN,
        "Depth alone was worst here, on all seeds; width did as well as all three.",
        "Tan, Le 2019, section 3.3",
        Held("23", "Width wins here",
             "lessons/efficientnet/test_experiments.py::test_verdicts_hold_on_other_seeds"),
    ),
    Claim(
        "newer is better",
        "Architectures of 2019 beat those of 2014.",
        CONDITION,
        "With their own recipes. At equal work and steps every network with batch norm beat "
        "every one without, VGG included.",
        "measured here; Liu et al. 2022",
        Held("24", "The norm more than the year",
             "lessons/comparing_architectures/test_experiments.py::"
             "test_verdicts_hold_on_other_seeds"),
    ),
)  # fmt: skip
