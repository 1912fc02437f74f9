"""Chapter 04: the example follows its rule, and the numbers it tells are those of the draws."""

from dataclasses import replace

import numpy as np
import pytest

from gmvae.chapters.decoding import choose_example, describe_example, facts, numbers, votes
from gmvae.experiments.correctness import accuracies
from gmvae.experiments.scoring import draw_labels


def example_run():
    """Two components, the second mostly of label 1; image 4 is of component 0 but leans over."""
    q = np.array([[1.0, 0.0], [0.5, 0.5], [0.4, 0.6], [0.0, 1.0], [0.55, 0.45], [0.52, 0.48]])
    labels = np.array([0, 1, 1, 1, 1, 1])
    labelled = np.array([0, 2, 3])
    return q, labels, labelled


def test_the_example_follows_its_rule():
    q, labels, labelled = example_run()
    hard = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 0]], dtype=float)
    soft = np.array([[1, 0], [0.4, 0.6], [0, 1], [0, 1], [0.2, 0.8], [0.2, 0.8]])
    example = choose_example(q, labels, labelled, hard, soft)
    assert example.index == 4  # the largest soft vote, the first of two
    assert example.components.tolist() == [0, 1]
    assert example.names.tolist() == [0, 1]
    assert dict(zip(example.labels.tolist(), example.soft, strict=True)) == {0: 0.2, 1: 0.8}
    assert dict(zip(example.labels.tolist(), example.hard, strict=True)) == {0: 1, 1: 0}
    assert (example.label, example.vote) == (1, 0.8)
    assert example.named_responsibilities("ab") == {"c = 0 (a)": 0.55, "c = 1 (b)": 0.45}
    sentence = describe_example(example, "ab")
    assert "Image 4 shows “b”" in sentence
    assert "c = 0 with q(c|x) = 0.55, was named “a”" in sentence
    assert "gives “b” 80% of its vote" in sentence
    assert "tie" not in sentence
    tied = replace(example, hard=np.array([0.5, 0.5]))
    assert "was named “a” (the first of a tie with “b”), and" in describe_example(tied, "ab")


def test_no_example_where_the_rules_agree():
    q, labels, labelled = example_run()
    hard = votes(q, labels, labelled, 2)["hard"]
    assert choose_example(q, labels, labelled, hard, hard) is None
    assert "no such image" in describe_example(None, "ab")


def test_labelled_images_and_uncovered_clusters_are_no_example():
    q = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.1, 0.2, 0.7]])
    labels = np.array([0, 1, 1])
    hard, soft = np.eye(2)[[1, 0, 0]], np.eye(2)[[0, 1, 1]]
    assert choose_example(q, labels, np.array([0, 1]), hard, soft) is None  # 2 is uncovered
    example = choose_example(q, labels, np.array([0, 2]), np.eye(2)[[0, 0, 0]], soft)
    assert example is None  # 1 is uncovered, 2 labelled
    example = choose_example(q[:, [0, 1, 1]], labels, np.array([0, 2]), np.eye(2)[[0, 0, 0]], soft)
    assert example.index == 1
    assert example.names.tolist() == [1, -1, 0]


def test_a_component_without_a_label_is_said_to_have_none():
    q = np.array([[0.6, 0.4, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    labels, labelled = np.array([1, 0, 1]), np.array([1, 2])
    hard, soft = np.eye(2)[[0, 0, 1]], np.eye(2)[[1, 0, 1]]
    assert choose_example(q, labels, labelled, hard, soft) is None  # component 0 has no label
    q[0] = [0.3, 0.45, 0.25]
    example = choose_example(q, labels, labelled, hard, soft)
    called = example.named_responsibilities("ab")
    assert list(called) == ["c = 1 (a)", "c = 0 (no label)", "c = 2 (b)"]
    assert list(called.values()) == [0.45, 0.3, 0.25]


def test_numbers_are_those_of_the_draws():
    rng = np.random.default_rng(0)
    labels, q = rng.integers(0, 3, 40), rng.dirichlet(np.ones(5), 40)
    labelled = draw_labels(labels, 4, 7).labelled
    scores = accuracies(q, labels, 3, 4, [7, 8])
    recorded = numbers(scores, q, labelled, None)
    assert (recorded["n_labels"], recorded["example"]) == (4, None)
    named = set(q[labelled].argmax(axis=1))
    assert recorded["covered_share"] == np.mean([c in named for c in q.argmax(axis=1)])
    soft = scores[scores["method"] == "soft"]["accuracy"]
    assert recorded["accuracy"]["soft"] == pytest.approx(soft.mean())
    gain = recorded["accuracy"]["soft"] - recorded["accuracy"]["hard-covered"]
    assert facts(recorded)["gain-covered"] == pytest.approx(100 * gain)
    assert facts(recorded)["accuracy-hard"] == recorded["accuracy"]["hard"]


def test_votes_of_classes_that_were_not_drawn_are_0():
    q, _, _ = example_run()
    shares = votes(q, np.array([1, 4, 4, 0, 0, 0]), np.arange(3), 6)
    for share in shares.values():
        assert share.shape == (6, 6)
        np.testing.assert_allclose(share.sum(axis=1), 1)
        assert not share[:, [0, 2, 3, 5]].any()
