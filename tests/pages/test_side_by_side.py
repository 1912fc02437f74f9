"""Runs side by side have the figures of each run, at its own number of labels."""

from dataclasses import replace

from toys import toy_results, toy_supervision

from gmvae.pages.side_by_side import side_by_side


def test_each_run_has_a_column_of_its_own():
    one = toy_results()
    other = replace(one, summary={**one.summary, "data": {**one.summary["data"], "name": "b|c"}})
    table = side_by_side([("on record", one), ("this build", other)])
    assert list(table.columns)[1].endswith(", this build")
    assert "b|c" not in table.columns[1]
    soft = table.loc["soft decoding (soft)"]
    assert soft.iloc[0] == soft.iloc[1]
    assert table.loc["labels"].str.endswith("%)").all()
    assert table.loc["strongest rival"].str.contains("%").all()


def test_a_figure_that_a_run_lacks_is_blank():
    one = toy_results()
    less = toy_supervision()
    less = less[less["method"].isin(["hard", "hard-covered", "soft"])]
    table = side_by_side([("a", one), ("b", replace(one, supervision=less))])
    assert table.loc["strongest rival"].iloc[1] == ""


def test_a_run_without_a_decoding_rule_is_left_out():
    one = toy_results()
    less = one.supervision[one.supervision["method"] != "soft"]
    assert side_by_side([("a", replace(one, supervision=less))]).empty
