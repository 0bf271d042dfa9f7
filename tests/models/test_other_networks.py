"""Networks of other libraries in NumPy, in both modes: every output, gradient and buffer."""

import importlib

import pytest
import torch
from graphs import assert_graph_matches
from torch import nn
from torchvision_oracle import torchvision_models

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
OUTPUT = 1e-8  # of each output and buffer
TOLERANCE, ROUNDING = 1e-6, 1e-9  # of each gradient; of the largest one
MODES = pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])

TORCHVISION = (
    "resnet18",
    "googlenet",
    "densenet121",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mnasnet0_5",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "convnext_tiny",
    "regnet_x_400mf",
    "regnet_y_400mf",
    "resnext50_32x4d",
    "swin_t",
    "swin_v2_t",
    "lraspp_mobilenet_v3_large",
    "deeplabv3_mobilenet_v3_large",
    "fcn_resnet50",
)
VIDEO = ("r3d_18", "mc3_18", "r2plus1d_18")
# of timm, with the side of their images in pixels
TIMM = {
    "convmixer_1024_20_ks9_p14": 64,
    "convmixer_768_32": 64,
    "convnext_atto": 64,
    "convnextv2_atto": 64,
    "cpubone_nano": 64,
    "cpubone_t0": 64,
    "cs3darknet_focus_s": 64,
    "cs3darknet_s": 64,
    "csatv2": 64,
    "csatv2_21m": 64,
    "cspnext_s": 64,
    "cspnext_tiny": 64,
    "densenet121": 64,
    "densenetblur121d": 64,
    "dla46_c": 64,
    "dla46x_c": 64,
    "dpn48b": 64,
    "dpn68": 64,
    "eca_botnext26ts_256": 256,
    "eca_nfnet_l0": 64,
    "ecaresnet26t": 64,
    "edgenext_x_small": 64,
    "edgenext_xx_small": 64,
    "efficientformer_l1": 224,
    "efficientnet_cc_b0_4e": 64,
    "efficientnet_es": 64,
    "efficientvit_m0": 64,
    "efficientvit_m1": 64,
    "ese_vovnet19b_slim": 64,
    "ese_vovnet19b_slim_dw": 64,
    "fasternet_t0": 64,
    "fasternet_t1": 64,
    "fastvit_t12": 64,
    "fastvit_t8": 64,
    "fbnetc_100": 64,
    "focalnet_tiny_lrf": 64,
    "focalnet_tiny_srf": 64,
    "gcresnext26ts": 64,
    "gernet_s": 64,
    "ghostnet_050": 64,
    "ghostnetv3_050": 64,
    "halonet_h1": 256,
    "hardcorenas_a": 64,
    "hardcorenas_b": 64,
    "hgnet_tiny": 64,
    "hgnetv2_b0": 64,
    "hgnetv2_b1": 64,
    "hrnet_w18_small": 64,
    "hrnet_w18_small_v2": 64,
    "iformer_s": 64,
    "iformer_t": 64,
    "inception_next_atto": 64,
    "inception_next_tiny": 64,
    "inception_v3": 96,
    "lambda_resnet26t": 64,
    "lcnet_035": 64,
    "lcnetv2_base": 64,
    "lcnetv2_small": 64,
    "legacy_seresnet18": 64,
    "legacy_seresnext26_32x4d": 64,
    "legacy_xception": 64,
    "levit_128s": 224,
    "levit_conv_128s": 224,
    "lowformer_b0": 64,
    "lowformer_b1": 64,
    "mambaout_femto": 64,
    "mixnet_s": 64,
    "mnasnet_050": 64,
    "mnasnet_small": 64,
    "mobilenet_edgetpu_100": 64,
    "mobilenetv2_035": 64,
    "mobilenetv3_small_050": 64,
    "mobilenetv4_conv_small": 64,
    "mobileone_s1": 64,
    "mobilevit_xxs": 64,
    "mobilevitv2_050": 64,
    "nf_regnet_b0": 64,
    "poolformer_s12": 64,
    "poolformerv2_s12": 64,
    "pvt_v2_b0": 64,
    "rdnet_tiny": 64,
    "regnetx_002": 64,
    "regnety_002": 64,
    "repghostnet_050": 64,
    "repghostnet_058": 64,
    "repvgg_a0": 64,
    "repvit_m0_9": 64,
    "repvit_m1": 64,
    "res2net50_14w_8s": 64,
    "res2next50": 64,
    "resnest14d": 64,
    "resnest26d": 64,
    "resnet10t": 64,
    "resnet14t": 64,
    "resnet26t": 64,
    "resnetblur18": 64,
    "resnetv2_18": 64,
    "resnetv2_18d": 64,
    "resnext26ts": 64,
    "rexnet_100": 64,
    "rexnetr_100": 64,
    "semnasnet_050": 64,
    "seresnet18": 64,
    "shvit_s1": 64,
    "shvit_s2": 64,
    "skresnet18": 64,
    "skresnet34": 64,
    "spnasnet_100": 64,
    "starnet_s050": 64,
    "starnet_s100": 64,
    "swiftformer_s": 64,
    "swiftformer_xs": 64,
    "test_byobnet": 64,
    "test_convnext": 64,
    "test_convnext3": 64,
    "test_efficientnet": 64,
    "test_mambaout": 64,
    "test_nfnet": 64,
    "test_resnet": 64,
    "tf_efficientnet_lite0": 64,
    "tf_efficientnetv2_b0": 64,
    "tf_mixnet_s": 64,
    "tinynet_e": 64,
    "xception41": 64,
    "xception41p": 64,
}


def check(network, shape, training):
    torch.manual_seed(1)
    x = torch.randn(shape, dtype=torch.float64)
    network = network.double().train(training)
    assert_graph_matches(
        network, x, tolerance=TOLERANCE, rounding=ROUNDING, output_tolerance=OUTPUT
    )


@MODES
@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision(name, training):
    torch.manual_seed(0)
    options = {"init_weights": False} if name == "googlenet" else {}
    if name.startswith(("fcn", "deeplab", "lraspp")):
        options["weights_backbone"] = None
    network = torchvision_models().get_model(name, weights=None, **options)
    check(network, (2, 3, 64, 64), training)


@MODES
def test_torchvision_transformer(training):
    torch.manual_seed(0)
    size = {"image_size": 32, "patch_size": 8, "hidden_dim": 24, "mlp_dim": 48}
    network = torchvision_models().VisionTransformer(
        **size, num_layers=3, num_heads=4, dropout=0.1, attention_dropout=0.1, num_classes=10
    )
    nn.init.normal_(network.heads.head.weight)  # it starts at 0, and lets no gradient through
    check(network, (2, 3, 32, 32), training)


@MODES
@pytest.mark.parametrize("name", VIDEO)
def test_torchvision_video(name, training):
    torch.manual_seed(0)
    check(torchvision_models().get_model(name, weights=None), (2, 3, 8, 64, 64), training)


@MODES
@pytest.mark.parametrize("name", TIMM)
def test_timm(name, training):
    torchvision_models()  # timm imports torchvision
    timm = pytest.importorskip("timm")
    importlib.import_module("timm.models")
    torch.manual_seed(0)
    check(timm.create_model(name), (2, 3, TIMM[name], TIMM[name]), training)
