"""A command that is stopped from outside goes on to the same result, whatever stops it."""

import signal
import subprocess

import numpy as np
import pytest
from tiny_paper import command, environment, run
from tiny_training import make_images

SETTINGS = (
    "n_components=4",
    "latent_dim=3",
    "epochs=200",
    "batch_size=4",
    "encoder_hidden=[16]",
    "decoder_hidden=[16]",
)


def hear_signals():
    """Undo what a shell sets for commands in its background, which would ignore these."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_DFL)


def stopped_by(stopper, arguments, cwd):
    """Start a training, send it a signal in the middle, and return its exit code and last words."""
    process = subprocess.Popen(
        arguments, cwd=cwd, stdout=-3, stderr=-1, env=environment(), preexec_fn=hear_signals
    )
    with process:
        said = b""
        while b"step/s, loss=" not in said:  # the bar of a training that is under way
            said += process.stderr.read(1)
            assert process.poll() is None, said
        process.send_signal(stopper)
        said += process.stderr.read()
    return process.returncode, said.decode()


@pytest.mark.slow
def test_a_training_goes_on_after_every_signal(tmp_path):
    np.savez(tmp_path / "images.npz", images=make_images())
    settings = ("dataset=images.npz", *SETTINGS)
    arguments = command("train", "--out", "run", settings=settings)
    for stopper in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        code, said = stopped_by(stopper, arguments, tmp_path)
        assert code == (1 if stopper == signal.SIGINT else -stopper), said
        assert "Traceback" not in said
        assert ("the same command goes on from here" in said) == (stopper == signal.SIGINT)
        left = sorted(path.name for path in (tmp_path / "run").iterdir())
        assert "checkpoint.pt" in left
        assert not {"model.pt", "posterior.npz"} & set(left)
    whole = command("train", "--out", "whole", settings=settings)
    for each in (arguments, whole):
        done = run(each, tmp_path)
        assert done.returncode == 0, done.stderr
    files = [tmp_path / name / "posterior.npz" for name in ("run", "whole")]
    with np.load(files[0]) as found, np.load(files[1]) as expected:
        assert found.files == expected.files
        for name in expected.files:
            np.testing.assert_array_equal(found[name], expected[name])
    assert not list((tmp_path / "run").rglob("*.tmp*"))
