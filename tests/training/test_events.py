"""TensorBoard events: every epoch once, whatever happened to the training on the way."""

import dataclasses
import sys

import numpy as np
import pandas as pd
import pytest
from tiny_training import TINY, Interruption, interrupt_after, make_images, state

from gmvae.data.sources import load_dataset
from gmvae.errors import InputError
from gmvae.experiments.models import checked_config, fit_models
from gmvae.training.events import HistoryEvents
from gmvae.training.trainer import train

TAGS = {
    "elbo": "elbo",
    "learning_rate": "learning_rate",
    "loss/kl_c": "kl_c",
    "loss/kl_z": "kl_z",
    "loss/reconstruction": "reconstruction",
    "loss/total": "total",
}


def read(directory):
    """Return scalar events by tag, as a program that watches `directory` sees them."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(directory), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {tag: accumulator.Scalars(tag) for tag in accumulator.Tags()["scalars"]}


def assert_holds(directory, history):
    """Every epoch of `history` is a step, once and in order, with its values."""
    found = read(directory)
    assert set(found) == set(TAGS)
    for tag, column in TAGS.items():
        assert [event.step for event in found[tag]] == history["epoch"].tolist()
        np.testing.assert_allclose([e.value for e in found[tag]], history[column], rtol=1e-6)
        clock = np.diff([event.wall_time for event in found[tag]])
        assert (clock >= 0).all()


def test_events_are_the_history_and_change_no_weight(tmp_path):
    plain = train(make_images(), TINY, tmp_path / "plain", progress=False)
    events = HistoryEvents(tmp_path / "events")
    told = train(make_images(), TINY, tmp_path / "told", progress=False, on_epoch=events)
    events.close()
    assert_holds(tmp_path / "events", told.history)
    for name, weights in state(plain).items():
        assert weights.equal(state(told)[name])
    assert plain.code_hash == told.code_hash


def test_events_are_there_while_the_training_goes_on(tmp_path):
    seen = []
    events = HistoryEvents(tmp_path / "events")

    def watch(history):
        events(history)
        seen.append(len(read(tmp_path / "events")["elbo"]))

    train(make_images(), TINY, tmp_path / "run", progress=False, on_epoch=watch)
    assert seen == [1, 2, 3, 3]  # after each epoch, and at the end


@pytest.mark.parametrize("checkpoint", [-1.0, 1e9], ids=["at every step", "at the start only"])
def test_an_interrupted_training_has_every_epoch_once(tmp_path, checkpoint):
    """With an old checkpoint, epochs that have been written are trained again."""
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, 7)  # in the third epoch of three steps
        patch.setattr("gmvae.training.trainer.CHECKPOINT_SECONDS", checkpoint)
        first = HistoryEvents(tmp_path / "events")
        with pytest.raises(Interruption):
            train(make_images(), TINY, tmp_path / "run", progress=False, on_epoch=first)
    assert len(read(tmp_path / "events")["elbo"]) == 2
    second = HistoryEvents(tmp_path / "events")
    trained = train(make_images(), TINY, tmp_path / "run", progress=False, on_epoch=second)
    assert_holds(tmp_path / "events", trained.history)


def test_a_finished_training_is_written_without_training(tmp_path):
    trained = train(make_images(), TINY, tmp_path / "run", progress=False)
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, 0)
        for _ in range(2):  # the second replaces the first
            events = HistoryEvents(tmp_path / "events")
            train(make_images(), TINY, tmp_path / "run", progress=False, on_epoch=events)
    assert_holds(tmp_path / "events", trained.history)


def test_a_shorter_training_replaces_a_longer_one(tmp_path):
    for epochs in (3, 2):
        config = dataclasses.replace(TINY, epochs=epochs)
        events = HistoryEvents(tmp_path / "events")
        trained = train(make_images(), config, tmp_path / "run", progress=False, on_epoch=events)
    assert len(trained.history) == 2
    assert_holds(tmp_path / "events", trained.history)


def test_nothing_but_events_is_removed(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    history = pd.DataFrame({c: [1.0] for c in (*TAGS.values(), "epoch", "seconds")})
    HistoryEvents(tmp_path)(history)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_each_model_seed_has_events_of_its_own_and_only_on_request(tmp_path, tiny_npz):
    dataset = load_dataset(tiny_npz)
    config = dataclasses.replace(TINY, epochs=1, batch_size=300)
    fit_models(dataset, config, [0], tmp_path / "without")
    assert not (tmp_path / "without" / "tensorboard").exists()
    fitted = fit_models(dataset, config, [0, 3], tmp_path / "with", tensorboard=True)
    for seed, (model, _) in fitted.items():
        assert_holds(tmp_path / "with" / "tensorboard" / f"seed_{seed}", model.history)


def test_without_the_package_the_sentence_names_the_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    values = {"tensorboard": True, "model_seeds": [0]}
    with pytest.raises(InputError, match=r'pip install "gmvae\[tensorboard\]"') as refused:
        checked_config(values, make_images())
    assert "\n" not in str(refused.value)
    checked_config({**values, "tensorboard": False, "n_components": 4}, make_images())
