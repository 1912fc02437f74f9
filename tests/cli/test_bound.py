"""``gmvae bound`` as it is called from the command line."""

import argparse
import zipfile

import numpy as np
import pytest

from gmvae.cli import bound
from gmvae.coverage.probability import labels_to_cover
from gmvae.errors import InputError


def call(*arguments):
    parser = argparse.ArgumentParser()
    bound.add_parser(parser.add_subparsers())
    args = parser.parse_args(["bound", *map(str, arguments)])
    return args.run(args)


def lines(text):
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_equal_clusters_with_a_population(capsys):
    assert call("--clusters", 100, "--confidence", 0.95, "--population", 145_600) == 0
    report = lines(capsys.readouterr().out)
    assert report["labels"] == "752"
    assert report["fraction"] == "0.00516484 (0.5165% of 145600 images)"
    assert report["drawn"] == "without replacement"


def test_without_a_population_there_is_no_fraction(capsys):
    assert call("--clusters", 100, "--confidence", 0.95) == 0
    report = lines(capsys.readouterr().out)
    assert report["labels"] == "754"
    assert report["fraction"] == "unknown without --population"


@pytest.mark.parametrize(("method", "n"), [("exact", 754), ("union", 757)])
def test_methods(method, n, capsys):
    call("--clusters", 100, "--method", method)
    report = lines(capsys.readouterr().out)
    assert report["labels"] == str(n)
    assert report.get("exact method") == (None if method == "exact" else "754 labels, +3 by union")


@pytest.mark.parametrize("method", ["exact", "union", "poisson", "gumbel"])
def test_weights_from_a_text_file(tmp_path, capsys, method):
    path = tmp_path / "weights.txt"
    path.write_text("3\n\n5\n 2 \n0\n")
    call("--weights", path, "--confidence", 0.9, "--method", method)
    report = lines(capsys.readouterr().out)
    assert report["labels"] == str(labels_to_cover([3, 5, 2], 0.9, method=method))
    assert report["clusters"] == "3, 1 empty ones left out"
    call("--weights", path, "--confidence", 0.9, "--population", 10, "--method", method)
    n = labels_to_cover([3, 5, 2], 0.9, 10, method)
    assert lines(capsys.readouterr().out)["labels"] == str(n)


def test_weights_from_a_posterior(tmp_path, capsys):
    path = tmp_path / "posterior.npz"
    sizes = [30, 20, 10]
    np.savez(path, responsibilities=np.repeat(np.eye(3, dtype=np.float32), sizes, axis=0))
    call("--weights", path)
    report = lines(capsys.readouterr().out)
    n = labels_to_cover(sizes)
    assert report["labels"] == str(n)
    assert report["fraction"].startswith(f"{n / 60:.6g} ")
    call("--weights", path, "--population", 60)
    assert lines(capsys.readouterr().out)["labels"] == str(labels_to_cover(sizes, population=60))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--clusters", "0"),
        ("--clusters", "-3"),
        ("--clusters", "ten"),
        ("--clusters", "1.5"),
        ("--clusters", "10", "--confidence", "1"),
        ("--clusters", "10", "--confidence", "nan"),
        ("--clusters", "10", "--confidence", "high"),
        ("--clusters", "10", "--population", "9"),
        ("--clusters", "10", "--population", "0"),
        ("--clusters", "10", "--population", "many"),
        ("--weights", "nowhere.txt"),
    ],
)
def test_bad_values_are_one_sentence(arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n", "1\nx\n", "1\n-1\n", "0\n", "nan\n", "inf\n"])
def test_bad_weight_files(tmp_path, content):
    path = tmp_path / "weights.txt"
    path.write_text(content)
    with pytest.raises(InputError):
        call("--weights", path)


def test_weights_that_do_not_sum_to_the_population(tmp_path):
    path = tmp_path / "weights.txt"
    path.write_text("3\n4\n")
    with pytest.raises(InputError, match="7"):
        call("--weights", path, "--population", 8)


def test_bad_archives(tmp_path):
    path = tmp_path / "posterior.npz"
    np.savez(path, other=np.eye(3))
    with pytest.raises(InputError, match="responsibilities"):
        call("--weights", path)
    np.savez(path, responsibilities=np.ones(3))
    with pytest.raises(InputError, match="shape"):
        call("--weights", path)
    path.write_bytes(b"\x80\x81\x82")
    with pytest.raises(InputError):
        call("--weights", path)


@pytest.mark.parametrize(
    "arguments", [(), ("--clusters", 3, "--weights", "f"), ("--clusters", 3, "--method", "guess")]
)
def test_wrong_usage_exits_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        call(*arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_weights_as_editors_write_them(tmp_path, capsys, encoding, end):
    path = tmp_path / "weights.txt"
    path.write_bytes(end.join(["3", "5", "2", ""]).encode(encoding))
    call("--weights", path)
    assert lines(capsys.readouterr().out)["labels"] == str(labels_to_cover([3, 5, 2]))


@pytest.mark.parametrize("length", [300, 5000])
def test_long_values_are_cut(tmp_path, length):
    path = tmp_path / "weights.txt"
    path.write_text("x" * length)
    for arguments in (
        ("--clusters", "9" * length + "."),
        ("--weights", "x" * length),
        ("--weights", path),
        ("--clusters", "5", "--confidence", "x" * length),
    ):
        with pytest.raises(InputError) as caught:
            call(*arguments)
        assert len(str(caught.value)) < 500


def test_a_posterior_that_claims_too_much(tmp_path):
    path = tmp_path / "posterior.npz"
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648, 100)}\n"
    with zipfile.ZipFile(path, "w") as packed:
        content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head
        packed.writestr("responsibilities.npy", content)
    with pytest.raises(InputError, match="claims the shape"):
        call("--weights", path)
    np.savez(path, responsibilities=np.full((3, 2), None))
    with pytest.raises(InputError, match="holds Python objects"):
        call("--weights", path)
