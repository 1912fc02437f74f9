"""Pages finished for readers: tables, pictures, head."""

from bs4 import BeautifulSoup

from gmvae.paper.html import Head, finish_page, redirect_page

HEAD = Head(title="A page", description="What it is about.", picture="_static/preview.png")


def finished(body, head=""):
    page = f"<html><head><title>x — x</title>{head}</head><body><article>{body}</article></body>"
    return BeautifulSoup(finish_page(page + "</html>", HEAD), "html.parser")


def test_the_head_says_what_the_page_is():
    page = finished("")
    assert page.title.string == "A page"
    said = {
        meta.get("name") or meta.get("property"): meta["content"] for meta in page.select("meta")
    }
    assert said["description"] == said["og:description"] == HEAD.description
    assert said["og:image"] == HEAD.picture


def test_what_nothing_uses_is_dropped():
    page = finished(
        "<p>text</p>",
        "<script>const THEBE_JS_URL = 1</script>"
        '<script src="_static/vendor/fontawesome/6/js/all.min.js"></script>'
        '<link rel="preload" as="font" href="_static/vendor/fontawesome/6/webfonts/a.woff2">'
        '<link rel="stylesheet" href="_static/vendor/fontawesome/6/css/all.min.css">'
        '<script src="_static/scroll.js"></script>',
    )
    kept = [tag.get("src") or tag.get("href") for tag in page.select("script, link")]
    assert kept == ["_static/vendor/fontawesome/6/css/all.min.css", "_static/scroll.js"]


def test_a_table_of_pandas_has_one_header_with_scopes_and_aligned_figures():
    page = finished(
        "<table border='1'><thead><tr><th>target</th><th>labels</th><th>name</th></tr>"
        "<tr><th>method</th><th></th><th></th></tr></thead>"
        "<tbody><tr><th>soft</th><td>95.2% (94.1–96.0)</td><td>a</td></tr>"
        "<tr><th>hard</th><td>1,456</td><td>b</td></tr></tbody></table>"
    )
    (header,) = page.select("thead tr")
    assert [cell.get_text() for cell in header.select("th")] == [
        "method / target",
        "labels",
        "name",
    ]
    assert {cell["scope"] for cell in page.select("thead th")} == {"col"}
    assert {cell["scope"] for cell in page.select("tbody th")} == {"row"}
    assert len(page.select("td.number")) == 2
    assert [cell.get_text() for cell in page.select("th.number")] == ["labels"]
    assert page.table.parent["class"] == ["scroll"]


def test_an_empty_header_cell_is_no_header():
    page = finished("<table><thead><tr><th></th><th>a</th></tr></thead></table>")
    assert [cell.name for cell in page.select("tr > *")] == ["td", "th"]


def test_a_picture_loads_late_and_opens_by_itself():
    page = finished("<img src='a.svg' alt='a line'><a href='b'><img src='c.svg'></a>")
    assert {image["loading"] for image in page.select("img")} == {"lazy"}
    assert [link["href"] for link in page.select("a")] == ["a.svg", "b"]


def test_the_root_has_a_title_and_a_link_for_those_who_are_not_led_on():
    page = BeautifulSoup(redirect_page("A book", "book/index.html"), "html.parser")
    assert page.title.string == "A book"
    assert page.a["href"] == "book/index.html"
