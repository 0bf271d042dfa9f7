"""The classic convolutional networks, one family a file, built by name.

Their state-dict keys and shapes are torchvision's wherever torchvision has the network, so its
published weights load with `strict=True`. Every file lists what "Differs from the paper".
"""

from course_lib.models.alexnet import *
from course_lib.models.efficientnet import *
from course_lib.models.efficientnet_lite import *
from course_lib.models.googlenet import *
from course_lib.models.layers import *
from course_lib.models.lenet import *
from course_lib.models.mobilenet import *
from course_lib.models.photos import *
from course_lib.models.preact_resnet import *
from course_lib.models.pretrained import *
from course_lib.models.registry import *
from course_lib.models.resnet import *
from course_lib.models.scaling import *
from course_lib.models.squeezenet import *
from course_lib.models.vgg import *

__all__ = [name for name, thing in vars().items() if name[0] != "_" and callable(thing)]
