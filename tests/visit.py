"""One look at one page of the book: opened from a file, with everything that went wrong."""

from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_AUDIT = """async (rules) => {
    const found = await axe.run({resultTypes: ["violations"], preload: false, ...rules});
    return found.violations
        .filter(({impact}) => impact === "serious" || impact === "critical")
        .map(({id, nodes}) => `${id}: ${nodes.length} x, first ${nodes[0].html}`);
}"""
_IMAGES = """async () => {
    const faults = [];
    for (const image of document.querySelectorAll("article img")) {
        image.loading = "eager";
        await image.decode().catch(() => faults.push(`not loaded: ${image.src}`));
        if (image.alt.trim().length < 10 || /^(\\.\\.|_images)/.test(image.alt))
            faults.push(`no alt text: ${image.src}`);
    }
    return faults;
}"""
_FORMULAS = """() => [...document.querySelectorAll(".math")]
    .filter(math => !math.querySelector("mjx-container") || math.querySelector("mjx-merror"))
    .map(math => `formula not rendered: ${math.textContent}`)"""
_SIDEWAYS = """() => {
    const faults = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) faults.push("the page scrolls sideways");
    const scrolls = box => ["auto", "scroll", "hidden"].includes(getComputedStyle(box).overflowX);
    for (const box of document.querySelectorAll(".bd-article *")) {
        if (box.closest("mjx-assistive-mml")) continue;  // heard, not seen
        let outer = box;
        while (outer && !scrolls(outer)) outer = outer.parentElement;
        const seen = box.getBoundingClientRect();
        if (!outer?.closest(".bd-article") && seen.width && seen.right > width + 1)
            faults.push(`cut: ${box.outerHTML.slice(0, 100)}`);
    }
    return faults;
}"""


@contextmanager
def visit(browser, page: Path, width: int):
    """Open a page without a network; yield it and its list of faults, to which the page adds."""
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    context.set_default_timeout(60_000)  # milliseconds, for a machine that has other work
    opened, faults = context.new_page(), []
    opened.on("pageerror", lambda error: faults.append(f"script: {error}"))
    # what a reader leaves before it is loaded is no fault of the page
    opened.on(
        "requestfailed",
        lambda request: (
            request.failure != "net::ERR_ABORTED" and faults.append(f"not found: {request.url}")
        ),
    )
    opened.on("console", lambda said: said.type == "error" and faults.append(said.text))
    opened.on(
        "request",
        lambda sent: sent.url.startswith("http") and faults.append(f"from the network: {sent.url}"),
    )
    opened.goto(page.as_uri(), wait_until="load")
    # the root page leads on to another, and what is asked meanwhile is lost
    opened.wait_for_function("() => !document.querySelector('meta[http-equiv=refresh]')")
    opened.wait_for_load_state("load")
    opened.evaluate("async () => { await window.MathJax?.startup?.promise }")
    try:
        yield opened, faults
    finally:
        context.close()


def look(opened, scheme: str) -> list[str]:
    """Return what a reader would miss on an open page, and what axe finds serious or critical.

    In the dark only the colours are looked at again: nothing else changes.
    """
    opened.evaluate(f"window.axe || (() => {{ {AXE} }})()")
    dark = scheme == "dark"
    faults = opened.evaluate(_AUDIT, {"runOnly": ["color-contrast"]} if dark else {})
    checks = () if dark else (_IMAGES, _FORMULAS, _SIDEWAYS)
    return faults + [fault for check in checks for fault in opened.evaluate(check)]
