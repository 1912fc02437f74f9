"""gmvae select and gmvae label: the files they write, and one sentence for what they refuse."""

import csv
import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from handwriting import write_letters
from tiny_run import make_run

from gmvae.cli.main import BAD_INPUT, DONE, main
from gmvae.errors import InputError
from gmvae.paper.label_file import read_labels


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
    assert data["files"] is None
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
        (b"index,label\n3,a\n4,a,b\n", "line 3: there are 3 fields under 2 columns; a label with"),
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
        b"sep=;\r\nindex;label\r\n0;a\r\n1;b\r\n",
        b"index;label;note, mine\n0;a;x\n1;b;y\n",
        b"index,label\n0,a,,\n1,b,,\n",
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
        (["select", "--n", "3", "--seed", "4294967296"], "--seed is 4294967296"),
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


def test_labels_of_files_outlive_images_that_are_added(tmp_path, capsys):
    truth = write_letters(tmp_path / "scans", "ao", 8)
    _, kind = make_run(tmp_path / "first", 4, tmp_path / "scans")
    names = list(truth)
    lines = ["index,label,file", *(f"{i},{kind[i]},{names[i]}" for i in range(8))]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    more = write_letters(tmp_path / "more", "xy", 2)
    for i, name in enumerate(more):
        (tmp_path / "more" / name).rename(tmp_path / "scans" / f"a new {i}.png")
    later, _ = make_run(tmp_path / "second", 5, tmp_path / "scans")
    labels = str(tmp_path / "labels.csv")
    assert main(["label", "--run", str(later), "--labels", labels]) == DONE
    assert "Note: 8 labels are of files that had another number" in capsys.readouterr().out
    given = {row["file"]: row["label"] for row in rows(later / "predictions.csv")}
    assert [given[name] for name in names[:8]] == [str(k) for k in kind[:8]]
    (tmp_path / "labels.csv").write_text("\n".join(line.split(",", 1)[1] for line in lines))
    assert main(["label", "--run", str(later), "--labels", labels]) == DONE  # names are enough
    assert "Note" not in capsys.readouterr().out
    (tmp_path / "labels.csv").write_text("file,label\nother.png,a\n")
    assert main(["label", "--run", str(later), "--labels", labels]) == BAD_INPUT
    assert "line 2: file is 'other.png', which is no image of the data" in capsys.readouterr().err
    (tmp_path / "labels.csv").write_text("name,label\n1,a\n")
    assert main(["label", "--run", str(later), "--labels", labels]) == BAD_INPUT
    assert "no column index; it needs index or file, and label." in capsys.readouterr().err


def test_a_folder_that_is_gone_is_missed_before_anything_is_written(tmp_path, capsys):
    write_letters(tmp_path / "scans", "ao", 8)
    run, kind = make_run(tmp_path / "made", 4, tmp_path / "scans")
    summary = json.loads((run / "results" / "summary.json").read_text())
    summary["data"]["image_files"] = True
    (run / "results" / "summary.json").write_text(json.dumps(summary))
    labels = write_labels(tmp_path / "labels.csv", kind, range(8))
    (tmp_path / "scans").rename(tmp_path / "elsewhere")
    assert main(["label", "--run", str(run), "--labels", str(labels)]) == BAD_INPUT
    assert f"{tmp_path / 'scans'}" in capsys.readouterr().err
    assert not (run / "predictions.csv").exists()


def test_nothing_is_written_among_the_images(tmp_path, capsys):
    write_letters(tmp_path / "scans", "ao", 8)
    run, _ = make_run(tmp_path / "made", 4, tmp_path / "scans")
    inside = str(tmp_path / "scans" / "deeper")
    assert main(["select", "--run", str(run), "--n", "3", "--out", inside]) == BAD_INPUT
    assert "would be taken for images; name another folder." in capsys.readouterr().err
    for command in ("train", "paper"):
        given = ["--set", f"dataset={tmp_path / 'scans'}", "--set", "n_components=4"]
        status = main([command, *given, "--out", inside])
        assert status == BAD_INPUT
    assert not Path(inside).exists()


def test_every_file_can_be_written_before_one_is(made, tmp_path, capsys):
    (tmp_path / "selection.html").mkdir()
    arguments = ["select", "--run", str(made[0]), "--n", "3", "--out"]
    assert main([*arguments, str(tmp_path)]) == BAD_INPUT
    assert "selection.html, a folder; it must be a file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["selection.html"]
    assert main([*arguments, str(tmp_path / "mine.png")]) == BAD_INPUT
    assert "mine.png; it must be a folder" in capsys.readouterr().err


def test_no_more_labels_are_asked_for_than_there_are_images(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "labels.csv", kind, range(100))
    arguments = ["--run", str(run), "--labels", str(labels), "--out", str(tmp_path)]
    assert main(["label", *arguments]) == DONE
    said = capsys.readouterr().out
    assert "--n 20 --after" in said
    assert "With 100 more labels" not in said
    write_labels(labels, kind, range(len(kind)))
    assert main(["label", *arguments]) == DONE
    assert "To label more" not in capsys.readouterr().out
    after = ["select", "--run", str(run), "--n", "1", "--after", str(labels)]
    assert main([*after, "--out", str(tmp_path)]) == BAD_INPUT
    assert "all 120 images have a label; there is none to choose." in capsys.readouterr().err


def test_a_text_is_one_class_however_its_marks_are_coded(made, tmp_path, capsys):
    (tmp_path / "labels.csv").write_text("index,label\n0,\u00e9\n4,e\u0301\n1,b\n", "utf-8")
    options = ["--labels", str(tmp_path / "labels.csv"), "--out", str(tmp_path)]
    assert main(["label", "--run", str(made[0]), *options]) == DONE
    assert "3 labels of 2 classes" in capsys.readouterr().out


def test_a_run_of_images_without_labels_is_made_by_train(made, tmp_path, capsys):
    assert main(["select", "--run", str(tmp_path), "--n", "3"]) == BAD_INPUT
    train = f"`gmvae train --set dataset=IMAGES --out {tmp_path}` one of images without labels."
    assert train in capsys.readouterr().err
    summary = json.loads((made[0] / "results" / "summary.json").read_text())
    summary["data"]["n_classes"] = 0
    summary["profile"] = {"name": "letters", "settings": {"dataset": "scans"}}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "summary.json").write_text(json.dumps(summary))
    assert main(["select", "--run", str(tmp_path), "--n", "3"]) == BAD_INPUT
    made_by = f"`gmvae train --profile letters --set dataset=scans --out {tmp_path}` makes it."
    assert made_by in capsys.readouterr().err


def test_labels_are_never_written_over(made, tmp_path, capsys):
    run, kind = made
    for name, command in (
        ("predictions.csv", ["label", "--labels"]),
        ("selection.csv", ["select", "--n", "3", "--after"]),
    ):
        labels = write_labels(tmp_path / name, kind, range(8))
        before = labels.read_bytes()
        options = [str(labels), "--run", str(run), "--out", str(tmp_path)]
        assert main([*command, *options]) == BAD_INPUT
        assert f"{labels} holds the labels, and {name} would be written" in capsys.readouterr().err
        assert labels.read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == [name]
        labels.unlink()


def test_a_selection_with_labels_in_it_is_not_written_over(made, tmp_path, capsys):
    run, kind = made
    labels = write_labels(tmp_path / "selection.csv", kind, range(8))
    command = ["select", "--run", str(run), "--n", "3", "--out", str(tmp_path)]
    assert main(command) == BAD_INPUT
    assert "selection.csv has a column label that is filled in" in capsys.readouterr().err
    labels.write_text("index,label\n0,\n1,\n")
    assert main(command) == DONE


def test_files_of_another_data_set_are_remarked(made, tmp_path, capsys):
    labels = tmp_path / "labels.csv"
    command = ["label", "--run", str(made[0]), "--labels", str(labels), "--out", str(tmp_path)]
    labels.write_text("index,label,file\n0,a,one.png\n1,b,two.png\n")
    assert main(command) == DONE
    assert "the images of this run have no names; the index counts" in capsys.readouterr().out
    labels.write_text("index,label,file\n0,a,\n1,b,\n")
    assert main(command) == DONE
    assert "Note" not in capsys.readouterr().out


def test_a_file_is_known_however_its_letters_are_coded(tmp_path):
    names = np.array([unicodedata.normalize("NFD", "é.png"), "a.png"])
    path = tmp_path / "labels.csv"
    path.write_text(unicodedata.normalize("NFC", "file,label\né.png,x\na.png,y\n"))
    assert read_labels(path, 2, names).index.tolist() == [0, 1]
    path.write_text(unicodedata.normalize("NFD", path.read_text()))
    assert read_labels(path, 2, np.array([unicodedata.normalize("NFC", n) for n in names]))


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("index,label,label\n0,a,b\n")
    with pytest.raises(InputError, match="has two columns label; keep one of them"):
        read_labels(path, 5)
