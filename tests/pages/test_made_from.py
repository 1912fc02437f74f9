"""What a run was made from, as a table, whatever its data are called."""

from dataclasses import replace

from toys import toy_results

from gmvae.pages.made_from import made_from


def test_what_a_build_was_made_from():
    table = " ".join(made_from(toy_results()).split())
    for name, value in {
        "images N": "2,000",
        "model seeds": "0, 1",
        "chapters": "01 data 1 s, 02 model 30 s",
        "machine": "a | b, 2 cores",
    }.items():
        assert f"<th>{name}</th> <td>{value}</td>" in table
    assert "<script>" not in made_from(toy_results("<script>"))


def test_the_dearest_cells_are_told_where_they_are_on_record():
    assert "dearest" not in made_from(toy_results())
    cell = {"method": "mlp", "n_labels": 1456, "n_cells": 5, "seconds": 61.26}
    chapters = {"05_supervision": {"dearest_cells": [cell, {**cell, "method": "xgboost"}]}}
    table = " ".join(made_from(replace(toy_results(), chapters=chapters)).split())
    assert (
        "<th>slowest of chapter 05</th> <td>mlp with 1,456 labels 61.3 s (5 cells),"
        " xgboost with 1,456 labels 61.3 s (5 cells)</td>"
    ) in table
