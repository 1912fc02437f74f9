"""Labels of the list of references."""

from pybtex.database import Entry, Person

from gmvae.files import PROJECT
from gmvae.paper.citations import AuthorYearLabels


def label(*authors, year="2017"):
    persons = {"author": [Person(author) for author in authors]}
    (text,) = AuthorYearLabels().format_labels([Entry("misc", {"year": year}, persons)])
    return text


def test_one_two_and_many_authors():
    assert label("Good, I. J.", year="1953") == "Good, 1953"
    assert label("Kingma, D. P.", "Welling, Max") == "Kingma and Welling, 2017"
    assert label("van der Maaten, L.", "Hinton, G.") == "van der Maaten and Hinton, 2017"
    assert label("Cohen, G.", "Afshar, S.", "Tapson, J.") == "Cohen et al., 2017"


def test_every_reference_has_a_link_and_a_label_of_its_own():
    from pybtex.database import parse_file

    entries = list(parse_file(str(PROJECT / "book" / "references.bib")).entries.values())
    assert [entry.key for entry in entries if not {"doi", "url"} & set(entry.fields)] == []
    labels = list(AuthorYearLabels().format_labels(entries))
    assert len(set(labels)) == len(labels)
