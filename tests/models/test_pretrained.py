"""Published weights: what they see, and every way in which a file can be wrong."""

import dataclasses
import functools
import http.server
import threading

import numpy as np
import pytest
import torch
from compare import assert_same
from PIL import Image
from torchvision_oracle import NAMES, torchvision_models

from course_lib import datasets, models, numpy_ops
from course_lib.models import pretrained, registry
from course_lib.models.photos import installed_file
from course_lib.models.pretrained import SERVER, load_pretrained, sha256
from course_lib.models.registry import Weights
from course_lib.numpy_nn.graph import from_torch

# probabilities to two digits, from a run of the package's own network on these photos
SEEN = {
    "coffee": [("espresso", 0.95)],
    "camera": [("tripod", 0.94)],
    "motorcycle": [("moped", 0.48)],
    "cat": [("a cat having a striped coat", 0.39), ("Egyptian Mau", 0.36), ("tabby cat", 0.17)],
    "flower": [("daisy", 0.36)],
    "china": [("palace", 0.31)],
    "rocket": [("missile", 0.30)],
}


@pytest.fixture(scope="module")
def lite0() -> models.ImageNetwork:
    return load_pretrained("efficientnet_lite0")


@pytest.fixture(scope="module")
def small_file(tmp_path_factory) -> object:
    """Write a valid MobileNetV2 file, with fresh weights, named by its own hash."""
    folder = tmp_path_factory.mktemp("weights")
    torch.save(models.build("mobilenet_v2").state_dict(), folder / "new.pth")
    digits = sha256(folder / "new.pth")[:8]
    return (folder / "new.pth").rename(folder / f"mobilenet_v2-{digits}.pth")


@pytest.mark.parametrize("photo", SEEN)
def test_lite0_sees_what_is_in_the_photos(lite0, photo):
    guesses = models.classify(lite0, datasets.photo(photo))
    assert len(guesses) == 5
    for guess, (label, probability) in zip(guesses, SEEN[photo], strict=False):
        assert guess.label == label
        assert guess.probability == pytest.approx(probability, abs=0.0051)


@pytest.mark.parametrize("photo", [*SEEN, "astronaut"])
def test_lite0_sees_the_same_in_numpy(lite0, photo):
    images = models.preprocess(datasets.photo(photo))
    logits = from_torch(lite0.eval()).forward(images.numpy(), keep=False)
    with torch.no_grad():
        expected = lite0(images).softmax(dim=1).numpy()
    probabilities = numpy_ops.softmax(logits, axis=1)
    assert np.abs(probabilities - expected).max() <= 1e-4
    assert np.array_equal(np.argsort(probabilities)[0, -5:], np.argsort(expected)[0, -5:])


def test_lite0_takes_every_tensor_of_the_package(lite0):
    weights = models.facts("efficientnet_lite0").weights
    path = installed_file(weights.package, weights.file)
    published = torch.load(path, weights_only=True)
    assert len(published) == len(lite0.state_dict()) == 296
    assert torch.equal(lite0.get_parameter("features.0.0.weight"), published["_conv_stem.weight"])
    last = "_blocks.15._project_conv.weight"
    assert torch.equal(lite0.get_parameter("features.7.0.block.2.0.weight"), published[last])
    assert not lite0.training
    assert all(p.requires_grad for p in lite0.parameters())


def test_classify_leaves_the_mode_alone(lite0):
    network = load_pretrained("efficientnet_lite0").train()
    before = network.get_buffer("features.0.1.running_mean").clone()
    models.classify(network, datasets.photo("cat"), top=2)
    assert network.training
    assert torch.equal(network.get_buffer("features.0.1.running_mean"), before)


def test_classify_needs_a_thousand_classes():
    network = models.build("mobilenet_v1", width=0.25, num_classes=10)
    with pytest.raises(ValueError, match="a network with 10 classes; it needs one with the 1,000"):
        models.classify(network, datasets.photo("cat"))


def test_labels_are_a_thousand_words():
    labels = models.imagenet_labels()
    assert len(labels) == 1000
    assert (labels[0], labels[999]) == ("tench", "toilet paper")


def test_a_local_file_is_loaded(small_file):
    network = load_pretrained("mobilenet_v2", path=small_file)
    published = torch.load(small_file, weights_only=True)
    assert all(torch.equal(v, published[k]) for k, v in network.state_dict().items())
    assert not network.training


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"path='.*nowhere\.pth', where there is no file"):
        load_pretrained("resnet18", path=tmp_path / "nowhere.pth")


def test_a_flipped_byte_is_found(small_file, tmp_path):
    content = bytearray(small_file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / small_file.name).write_bytes(content)
    with pytest.raises(ValueError, match="the file is damaged or was renamed: fetch it again"):
        load_pretrained("mobilenet_v2", path=tmp_path / small_file.name)


def test_a_file_of_another_network_is_refused(small_file):
    with pytest.raises(ValueError, match=r"tensors do not fit mobilenet_v1, the first being "):
        load_pretrained("mobilenet_v1", path=small_file)


def test_a_file_for_other_classes_is_refused(tmp_path):
    torch.save(models.build("mobilenet_v2", num_classes=7).state_dict(), tmp_path / "seven.pth")
    text = r"2 tensors .* classifier.1.bias with shape \(7,\) .* needs shape \(1000,\)"
    with pytest.raises(ValueError, match=text):
        load_pretrained("mobilenet_v2", path=tmp_path / "seven.pth")


def test_half_precision_is_not_cast_silently(small_file, tmp_path):
    state = torch.load(small_file, weights_only=True)
    torch.save({k: v.half() for k, v in state.items()}, tmp_path / "half.pth")
    with pytest.raises(ValueError, match=r"dtype float16; it needs .* dtype float32"):
        load_pretrained("mobilenet_v2", path=tmp_path / "half.pth")


class Bomb:
    """What a malicious pickle looks like: it calls a function when read."""

    def __reduce__(self):
        return (pytest.fail, ("code from a weight file was run",))


@pytest.mark.parametrize(
    "content",
    [Bomb(), [1, 2], {"epoch": 3}, b"", b"PK not a zip file"],
    ids=["code", "list", "checkpoint", "empty", "noise"],
)
def test_a_file_without_a_state_dict_is_refused(content, tmp_path):
    file = tmp_path / "other.pth"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        torch.save(content, file)
    with pytest.raises(ValueError, match="holds no state dict of plain tensors"):
        load_pretrained("mobilenet_v2", path=file)


def test_a_network_that_nobody_published_is_refused():
    with pytest.raises(ValueError, match="'lenet5'; it needs a network with published weights"):
        load_pretrained("lenet5")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server without log lines."""

    def log_message(self, *_):
        """Say nothing."""


def publish_as(monkeypatch, file):
    """Let the weights of MobileNetV2 be in this file."""
    facts = dataclasses.replace(models.facts("mobilenet_v2"), weights=Weights(file))
    monkeypatch.setitem(registry._FACTS, "mobilenet_v2", facts)


@pytest.fixture
def server(small_file, tmp_path, monkeypatch):
    """Publish the small file as MobileNetV2 on a local web server; the cache is elsewhere."""
    handler = functools.partial(Quiet, directory=str(small_file.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        monkeypatch.setattr(pretrained, "SERVER", f"http://127.0.0.1:{httpd.server_port}/")
        monkeypatch.setattr(pretrained, "cache_folder", lambda: tmp_path / "cache")
        publish_as(monkeypatch, small_file.name)
        yield httpd
        httpd.shutdown()
        thread.join()


def test_a_published_file_is_downloaded_once_and_repaired(
    server, small_file, tmp_path, monkeypatch
):
    load_pretrained("mobilenet_v2")
    kept = tmp_path / "cache" / small_file.name
    assert kept.read_bytes() == small_file.read_bytes()
    kept.write_bytes(b"partial")
    load_pretrained("mobilenet_v2")
    assert kept.read_bytes() == small_file.read_bytes()
    monkeypatch.setattr(pretrained, "SERVER", "http://127.0.0.1:9/")
    load_pretrained("mobilenet_v2")


def test_a_download_with_another_hash_is_not_kept(server, small_file, tmp_path, monkeypatch):
    (small_file.parent / "mobilenet_v2-00000000.pth").write_bytes(b"something else")
    publish_as(monkeypatch, "mobilenet_v2-00000000.pth")
    with pytest.raises(ValueError, match="another sha256 than 00000000"):
        load_pretrained("mobilenet_v2")
    assert list((tmp_path / "cache").iterdir()) == []


def test_without_a_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "SERVER", "http://127.0.0.1:9/")
    monkeypatch.setattr(pretrained, "cache_folder", lambda: tmp_path)
    with pytest.raises(ConnectionError, match="fetch the file by other means and pass path="):
        load_pretrained("resnet18")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named():
    with pytest.raises(
        ModuleNotFoundError, match=r"package no-such-package .*course-lib\[pretrained"
    ):
        installed_file("no-such-package", "file")


@pytest.mark.parametrize("name", NAMES)
def test_file_names_and_preparation_are_those_of_torchvision(name):
    weights = torchvision_models().get_model_weights(name).IMAGENET1K_V1
    assert SERVER + models.facts(name).weights.file == weights.url
    transform = weights.transforms()
    photo = Image.fromarray((datasets.photo("cat") * 255).astype(np.uint8).transpose(1, 2, 0))
    photo = photo.crop((0, 0, 300, 300))  # square: no side to round
    expected = transform(photo)[None]
    if name == "googlenet":  # torchvision's network does the rest: `transform_input`
        mean, std = (torch.tensor(v)[:, None, None] for v in (transform.mean, transform.std))
        expected = expected * (std / 0.5) + (mean - 0.5) / 0.5
    assert_same(models.preprocess(photo, name), expected, tolerance=1e-6)


def test_lite0_input_is_value_minus_127_over_128():
    photo = np.random.default_rng(6).integers(0, 256, (3, 256, 256), dtype=np.uint8)
    expected = (photo[:, 16:240, 16:240].astype(np.float32) - 127) / 128
    assert_same(models.preprocess(photo), torch.from_numpy(expected)[None], tolerance=1e-6)


def test_uint8_floats_and_pil_images_give_the_same():
    photo = np.random.default_rng(7).integers(0, 256, (3, 300, 290), dtype=np.uint8)
    expected = models.preprocess(photo)
    assert torch.equal(models.preprocess(photo / 255), expected)
    assert torch.equal(models.preprocess(Image.fromarray(photo.transpose(1, 2, 0))), expected)
    gray = models.preprocess(photo[:1])
    assert torch.equal(gray[:, 0], gray[:, 2])


BAD_PHOTOS = [
    (np.zeros((300, 400, 3), np.uint8), ValueError, r"np\.moveaxis\(photo, -1, 0\)"),
    (np.zeros((300, 400), np.uint8), ValueError, r"one photo \(3, H, W\) or \(1, H, W\)"),
    (np.zeros((3, 0, 400), np.uint8), ValueError, "one photo"),
    (np.full((3, 9, 9), 200.0), ValueError, "values from 200 to 200; it needs floating point"),
    (np.full((3, 9, 9), np.nan), ValueError, "values from nan"),
    (np.zeros((3, 9, 9), np.int64), TypeError, "scale to float first"),
    ("cat", TypeError, "photo as an array or tensor"),
]


@pytest.mark.parametrize(("photo", "error", "text"), BAD_PHOTOS, ids=range(len(BAD_PHOTOS)))
def test_bad_photos_are_refused(photo, error, text):
    with pytest.raises(error, match=text):
        models.preprocess(photo)


def test_an_unknown_network_has_no_preparation():
    with pytest.raises(ValueError, match="name='resnet19'"):
        models.preprocess(np.zeros((3, 9, 9)), "resnet19")
