"""Mistakes in the networks, their weights, and what is counted about them."""

from mutants import mutants_of

FAMILIES = "tests/models/test_families.py"
RECORDED = "tests/models/test_against_torchvision.py -k recorded"
SQUEEZENET = "tests/models/test_squeezenet.py"
PRETRAINED = "tests/models/test_pretrained.py"

MUTANTS = [
    *mutants_of(
        "course_lib/models/lenet.py",
        FAMILIES,
        (
            "a map of C3 reads a neighbor",
            "(0, 2, 3, 5),\n)",
            "(0, 2, 3, 4),\n)",
        ),
        (
            "subsampling averages",
            "self.coefficient(4.0 * self.mean(x))",
            "self.coefficient(self.mean(x))",
        ),
        (
            "tanh without its slope",
            "torch.tanh(x * (2 / 3))",
            "torch.tanh(x)",
        ),
        (
            "the largest distance wins",
            "return -(difference",
            "return (difference",
        ),
    ),
    *mutants_of(
        "course_lib/models/alexnet.py",
        FAMILIES,
        (
            "alpha divided by the window",
            "alpha=5 * 1e-4",
            "alpha=1e-4",
        ),
        (
            "no raised biases",
            "nn.init.ones_(layer.bias)",
            "nn.init.zeros_(layer.bias)",
        ),
    ),
    *mutants_of(
        "course_lib/models/googlenet.py",
        FAMILIES,
        (
            "auxiliary heads swapped",
            "aux_logits2=aux2, aux_logits1=aux1",
            "aux_logits2=aux1, aux_logits1=aux2",
        ),
        (
            "second head leaves too late",
            "x = self.maxpool4(self.inception4e(after_4d))",
            "after_4d = self.inception4e(after_4d)[:, :528]\n        x ="
            " self.maxpool4(torch.cat([after_4d, after_4d], 1)[:, :832])",
        ),
        (
            "heads run in eval mode",
            "if self.training and self.aux1",
            "if self.aux1",
        ),
    ),
    *mutants_of(
        "course_lib/models/googlenet.py",
        RECORDED,
        (
            "batch norm with the default eps",
            ", eps=1e-3)",
            ")",
        ),
        (
            "no ReLU after the norm",
            "self.relu(self.bn(self.conv(x)))",
            "self.bn(self.conv(x))",
        ),
        (
            "pools floor",
            "nn.MaxPool2d(3, stride=2, ceil_mode=True)\n        self.maxpool4",
            "nn.MaxPool2d(3, stride=2)\n        self.maxpool4",
        ),
    ),
    *mutants_of(
        "course_lib/models/resnet.py",
        FAMILIES,
        (
            "stride on the wrong convolution",
            'if shape.stride_on == "3x3" else',
            'if shape.stride_on == "1x1" else',
        ),
        (
            "a block without its last ReLU",
            "return self.relu3(y + shortcut)",
            "return y + shortcut",
        ),
    ),
    *mutants_of(
        "course_lib/models/resnet.py",
        RECORDED,
        (
            "a block without its first ReLU",
            "self.relu1(self.bn1(self.conv1(x)))\n        y = self.bn2",
            "self.bn1(self.conv1(x))\n        y = self.bn2",
        ),
        (
            "a block without its shortcut",
            "return self.relu2(y + shortcut)",
            "return self.relu2(y)",
        ),
    ),
    *mutants_of(
        "course_lib/models/preact_resnet.py",
        FAMILIES,
        (
            "shortcut of the activated input",
            "self.shares_activation = activated or not shape.keeps_shape",
            "self.shares_activation = True",
        ),
        (
            "first block activates twice",
            "[] if activated else [",
            "[] if False else [",
        ),
    ),
    *mutants_of(
        "course_lib/models/mobilenet.py",
        RECORDED,
        (
            "bottlenecks with an activation",
            "layers.append(nn.BatchNorm2d(out_channels))",
            "layers.append(nn.Sequential(nn.BatchNorm2d(out_channels), nn.ReLU6()))",
        ),
        (
            "shortcut left out",
            "return x + self.conv(x) if self.has_shortcut else",
            "return self.conv(x) if self.has_shortcut else",
        ),
        (
            "ReLU for ReLU6",
            "activation=nn.ReLU6,",
            "activation=nn.ReLU,",
        ),
    ),
    *mutants_of(
        "course_lib/models/efficientnet.py",
        RECORDED,
        (
            "squeezed from the hidden channels",
            "stage.in_channels // 4",
            "hidden // 4",
        ),
        (
            "ReLU for SiLU",
            "BlockStyle(nn.BatchNorm2d, nn.SiLU",
            "BlockStyle(nn.BatchNorm2d, nn.ReLU",
        ),
    ),
    *mutants_of(
        "course_lib/models/efficientnet_lite.py",
        PRETRAINED,
        (
            "Lite0 pads on both sides",
            "has_squeeze=False, shift_padding=True",
            "has_squeeze=False, shift_padding=False",
        ),
        (
            "Lite0 with the default eps",
            "BlockStyle(AUTHORS_NORM, nn.ReLU6",
            "BlockStyle(nn.BatchNorm2d, nn.ReLU6",
        ),
        (
            "mean and deviation of ImageNet for Lite0",
            ", mean=(127 / 255,) * 3, std=(128 / 255,) * 3",
            "",
        ),
        (
            "layers of the file numbered from one",
            "    number = 0\n",
            "    number = 1\n",
        ),
    ),
    *mutants_of(
        "course_lib/models/squeezenet.py",
        SQUEEZENET,
        (
            "Fire puts 3 x 3 before 1 x 1",
            "torch.cat([ones, threes], dim=1)",
            "torch.cat([threes, ones], dim=1)",
        ),
        (
            "SqueezeNet floors its poolings",
            "nn.MaxPool2d(3, stride=2, ceil_mode=True)",
            "nn.MaxPool2d(3, stride=2)",
        ),
        (
            "Fire expands what is not squeezed through a ReLU",
            "self.squeeze_activation(self.squeeze(x))",
            "self.squeeze(x)",
        ),
    ),
    *mutants_of(
        "course_lib/models/registry.py",
        "tests/models/test_registry.py",
        (
            "networks in the order of their files",
            "sorted(_FACTS, key=lambda name: _FACTS[name].year)",
            "_FACTS",
        ),
        (
            "options out of the blue are passed on",
            "if option not in chosen.options]",
            "if not chosen.options]",
        ),
    ),
    *mutants_of(
        "course_lib/models/layers.py",
        FAMILIES,
        (
            "dropped branches are not made up for",
            "x * (kept / (1.0 - p))",
            "x * kept",
        ),
        (
            "padding shifted the other way",
            "(padding - 1, padding) * 2",
            "(padding, padding - 1) * 2",
        ),
    ),
    *mutants_of(
        "course_lib/models/scaling.py",
        "tests/models/test_networks.py -k published",
        (
            "repeats rounded down",
            "ceil(stage.repeats * scaling.depth)",
            "int(stage.repeats * scaling.depth)",
        ),
    ),
    *mutants_of(
        "course_lib/models/pretrained.py",
        PRETRAINED,
        (
            "the names of the file kept",
            "state = _rename(state, weights.layers())",
            "state = _rename(state, {})",
        ),
        (
            "hash not checked",
            "_require_hash(file, _hash_in_name(file))",
            "_hash_in_name(file)",
        ),
        (
            "code in files is run",
            "weights_only=True)",
            "weights_only=False)",
        ),
        (
            "weights cast silently",
            "(tuple(t.shape), t.dtype) for key, t in state.items()",
            "(tuple(t.shape), torch.float32) for key, t in state.items()",
        ),
        (
            "network left in training mode",
            "return network.eval()",
            "return network",
        ),
    ),
    *mutants_of(
        "course_lib/models/photos.py",
        PRETRAINED,
        (
            "photo squeezed instead of cropped",
            "width, height = (round(side * scale) for side in image.size)",
            "width = height = how.resize",
        ),
    ),
    *mutants_of(
        "course_lib/analysis/complexity.py",
        "tests/analysis/test_complexity.py",
        (
            "groups forgotten",
            "* prod(shapes[1][1:])",
            "* prod(shapes[0][1:2]) * prod(shapes[1][2:])",
        ),
        ("shared parameters counted twice", "        self._unread -= read\n", "        pass\n"),
        ("the inner size forgotten", "* shapes[-2][-1]", "* shapes[-1][-1]"),
        ("unread work is free", "as_written=True, ", ""),
        (
            "unread parameters have no row",
            "self._with_unread([*layers, *functions.values()])",
            "[*layers, *functions.values()]",
        ),
        (
            "parametrizations are layers",
            'if "parametrizations" in name.split("."):',
            "if False:",
        ),
    ),
    *mutants_of(
        "course_lib/analysis/field_rules.py",
        "tests/analysis/test_receptive_field.py",
        ("dilation forgotten", "- p + d * np.arange(k)]", "- p + np.arange(k)]"),
        ("stride forgotten", "jump * factor,\n", "jump,\n"),
        ("branches take the first", "np.minimum(low, reach.low)", "low"),
        ("gates count", "(len(local) < len(found) and not gate)", "(len(local) < len(found))"),
        (
            "pads on the wrong axis",
            "        axis = low.ndim - number\n",
            "        axis = low.ndim - 3 + number\n",
        ),
        ("borders stop", "- np.rint(moved * slope)", "- 0 * np.rint(moved * slope)"),
        ("borders go on unit by unit", "period = period if period <= size else 1", "period = 1"),
        (
            "gaps see what is beside them",
            "np.where(none, np.inf, _at(low",
            "np.where(False, 0, _at(low",
        ),
        ("norms see a pixel", "if training else reach", "if False else reach"),
        ("joined side by side", 'if step.operation in ("cat", "stack"):', "if False:"),
        ("slices keep the jump", "return step.arguments[4] if", "return 1 if"),
    ),
]
