"""gmvae select and gmvae label: the files they write, and one sentence for what they refuse."""

import csv
import json
import re

import numpy as np
import pytest
from handwriting import write_letters
from tiny_run import make_run

from gmvae.cli.main import BAD_INPUT, DONE, main


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("tool"))


def rows(path):
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def write_labels(path, kind, indices, names=("x", "y", "z", 'ü, "q"')):
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("index", "label"), *((i, names[kind[i]]) for i in indices)])
    return path


def page_data(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1])


def test_select_writes_a_table_a_sheet_and_a_page(made, tmp_path, capsys):
    run, kind = made
    assert main(["select", "--run", str(run), "--n", "9", "--out", str(tmp_path)]) == DONE
    table = rows(tmp_path / "selection.csv")
    assert list(table[0]) == ["index", "component"]
    chosen = [int(row["index"]) for row in table]
    assert len(set(chosen)) == 9
    assert {kind[i] for i in chosen[:4]} == {0, 1, 2, 3}
    assert [int(row["component"]) for row in table] == kind[chosen].tolist()
    assert (tmp_path / "selection.png").read_bytes().startswith(b"\x89PNG")
    data = page_data(tmp_path / "selection.html")
    assert [entry["index"] for entry in data["images"]] == chosen
    assert all(len(entry["near"]) == 8 for entry in data["images"])
    assert data["before"] == []
    assert f"gmvae label --run {run} --labels labels.csv" in capsys.readouterr().out


def test_label_labels_every_image_and_says_how_well(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, range(24))
    assert main(["label", "--run", str(run), "--labels", str(labels), "--out", str(tmp_path)]) == 0
    table = rows(tmp_path / "predictions.csv")
    assert list(table[0]) == ["index", "label", "probability"]
    assert [int(row["index"]) for row in table] == list(range(len(kind)))
    right = [row["label"] == ("x", "y", "z", 'ü, "q"')[kind[int(row["index"])]] for row in table]
    assert np.mean(right) > 0.98
    probability = np.array([float(row["probability"]) for row in table])
    assert (probability[:24] == 1).all()
    assert ((probability > 0.7) & (probability <= 1)).all()
    said = capsys.readouterr().out
    assert "24 labels of 4 classes" in said
    found = re.search(r"Estimated accuracy: (.+)%, 95 % interval (.+)% to (.+)%, from", said)
    accuracy, low, high = map(float, found.groups())
    assert low < accuracy < high
    assert low <= 100 * np.mean(right[24:]) <= 100
    then = float(re.search(r"With 24 more labels of this kind it would be about (.+)%,", said)[1])
    assert accuracy <= then <= 100
    assert f"gmvae select --run {run} --n 24 --after {labels}" in said


def test_the_least_certain_share_is_left_unanswered(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, range(24))
    command = ["label", "--run", str(run), "--labels", str(labels), "--out", str(tmp_path)]
    assert main([*command, "--abstain", "0.1"]) == DONE
    table = rows(tmp_path / "predictions.csv")
    left = [row for row in table if not row["label"]]
    assert len(left) == 12
    assert all(int(row["index"]) >= 24 for row in left)
    least = min(float(row["probability"]) for row in table if row["label"])
    assert max(float(row["probability"]) for row in left) <= least
    assert "12 of the least certain images have no label." in capsys.readouterr().out


def test_further_images_come_after_labels_and_the_page_keeps_these(made, tmp_path):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, range(6))
    options = ["--n", "5", "--out", str(tmp_path), "--after", str(labels)]
    assert main(["select", "--run", str(run), *options]) == DONE
    chosen = {int(row["index"]) for row in rows(tmp_path / "selection.csv")}
    assert len(chosen) == 5
    assert min(chosen) >= 6
    before = page_data(tmp_path / "selection.html")["before"]
    assert before == [[0, "x"], [1, "y"], [2, "z"], [3, 'ü, "q"'], [4, "x"], [5, "y"]]


def test_a_class_with_one_image_is_allowed_with_a_remark(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, [0, 1, 4, 5, 2])
    assert main(["label", "--run", str(run), "--labels", str(labels), "--out", str(tmp_path)]) == 0
    assert "One label only: z. Whether" in capsys.readouterr().out


def test_without_two_labels_of_a_class_nothing_is_estimated(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, [0, 1])
    assert main(["label", "--run", str(run), "--labels", str(labels), "--out", str(tmp_path)]) == 0
    assert "Estimated accuracy: unknown; it takes" in capsys.readouterr().out
    assert rows(tmp_path / "predictions.csv")[9]["probability"] == ""


def test_a_folder_of_images_has_its_names_in_the_tables(tmp_path):
    truth = write_letters(tmp_path / "scans", "ao", 8)
    run, kind = make_run(tmp_path / "made", 4, tmp_path / "scans")
    labels = write_labels(tmp_path / "labels.csv", kind, range(8))
    assert main(["select", "--run", str(run), "--n", "3"]) == DONE
    assert {row["file"] for row in rows(run / "selection.csv")} <= set(truth)
    assert main(["label", "--run", str(run), "--labels", str(labels)]) == DONE
    assert [row["file"] for row in rows(run / "predictions.csv")] == list(truth)


GOOD = "index,label\n0,a\n1,b\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "labels.csv has no column index; it needs index and label."),
        (b"index,label\n", "holds no label."),
        (b"index,label\n3,\n", "holds no label."),
        (b"image,label\n3,a\n", "has no column index"),
        (b"index\n3\n", "has no column label"),
        (b"index,label\n3,a\n5,a\n", "holds one class, a; it takes labels of two at least."),
        (b"index,label\n3,a\n4,b\n3,b\n", "line 4: image 3 is labelled twice."),
        (
            b"index,label\n120,a\n",
            "line 2: index is '120'; it must be a whole number from 0 to 119",
        ),
        (b"index,label\n-1,a\n", "index is '-1'"),
        (b"index,label\n1.0,a\n", "index is '1.0'"),
        (b"index,label\n" + b"9" * 30 + b",a\n", "index is '999"),
        ("index,label\n3,é\n".encode("cp1252"), "is not in UTF-8; save it as CSV in UTF-8."),
        (GOOD.encode("utf-16"), "is not in UTF-8"),
        (b'index,label\n3,"a\n', "is not a CSV file"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(made, tmp_path, capsys, content, reason):
    (tmp_path / "labels.csv").write_bytes(content)
    out = tmp_path / "out"
    options = ["--labels", str(tmp_path / "labels.csv"), "--out", str(out)]
    assert main(["label", "--run", str(made[0]), *options]) == BAD_INPUT
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"index;label\r\n0;a\r\n1;b\r\n",
        b"Index , Label,file\n0, a,one\n1,b ,two\n7,,three\n",
        b'label\tindex\n"a"\t0\nb\t1\n',
    ],
)
def test_what_spreadsheets_make_of_it_is_read(made, tmp_path, capsys, content):
    (tmp_path / "labels.csv").write_bytes(content)
    options = ["--labels", str(tmp_path / "labels.csv"), "--out", str(tmp_path)]
    assert main(["label", "--run", str(made[0]), *options]) == DONE
    assert "2 labels of 2 classes" in capsys.readouterr().out
    assert [row["label"] for row in rows(tmp_path / "predictions.csv")[:2]] == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["select", "--n", "0"], "--n is 0; it must be a whole number of at least 1"),
        (["select", "--n", "many"], "--n is 'many'"),
        (["select", "--n", "121"], "n is 121; it must be a whole number from 1 to 120, the 120"),
        (["select", "--n", "3", "--seed", "-1"], "--seed is '-1'"),
        (["select", "--n", "3", "--strategy", "magic"], "strategy is 'magic'; it must be spectral"),
        (["select", "--n", "119", "--after", "{labels}"], "from 1 to 118, the 118 images without"),
        (["select", "--n", "1", "--after", "{labels}", "--strategy", "random"], "--strategy"),
        (["select", "--n", "1", "--after", "nothing.csv"], "nothing.csv cannot be read: No such"),
        (["label", "--labels", "nothing.csv"], "nothing.csv cannot be read: No such"),
        (
            ["label", "--labels", "{labels}", "--abstain", "1"],
            "abstain is '1'; it must be a finite",
        ),
        (["label", "--labels", "{labels}", "--abstain", "some"], "abstain is 'some'"),
    ],
)
def test_bad_options_are_refused(made, tmp_path, capsys, arguments, reason):
    (tmp_path / "labels.csv").write_text(GOOD)
    command, *rest = (text.format(labels=tmp_path / "labels.csv") for text in arguments)
    out = tmp_path / "out"
    assert main([command, "--run", str(made[0]), "--out", str(out), *rest]) == BAD_INPUT
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_a_run_without_a_posterior_is_refused(made, tmp_path, capsys):
    assert main(["select", "--run", str(tmp_path), "--n", "3"]) == BAD_INPUT
    assert "holds no run" in capsys.readouterr().err
    (tmp_path / "results").mkdir()
    summary = made[0] / "results" / "summary.json"
    (tmp_path / "results" / "summary.json").write_text(summary.read_text())
    assert main(["select", "--run", str(tmp_path), "--n", "3"]) == BAD_INPUT
    assert "posterior.npz is missing" in capsys.readouterr().err


def test_commands_to_be_copied_are_quoted(tmp_path, capsys):
    run, kind = make_run(tmp_path / "my run")
    labels = write_labels(tmp_path / "my labels.csv", kind, range(24))
    assert main(["select", "--run", str(run), "--n", "4"]) == DONE
    assert f"gmvae label --run '{run}' --labels labels.csv" in capsys.readouterr().out
    assert main(["label", "--run", str(run), "--labels", str(labels)]) == DONE
    said = capsys.readouterr().out
    assert f"gmvae select --run '{run}' --n 24 --after '{labels}'" in said
