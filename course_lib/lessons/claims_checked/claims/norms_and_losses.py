"""Claims on norms, shortcuts, pooling, losses and regularization."""

from course_lib.lessons.claims_checked.measures import norms_and_losses as measure
from course_lib.lessons.claims_checked.record import CONDITION, OPEN, RIGHT, WRONG, Claim, Held

NORM = "Batch Normalization: Stabilizing Training"
RESIDUAL = "Residual Networks (ResNets)"
LOSSES = "Loss Functions in CNNs: Guiding the Learning Process"
POOLING = "Pooling Methods in CNNs"

CLAIMS = (
    Claim(
        "norm without ε",
        "Batch norm: x̂ = (x − μ) / σ, y = γ x̂ + β.",
        CONDITION,
        "With ε under the root; without it a constant channel gives 0/0.",
        "Ioffe, Szegedy 2015, algorithm 1",
        Held("11", "Batch norm",
             "numpy_ops/test_precision.py::test_a_constant_slice_becomes_exactly_zero"),
        ("eq 10",),
        measure.without_eps,
    ),
    Claim(
        "batch norm",
        "x̂ = (x − μ_B) / √(σ_B² + ε), y = γ x̂ + β.",
        CONDITION,
        "In training, over N, H, W for each channel, with the biased variance. In use kept "
        "statistics take their place, and the kept variance is the unbiased one.",
        "Ioffe, Szegedy 2015, algorithms 1 and 2",
        Held("11", "Two variances",
             "parity/test_normalization.py::test_batch_norm_equals_the_torch_module"),
        ("eq 15", NORM),
        measure.two_variances,
    ),
    Claim(
        "covariate shift",
        "Batch norm helps because it reduces internal covariate shift.",
        WRONG,
        "It does reduce the drift. But with noise that drifts more than no norm at all, it still "
        "trains better; slopes that turn less are the better account.",
        "Ioffe, Szegedy 2015 (the hypothesis); Santurkar et al. 2018",
        Held("11", "Drift put back",
             "lessons/normalization/test_experiments.py::"
             "test_verdicts_on_drift_hold_on_other_seeds"),
        (NORM,),
    ),
    Claim(
        "careless start",
        "Batch norm speeds up training and reduces sensitivity to initialization.",
        RIGHT,
        "It allows longer steps and forgives first weights ten times too large or small. It "
        "forgives, it does not make them indifferent.",
        "Ioffe, Szegedy 2015, section 3.3",
        Held("11", "What is gained: careless first weights",
             "lessons/normalization/test_experiments.py::"
             "test_verdicts_on_rates_and_scales_hold_on_other_seeds"),
        (NORM, "Key Components of CNNs"),
    ),
    Claim(
        "norm and depth",
        "Batch norm helps gradients to flow through deep networks.",
        CONDITION,
        "It rescues ten sigmoid layers. Thirty plain ReLU layers it makes explode: a factor for "
        "every layer.",
        "Yang et al. 2019",
        Held("09", "A cure that explodes",
             "lessons/vanishing_gradients/test_experiments.py::"
             "test_verdicts_on_the_cures_hold_on_other_seeds"),
        (NORM, "Vanishing Gradient Problem in CNNs"),
    ),
    Claim(
        "group norm",
        "x̂ = (x − μ_G) / √(σ_G² + ε), y = γ x̂ + β.",
        CONDITION,
        "Over the C / G channels of a group and H, W, for each image; γ and β belong to "
        "channels, not to groups.",
        "Wu, He 2018, equations 1, 2, 6, 7",
        Held("11", "Group norm is three lines",
             "parity/test_normalization.py::test_norms_that_are_one_another"),
        ("eq 16",),
        measure.group_parameters,
    ),
    Claim(
        "group norm and batch",
        "Group norm is independent of the batch size.",
        RIGHT,
        "An image is compared with nobody but itself.",
        "Wu, He 2018, section 3",
        Held("11", "Change a number, and see who else moves",
             "lessons/normalization/test_companions.py::"
             "test_a_change_is_felt_by_the_companions_alone"),
        ("Group Normalization: Alternative to BatchNorm",),
        measure.group_alone,
    ),
    Claim(
        "batches of two",
        "Group norm works where batch norm fails, with small batches.",
        CONDITION,
        "If a channel has so few numbers that batch norm makes them ±1. With 2 × 2 maps it does "
        "not fail, and here no norm at all does as well.",
        "Wu, He 2018, Table 2",
        Held("11", "The batch, or the company?",
             "lessons/normalization/test_experiments.py::"
             "test_verdicts_on_companions_hold_on_other_seeds"),
        ("Group Normalization: Alternative to BatchNorm",),
    ),
    Claim(
        "residual form",
        "A residual layer is y = f(W x) + x.",
        WRONG,
        "y = ReLU(F(x) + x), F with two layers or more and no ReLU at its end, so that it can "
        "subtract.",
        "He et al. 2016a, equation 1; 2016b, Table 2 (7.84 against 6.61 %)",
        Held("12", "A form that looks right",
             "lessons/residual_connections/test_experiments.py::"
             "test_verdicts_on_training_hold_on_other_seeds"),
        ("eq 11",),
        measure.only_rises,
    ),
    Claim(
        "ResNets cure vanishing",
        "Deep plain networks fail since their gradients vanish; shortcuts solve that.",
        WRONG,
        "With batch norm the slopes of the first layers are the largest. Shortcuts keep them "
        "even, and let a block begin by doing nothing.",
        "He et al. 2016a, section 4.1",
        Held("12", "What shortcuts do not explain",
             "lessons/residual_connections/test_experiments.py::"
             "test_verdicts_on_digits_and_slopes_hold_on_other_seeds"),
        (RESIDUAL,),
    ),
    Claim(
        "deep trains",
        "Shortcuts let much deeper networks train.",
        RIGHT,
        "At 32 layers the plain network ends far higher, by gradient descent and by Adam.",
        "He et al. 2016a, Table 2",
        Held("12", "And does it train?",
             "lessons/residual_connections/test_experiments.py::"
             "test_adam_does_not_rescue_the_plain_network_on_other_seeds"),
        (RESIDUAL, "Vanishing Gradient Problem in CNNs"),
    ),
    Claim(
        "pre-activation",
        "Pre-activation is the better residual block.",
        OPEN,
        "At 110 layers and more, the authors found. At our 32 layers and 80 steps both train.",
        "He et al. 2016b, Table 2",
        Held("12", "Does it help at 32 layers?",
             "lessons/residual_connections/test_experiments.py::"
             "test_verdicts_on_training_hold_on_other_seeds"),
    ),
    Claim(
        "pooling invariant",
        "Pooling provides translation invariance.",
        CONDITION,
        "Local and approximate. Only a global mean or maximum of a map with stride 1 is "
        "invariant, and only without a border.",
        "Zhang 2019, section 3; Azulay, Weiss 2019",
        Held("13", "Local and global",
             "parity/test_pooling_properties.py::"
             "test_a_shift_by_one_stride_shifts_the_output_by_one"),
        (POOLING,),
        measure.pooling_shift,
    ),
    Claim(
        "global pooling",
        "Global pooling reduces a feature map to a single value.",
        RIGHT,
        "For each channel.",
        "Lin, Chen, Yan 2014, section 3.2",
        Held("13", "Windows that fit any image",
             "parity/test_pooling_properties.py::"
             "test_global_pooling_is_pooling_with_a_window_of_the_whole_image"),
        (POOLING,),
        measure.global_pooling,
    ),
    Claim(
        "pooling and overfitting",
        "Pooling helps control overfitting.",
        OPEN,
        "It has no weights, but behind it a dense layer needs a quarter. Whether that helps on "
        "new images depends on the head.",
        "measured here",
        Held("06", "So does pooling help or hurt?",
             "lessons/pooling/test_experiments.py::"
             "test_pooling_helps_a_dense_head_and_hurts_a_global_one_on_other_seeds"),
        (POOLING,),
        measure.quarter,
    ),
    Claim(
        "maximum or mean",
        "Max pooling is better than average pooling.",
        OPEN,
        "Within 4 points here, and the mean is the steadier under shifts.",
        "Boureau, Ponce, LeCun 2010 (when which)",
        Held("13", "And who reads best?",
             "lessons/pooling/test_experiments.py::test_verdicts_hold_on_other_seeds"),
        (POOLING,),
    ),
    Claim(
        "cross-entropy",
        "L = −Σ yᵢ log ŷᵢ.",
        CONDITION,
        "Where ŷ is a softmax, i runs over classes, and the mean is taken over the batch. "
        "Compute it from the scores, by log-sum-exp.",
        "Goodfellow, Bengio, Courville 2016, sections 4.1 and 6.2.2",
        Held("14", "Typed as it stands", "parity/test_losses.py::test_huge_logits_stay_finite"),
        (LOSSES,),
        measure.naive_cross_entropy,
    ),
    Claim(
        "BCE",
        "L = −Σ [yᵢ log ŷᵢ + (1 − yᵢ) log(1 − ŷᵢ)].",
        CONDITION,
        "Here i runs over samples or labels, not over classes. From scores: "
        "max(z, 0) − z y + log(1 + e^−|z|).",
        "Bishop 2006, section 4.3.2",
        Held("14", "From scores, not from probabilities",
             "parity/test_losses.py::test_the_binary_losses_agree"),
        (LOSSES,),
        measure.naive_bce,
    ),
    Claim(
        "focal form",
        "Focal loss is −Σ (1 − ŷᵢ)^γ yᵢ log ŷᵢ.",
        WRONG,
        "For yes or no: −α_t (1 − p_t)^γ log p_t with p_t = 1 − p where y = 0. As written every no "
        "costs 0. It holds only with a softmax over classes.",
        "Lin et al. 2017, equations 4 and 5",
        Held("14", "The second remedy: focal loss",
             "parity/test_losses.py::test_losses_match_their_loops"),
        (LOSSES,),
        measure.focal,
    ),
    Claim(
        "focal and imbalance",
        "Focal loss addresses class imbalance.",
        OPEN,
        "In the end no loss ordered the answers better; a moved threshold did what weights do. It "
        "was ahead when training was cut short.",
        "Lin et al. 2017 (for, in detection); measured here",
        Held("14", "The same order, other numbers",
             "lessons/losses/test_experiments.py::test_no_loss_orders_better_in_the_end"),
        (LOSSES,),
    ),
    Claim(
        "smoothing",
        "Label smoothing makes a network's probabilities honest.",
        CONDITION,
        "Where it is too sure. Where it is not sure enough, smoothing makes it worse; a "
        "temperature does better in both.",
        "Guo et al. 2017; Müller, Kornblith, Hinton 2019",
        Held("14", "Only where a network is too sure",
             "lessons/losses/test_experiments.py::"
             "test_smoothing_helps_only_where_a_reader_is_too_sure"),
    ),
    Claim(
        "dropout",
        "Dropout prevents overfitting.",
        CONDITION,
        "It helped less than moved images, and in AlexNet in small it cost points: that network "
        "did not overfit.",
        "Srivastava et al. 2014",
        Held("15", "Does dropout help?",
             "lessons/regularization/test_experiments.py::test_verdicts_hold_on_other_seeds"),
        ("Key Components of CNNs", "Architecture of AlexNet"),
    ),
)  # fmt: skip
