"""A rendered page made fit for everybody: phones, screen readers, no network, previews of links."""

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

# figures with their units and intervals, and the words the tables of labels have beside them
_NUMBER = re.compile(r"(?:[^A-Za-z]|\b(?:at most|not by|to|nan|s)\b)*")


@dataclass(frozen=True)
class Head:
    """What a page says of itself to those who do not open it.

    Attributes
    ----------
    title, description : str
        Plain text.
    picture : str or None
        Address of the preview picture.
    """

    title: str
    description: str
    picture: str | None


def finish_page(html: str, head: Head) -> str:
    """Return a rendered page with its faults mended.

    Parameters
    ----------
    html : str
        A whole page as Sphinx writes it.
    head : Head
    """
    page = BeautifulSoup(html, "html.parser")
    _describe(page, head)
    _drop_unused(page)
    for table in page.select("article table"):
        _mend_table(page, table)
    for image in page.select("article img"):
        _mend_image(page, image)
    _mend_roles(page)
    return str(page)


def redirect_page(title: str, target: str) -> str:
    """Return the page at the root of the book, which leads on to its first page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta http-equiv="Refresh" content="0; url={target}">\n'
        f'</head><body><p><a href="{target}">{title}</a></p></body></html>\n'
    )


def _describe(page: BeautifulSoup, head: Head) -> None:
    """Give the head its title, a description and what previews of links show."""
    assert page.head is not None
    assert page.title is not None
    page.title.string = head.title
    shown = {"og:title": head.title, "og:type": "article", "og:image": head.picture}
    named = {"description": head.description, "twitter:card": "summary_large_image"}
    for key, content in {**named, **shown, "og:description": head.description}.items():
        if content:
            attribute = "property" if key.startswith("og:") else "name"
            page.head.append(page.new_tag("meta", attrs={attribute: key, "content": content}))
    for meta in page.head.find_all("meta", attrs={"name": "viewport"})[1:]:
        meta.decompose()


def _drop_unused(page: BeautifulSoup) -> None:
    """Drop what nothing on the page uses, or what a page opened as a file may not load."""
    for script in page.select("script:not([type='application/json']), link"):
        where = f"{script.get('src', '')} {script.get('href', '')} {script.string or ''}".lower()
        icons = "fontawesome" in where and ("/js/" in where or script.get("as") == "font")
        if icons or "thebe" in where:  # the stylesheet of the icons is enough; thebe is off
            script.decompose()


def _mend_table(page: BeautifulSoup, table: Tag) -> None:
    """Let the table scroll by itself, say what its header cells head, and align its figures."""
    if not table.find_parent(class_="pst-scrollable-table-container"):
        table.wrap(page.new_tag("div", attrs={"class": "scroll"}))
    table.attrs.pop("border", None)
    _join_header(table)
    for cell in table.select("thead th"):
        cell["scope"] = "colgroup" if int(str(cell.get("colspan", "1"))) > 1 else "col"
    for cell in table.select("tbody th"):
        cell["scope"] = "rowgroup" if int(str(cell.get("rowspan", "1"))) > 1 else "row"
    for cell in table.select("thead th"):
        if not cell.get_text(strip=True):
            cell.name = "td"  # an empty header cell heads nothing
            del cell["scope"]
    for cell in table.select("tbody td"):
        if _NUMBER.fullmatch(cell.get_text(strip=True)):
            _mark_number(cell)
    _align_header(table)


def _join_header(table: Tag) -> None:
    """Make one of the two header rows that pandas writes where the index has a name."""
    rows = table.select("thead tr")
    if len(rows) != 2:
        return
    first, second = (row.find_all(["th", "td"]) for row in rows)
    texts = [[cell.get_text(strip=True) for cell in cells] for cells in (first, second)]
    if len(first) != len(second) or any(a and b for a, b in list(zip(*texts, strict=True))[1:]):
        return
    for cell, names in zip(first, zip(*reversed(texts), strict=True), strict=True):
        cell.string = " / ".join(filter(None, names))
    rows[1].decompose()


def _align_header(table: Tag) -> None:
    """Put the name of a column of figures above the figures."""
    rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
    headers = table.select("thead tr")
    if not rows or len(headers) != 1 or table.select("[colspan], [rowspan]"):
        return
    for place, cell in enumerate(headers[0].find_all(["th", "td"])):
        column = [row[place] for row in rows if place < len(row)]
        if column and all("number" in str(one.get("class", "")).split() for one in column):
            _mark_number(cell)


def _mark_number(cell: Tag) -> None:
    """Let the stylesheet know a figure from words."""
    cell["class"] = " ".join([*map(str, cell.get_attribute_list("class")), "number"])


def _mend_image(page: BeautifulSoup, image: Tag) -> None:
    """Load the picture when it is near, and open it by itself on a tap."""
    image["loading"] = "lazy"
    if not image.find_parent("a"):
        link = page.new_tag("a", attrs={"class": "picture", "href": str(image["src"])})
        image.wrap(link)


def _mend_roles(page: BeautifulSoup) -> None:
    """Take back roles that claim a structure which is not there."""
    for tag in page.select(".citation-list[role=list]"):
        del tag["role"]
