// What scrolls sideways can be reached by keyboard, and says so; what fits is left alone.
(() => {
  const SCROLLERS = ".scroll, .pst-scrollable-table-container, mjx-container, .bd-article pre";
  const INLINE = "mjx-container:not([display])";

  const markWideFormulas = () => {
    const right = document.querySelector(".bd-article")?.getBoundingClientRect().right;
    for (const formula of document.querySelectorAll(INLINE)) {
      formula.classList.remove("wide");
      formula.classList.toggle("wide", formula.getBoundingClientRect().right > right + 1);
    }
  };
  const mark = () => {
    markWideFormulas();
    for (const box of document.querySelectorAll(SCROLLERS)) {
      const scrolls = getComputedStyle(box).overflowX === "auto" && box.scrollWidth > box.clientWidth;
      if (scrolls) {
        box.tabIndex = 0;
        box.dataset.scrolls = "";
      } else if ("scrolls" in box.dataset) {
        box.removeAttribute("tabindex");
        delete box.dataset.scrolls;
      }
    }
  };
  const start = async () => {
    await window.MathJax?.startup?.promise;
    mark();
    // the article changes its width after the window does, when the menus have moved
    const article = document.querySelector(".bd-article");
    if (article) new ResizeObserver(mark).observe(article);
    document.addEventListener("toggle", mark, true); // code that was folded
  };
  window.addEventListener("load", start);
})();
