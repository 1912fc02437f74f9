"""Means over draws, and sentences that follow from them."""

import pandas as pd
import pytest

from gmvae.chapters import sureness as chapter
from gmvae.chapters import sureness_prose as prose
from gmvae.figures.sureness import risk_against_coverage


def cells(told=0.8, low=0.7, twice=0.9):
    rows = [
        (n, seed, share, 0.8 + share / 2, told + share / 2, low, 0.9 + share / 2, twice, 0.92)
        for n in (10, 40)
        for seed in (0, 1)
        for share in (0.0, 0.1)
    ]
    columns = ["n_labels", "label_seed", "abstain", "accuracy", "told", "low", "high"]
    columns += ["twice", "told_twice"]
    return pd.DataFrame(rows, columns=columns).assign(strategy="random")


def numbers(table=None, **changed):
    table = cells(**changed) if table is None else table
    return {
        "data": {"name": "a|b", "n_images": 1200},
        "model_seeds": [0],
        "label_seeds": [0, 1],
        "told": chapter.means(table).to_dict("records"),
    }


def test_means_count_the_draws_inside():
    half = cells()
    half.loc[half["label_seed"] == 1, "low"] = 0.99
    table = chapter.means(half).set_index(["n_labels", "abstain"])
    assert table.loc[(10, 0.0), ["accuracy", "inside", "draws"]].tolist() == [0.8, 0.5, 2]


@pytest.mark.parametrize(
    ("low", "said"),
    [(0.7, "100% of 4 cases, no fewer than it promises"), (0.85, "0% of 4 cases, fewer than")],
)
def test_the_interval_keeps_its_promise_or_not(low, said):
    assert said in prose.describe_told(numbers(low=low))


def test_the_estimate_is_above_or_below():
    assert "+5.0 at 10, +5.0 at 40" in prose.describe_told(numbers(told=0.85))
    assert "-5.0 at 10" in prose.describe_told(numbers(told=0.75))


def test_twice_the_labels_are_told_or_not():
    assert "+2.0 from 10, +2.0 from 40 labels" in prose.describe_more_labels(numbers())
    table = chapter.table_of_more_labels(numbers()).to_html()
    assert "90.0%" in table
    assert "92.0%" in table
    untold = numbers(twice=float("nan"))
    assert "No number of labels" in prose.describe_more_labels(untold)
    assert chapter.table_of_more_labels(untold).data.empty


def test_abstaining_is_told_in_points():
    assert "+5.0 at 10, +5.0 at 40 labels" in prose.describe_abstaining(numbers())
    assert prose.describe_abstaining(numbers(), 0.3) == ""


def test_a_study_that_tells_nothing_says_so():
    empty = {**numbers(), "told": []}
    assert "no draw had two labels" in prose.describe_study(empty)
    assert "a|b" not in prose.describe_study(numbers())


def test_tables_and_figure():
    told = chapter.table_of_told(numbers())
    assert told.data["true"].tolist() == [0.8, 0.8]
    assert "80.0%" in told.to_html()
    wide = chapter.table_of_abstaining(numbers())
    assert list(wide.data.columns) == ["labels; answered:", "100%", "90%"]
    assert "85.0%" in wide.to_html()
    (axis,) = risk_against_coverage(chapter.told_of(numbers())).axes
    assert [line.get_label() for line in axis.lines] == ["10 labels", "40 labels"]
    assert axis.lines[0].get_ydata() == pytest.approx([0.2, 0.15])


def test_budgets_that_take_too_long_are_left_out_and_told():
    assert chapter.affordable([26, 73, 291], 111_638) == [26, 73]
    assert chapter.affordable([26, 73, 291], 500) == [26, 73]
    told = prose.describe_left_out([26, 73, 291], [26, 73], 111_638)
    assert told.startswith("Left out: 291 labels of 111,638 images")
    assert prose.describe_left_out([26], [26], 100) == ""


def test_chosen_labels_stand_beside_drawn_ones():
    chosen = cells(told=0.9).assign(strategy="spectral")
    both = numbers(pd.concat([cells(), chosen]))
    assert prose.describe_told(both) == prose.describe_told(numbers())
    told = prose.describe_told(both, chosen=True)
    assert told.startswith(
        "With chosen labels the interval of 95 % holds the true accuracy in 100%"
    )
    assert "so it is wider than it had to be" in told
    assert "+10.0 at 10, +10.0 at 40 labels." in told
    assert chapter.table_of_told(both, chosen=True).data["told"].tolist() == [0.9, 0.9]
    older = numbers()
    for row in older["told"]:
        del row["strategy"]
    assert prose.describe_told(older) == prose.describe_told(both)
    assert prose.describe_told(older, chosen=True) == ""
