"""Told accuracies stand beside the true ones, and abstaining leaves out the unsure."""

import numpy as np
from toys import make_dataset

from gmvae.data.draws import draw_order
from gmvae.decoding.few_labels import answered, decode_labelled
from gmvae.decoding.selection import Points, choose
from gmvae.errors import FailedError
from gmvae.experiments import sureness
from gmvae.experiments.sureness import ABSTAIN, score_sureness


def separated(spread):
    """Latent means of four classes, as far from one another as `spread` lets them."""
    data = make_dataset()
    rng = np.random.default_rng(0)
    at = np.array([[0, 0], [9, 0], [0, 9], [9, 9]])[data.labels]
    return (at + spread * rng.normal(size=at.shape)).astype(np.float32), data.labels


def test_every_share_of_every_draw_is_told():
    Z, y = separated(4)
    table = score_sureness(Z, y, [20, 40], [0, 1])
    assert set(table["abstain"]) == set(ABSTAIN)
    assert set(table["n_labels"]) == {20, 40}
    assert len(table) <= 2 * 2 * len(ABSTAIN)
    assert (table["low"] <= table["told"]).all()
    assert table[["accuracy", "told", "low", "high"]].stack().between(0, 1).all()


def test_the_true_accuracy_is_that_of_the_images_without_a_label():
    Z, y = separated(4)
    labelled = draw_order(y, 0)[:40]
    decoded = decode_labelled(Z, labelled, y[labelled])
    open_ = np.setdiff1d(np.arange(len(y)), labelled)
    row = score_sureness(Z, y, [40], [0]).set_index("abstain").loc[0]
    assert row["accuracy"] == np.mean(decoded.label[open_] == y[open_])


def test_twice_the_labels_are_those_of_the_same_draw():
    Z, y = separated(4)
    table = score_sureness(Z, y, [40, 100], [0]).set_index(["n_labels", "abstain"])
    more = score_sureness(Z, y, [80], [0]).set_index("abstain")
    assert table.loc[(40, 0.0), "twice"] == more.loc[0.0, "accuracy"]
    assert table.loc[(40, 0.0), "accuracy"] < table.loc[(40, 0.0), "told_twice"] <= 1
    assert table.loc[100, "twice"].isna().all()  # 200 of 240 images


def test_what_is_left_out_is_unsure_and_never_a_given_label():
    Z, y = separated(4)
    labelled = draw_order(y, 0)[:40]
    decoded = decode_labelled(Z, labelled, y[labelled])
    kept = answered(decoded, 0.25)
    assert (~kept).sum() == len(y) // 4
    assert kept[labelled].all()
    assert decoded.margin[~kept].max() <= decoded.margin[kept & ~decoded.given].min()


def test_the_clear_is_told_to_be_clear():
    Z, y = separated(0.5)
    table = score_sureness(Z, y, [40], [0, 1])
    assert (table["accuracy"] > 0.95).all()
    assert (table["high"] == 1).all()


def test_a_draw_of_one_class_tells_nothing():
    Z, y = separated(1)
    assert score_sureness(Z, np.zeros_like(y), [10], [0]).empty


def test_a_draw_whose_double_is_not_solved_is_left_out(monkeypatch):
    def fails(*args, **kwargs):
        raise FailedError("Poisson learning did not settle")

    Z, y = separated(4)
    monkeypatch.setattr(sureness, "_twice", fails)
    assert score_sureness(Z, y, [20], [0, 1]).empty


def test_chosen_labels_are_told_of_too_but_not_of_twice_as_many():
    Z, y = separated(2)
    points = Points(Z)
    table = score_sureness(Z, y, [20], [0, 1], points=points)
    assert set(table["strategy"]) == {"spectral"}
    assert set(score_sureness(Z, y, [20], [0])["strategy"]) == {"random"}
    assert table["told_twice"].isna().all()
    labelled = choose("spectral", None, points, 20, 1)
    decoded = decode_labelled(Z, labelled, y[labelled])
    row = table.query("label_seed == 1").set_index("abstain").loc[0]
    assert row["told"] == decoded.estimate(~decoded.given).accuracy
    assert row["accuracy"] == np.mean((decoded.label == y)[~decoded.given])
