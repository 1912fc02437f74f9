"""What a training costs, measured: a step, a whole training, and how both grow."""

import logging

# torch.utils.benchmark imports what warns of a CUDA that is not there
logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
