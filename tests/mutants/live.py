"""Mistakes in the JavaScript of the live figures."""

from mutants import Mutant, mutants_of

LIVE = "course_lib/live"


def nn_mutants(file: str, only: str, *faults: tuple[str, str, str]) -> list[Mutant]:
    """List mutants of a module of nn.js, to be caught by the parity cases named `only`."""
    return mutants_of(f"{LIVE}/{file}", f"tests/browser/test_nn.py -k {only}", *faults)


MUTANTS = [
    *nn_mutants(
        "convolution.js",
        "conv2d",
        ("sum overwritten", "sums[to + output + j] += w", "sums[to + output + j] = w"),
        ("no bias", "if (bias) for", "if (!bias) for"),
        ("dilation of the taps forgotten", "u * dilation - before;", "u - before;"),
        ("stride of the rows forgotten", "(i * rows.stride + down.shift)", "(i + down.shift)"),
        ("first window too early", "Math.ceil(-shift / stride)", "Math.floor(-shift / stride)"),
        ("last window too late", "(n - 1 - shift) / stride) + 1)", "(n - shift) / stride) + 1)"),
        ("groups read the first channels", "Math.floor(o / O_group) * C_group + c", "c"),
        (
            "same padding starts with the larger half",
            "Math.floor(total / 2)",
            "Math.ceil(total / 2)",
        ),
        (
            "weight of the wrong output",
            "let k = o * C_group * K_h * K_w",
            "let k = o * C_group * K_h",
        ),
        ("weight without samples added", "toWeight[k] += sum", "toWeight[k] = sum"),
        ("input gradient overwritten", "toX[place] += w * g", "toX[place] = w * g"),
        ("bias gradient by pixel", "toBias[Math.floor(at / size) % O]", "toBias[at % O]"),
        ("asked for no input gradient", "options.needs_grad_x ?? true", "true"),
    ),
    *nn_mutants(
        "pooling.js",
        "pool",
        ("a tie goes to the last", "x.data[place] > x.data[best]", "x.data[place] >= x.data[best]"),
        ("padding of the rows forgotten", "u * rows.dilation - rows.padding", "u * rows.dilation"),
        ("dilation of the columns forgotten", "v * columns.dilation -", "v -"),
        ("stride is 1 by default", "stride ?? kernel_size", "stride ?? 1"),
        ("ceil floors", "whole + 1 : whole", "whole : whole"),
        ("window beyond the padding kept", "room % 1 && whole * stride < n + padding", "room % 1"),
        ("max gradient overwritten", "sums[place] += grad_y", "sums[place] = grad_y"),
        (
            "zeros of the padding never count",
            "count_include_pad ? stop - start : to - from",
            "to - from",
        ),
        ("mean gradient not shared", "+= share * grad_y.data[at]", "+= grad_y.data[at]"),
        (
            "adaptive windows do not overlap",
            "Math.ceil(((k + 1) * n) / length)",
            "Math.floor(((k + 1) * n) / length)",
        ),
    ),
    *nn_mutants(
        "activations.js",
        "'elu or selu or gelu or sigmoid or silu or softplus or swish or relu6'",
        ("slope of relu6 beyond 6", "Number(v > 0 && v < 6)", "Number(v > 0)"),
        ("elu without expm1", "alpha * Math.expm1(v)", "alpha * Math.exp(v)"),
        ("sigmoid's slope", "logistic(v) * (1 - logistic(v))", "logistic(v)"),
        ("silu's slope", "(1 + v * (1 - logistic(v)))", "(1 - v * (1 - logistic(v)))"),
        ("softplus overflows", "Math.exp(-Math.abs(beta * v))", "Math.exp(beta * v)"),
        ("gelu: series too short", "> 1e-17 * Math.abs(sum)", "> 1e-4 * Math.abs(sum)"),
        ("hardswish's slope", "v / 3 + 0.5", "v / 6 + 0.5"),
    ),
    *nn_mutants(
        "activations.js",
        "prelu",
        ("one slope for all", "Math.floor(k / each) % channels", "0"),
        ("slope's gradient of positive numbers", "if (!(x.data[k] > 0))", "if (x.data[k] > 0)"),
    ),
    *nn_mutants(
        "softmax.js",
        "softmax",
        ("largest not taken off", "let most = -Infinity;", "let most = 0;"),
        ("last axis only", "const step = product(shape.slice(axis + 1));", "const step = 1;"),
        ("sum forgotten in backward", "y[k] * (grad_y.data[k] - sum)", "y[k] * grad_y.data[k]"),
    ),
    *nn_mutants(
        "normalization.js",
        "batch_norm",
        (
            "eps forgotten",
            "Math.sqrt(variance + eps);\n    const shift",
            "Math.sqrt(variance);\n    const shift",
        ),
        ("biased variance kept", "(variance * count) / (count - 1)", "variance"),
        (
            "momentum turned round",
            "(1 - momentum) * value + momentum * fresh[c]",
            "momentum * value + (1 - momentum) * fresh[c]",
        ),
        (
            "mean's gradient forgotten",
            "(sum + normal(k) * along) / count",
            "(normal(k) * along) / count",
        ),
        ("batch's gradient in evaluation", "training || !running_mean", "true"),
    ),
    *nn_mutants(
        "linear.js",
        "linear",
        ("weight transposed", "sum += weight.data[o * I + i]", "sum += weight.data[i * O + o]"),
        ("gradient transposed", "g * weight.data[o * I + i]", "g * weight.data[i * O + o]"),
    ),
    *nn_mutants(
        "losses.js",
        "'cross_entropy or mse'",
        ("smoothing not shared out", "label_smoothing / K) *", "label_smoothing) *"),
        ("mean over samples, not weights", "if (weight && !soft) total", "if (false) total"),
        (
            "class weights forgotten in the gradient",
            "* sum - mass(k)) * share",
            "- mass(k)) * share",
        ),
        ("mean of the gradient forgotten", "grad_y.data[0] / total)", "grad_y.data[0])"),
        ("slope of the square", "2 * (p - target.data[k])", "(p - target.data[k])"),
    ),
    *mutants_of(
        f"{LIVE}/network.js",
        "tests/browser/test_network.py",
        ("running averages stand still", 'layer.op === "batch_norm" && training', "false"),
        ("gradient of the wrong layer's input", "outputs[k - 1] ?? x", "outputs[k] ?? x"),
        ("field ignores dilation and size", "dilation[a] * (size[a] - 1)", "0"),
        ("field without padding", "at * stride[a] - padding[a]", "at * stride[a]"),
    ),
    *mutants_of(
        f"{LIVE}/training.js",
        "tests/browser/test_network.py",
        ("velocity forgotten", "momentum * v + grad[i]", "grad[i]"),
        ("no weight decay", "weight_decay ? grad.map", "false ? grad.map"),
        ("Adam without its warm-up", "square[i] / (1 - b2 ** t)", "square[i]"),
        ("random numbers of one sign", "(2 * random() - 1) * limit", "random() * limit"),
    ),
    *mutants_of(
        f"{LIVE}/host.js",
        "tests/browser/test_live_figures.py -k 'live-example or again or fails'",
        ("the place is forgotten", "makeModel(places.get(key) ?? state)", "makeModel(state)"),
        ("listeners not told", 'tell("change");', ""),
        ("a failure hides the still", "'<slot></slot><p", "'<p"),
    ),
    *mutants_of(
        f"{LIVE}/figure.js",
        "tests/browser/test_live_figures.py -k 'live-example or page_keys'",
        ("keys leave the figure", "event.stopPropagation(); // a clicker's", "; // a clicker's"),
        ("page keys stay inside", '["PageUp", "PageDown"]', "[]"),
        ("nothing is said", "words.textContent = text;", "words.textContent = '';"),
    ),
    *mutants_of(
        "course_lib/lessons/convolution/live/sliding_kernel.js",
        "tests/browser/test_live_figures.py -k sliding_kernel",
        (
            "window without padding",
            "row * stride + u * dilation - padding",
            "row * stride + u * dilation",
        ),
        ("place outside the output", "clamp(state.row, 0, rows - 1)", "state.row"),
    ),
    *mutants_of(
        "course_lib/lessons/activations/live/ten_layers.js",
        "tests/browser/test_live_figures.py -k ten_layers",
        ("weights are no part of the slope", "weight * slope *", "slope *"),
        ("every layer is the first", "(layer ? y[layer - 1] : x)", "x"),
    ),
    *mutants_of(
        "course_lib/lessons/kernels_and_feature_maps/live/output_sizes.js",
        "tests/browser/test_live_figures.py -k output_sizes",
        ("span without its last pixel", "place < first + span", "place < first + span - 1"),
        (
            "kernel larger than the input",
            "Math.min(state.kernel, KERNELS, largest)",
            "state.kernel",
        ),
    ),
    *mutants_of(
        "course_lib/analysis/blocks.py",
        "tests/analysis/test_blocks.py",
        (
            "a pool's shape is that of the flattening behind it",
            "_joined([block, found[-1]])",
            "_joined([found[-1], block])",
        ),
        ("two stages become one", "(block.name, block.output_shape)", "block.name"),
    ),
    *mutants_of(
        "course_lib/live/architecture.js",
        "tests/browser/test_live_figures.py -k 'live-architecture and numbers'",
        ("up to the block before", "sum(block + 1)", "sum(block)"),
        ("no field is no number", "one[key] ?? side", "one[key] ?? 0"),
    ),
    *mutants_of(
        "course_lib/lessons/signals_1d/live/causal_field.js",
        "tests/browser/test_live_figures.py -k 'causal_field and numbers'",
        ("taps are neighbors whatever the dilation", "+ tap * dilation", "+ tap"),
        (
            "causal padding of a whole kernel",
            "causal ? dilation * (kernel - 1)",
            "causal ? dilation * kernel",
        ),
        ("the layers are walked from the input", "[...dilations].reverse()", "dilations"),
    ),
    *mutants_of(
        "course_lib/lessons/signals_1d/signals.py",
        "tests/lessons/signals_1d/test_signals.py",
        (
            "letters of the shuffled motif in their order",
            "rng.permuted(",
            "(lambda words, axis: words)(",
        ),
        (
            "the floor is counted with one letter too many",
            "place : place + num_letters",
            "place - 1 : place + num_letters",
        ),
    ),
    *mutants_of(
        "course_lib/lessons/signals_1d/networks.py",
        "tests/lessons/signals_1d/test_networks.py",
        ("padding on both sides", "pad(x, (reach, 0))", "pad(x, (reach // 2, reach - reach // 2))"),
    ),
]
