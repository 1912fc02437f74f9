// What scrolls sideways can be reached by keyboard, and says so; what fits is left alone.
(() => {
  const SCROLLERS = ".scroll, .pst-scrollable-table-container, div.math, .bd-article pre";
  const mark = () => {
    for (const box of document.querySelectorAll(SCROLLERS)) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", "Wide content, scrolls sideways");
      } else if (box.getAttribute("role") === "region") {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      }
    }
  };
  const start = async () => {
    await window.MathJax?.startup?.promise;
    mark();
    window.addEventListener("resize", mark);
    document.addEventListener("toggle", mark, true);
  };
  window.addEventListener("load", start);
})();
