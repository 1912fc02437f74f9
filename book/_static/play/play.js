// What the pieces to play with share: their data, elements, and one line chart.
window.play ??= (() => {
  const make = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes ?? {}))
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    node.append(...children.flat()); // texts are shown as they are, never as markup
    return node;
  };
  const html = (tag, attributes, ...children) =>
    make(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) =>
    make(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  const percent = (share, digits = 1) => (share == null ? "–" : `${(100 * share).toFixed(digits)}%`);
  const count = number => number.toLocaleString("en-US");

  // A labelled slider; `say` turns its value into what is shown beside its name and read out.
  const slider = (name, range, say, moved) => {
    const shown = html("output");
    const input = html("input", { type: "range", ...range });
    const label = html("label", { class: "play-slider" }, html("span", {}, `${name}: `, shown), input);
    label.tell = () => {
      shown.textContent = say(+input.value);
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    label.move = value => {
      input.value = value;
      label.tell();
    };
    input.addEventListener("input", () => {
      label.tell();
      moved(+input.value);
    });
    label.move(range.value);
    return label;
  };

  // series: {points: [[x, y]], look: 0, 1, ..., bars: [[x, low, high]], dots: true}; lines: {x or y, text}
  const chart = (width, { label, x, y, log, xticks, yticks, say, series, lines = [], height = 240 }) => {
    const [left, right, top, bottom] = [46, 14, 12, 34];
    const scale = log ? Math.log : value => value;
    const [from, to] = x.map(scale);
    const atX = value => left + ((scale(value) - from) / (to - from || 1)) * (width - left - right);
    const atY = value => height - bottom - ((value - y[0]) / (y[1] - y[0])) * (height - top - bottom);
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    const text = (content, place, anchor = "middle") =>
      picture.append(svg("text", { ...place, "text-anchor": anchor }, content));
    const line = (x1, y1, x2, y2, look) => picture.append(svg("line", { x1, y1, x2, y2, class: look }));
    for (const tick of yticks) {
      line(left, atY(tick), width - right, atY(tick), "grid");
      text(percent(tick, 0), { x: left - 6, y: atY(tick) + 4 }, "end");
    }
    let last = -Infinity;
    for (const tick of xticks) {
      const here = atX(tick);
      line(here, height - bottom, here, height - bottom + 4, "axis");
      const room = 4 * String(count(tick)).length;
      if (here - room < last + 6 || here + room > width) continue;
      text(count(tick), { x: here, y: height - bottom + 16 });
      last = here + room;
    }
    line(left, height - bottom, width - right, height - bottom, "axis");
    text(say, { x: (left + width - right) / 2, y: height - 3 });
    for (const { points, look, bars = [], dots } of series) {
      const places = points.map(([a, b]) => `${atX(a).toFixed(1)},${atY(b).toFixed(1)}`).join(" ");
      picture.append(svg("polyline", { points: places, class: `line look${look}` }));
      for (const [a, low, high] of bars) line(atX(a), atY(low), atX(a), atY(high), `bar look${look}`);
      if (dots)
        for (const [a, b] of points) picture.append(svg("circle", { cx: atX(a), cy: atY(b), r: 3.5, class: `dot look${look}` }));
    }
    for (const mark of lines) {
      if (mark.y === undefined) line(atX(mark.x), top, atX(mark.x), height - bottom, "mark");
      else line(left, atY(mark.y), width - right, atY(mark.y), "mark");
      if (!mark.text) continue;
      const far = mark.y === undefined && atX(mark.x) > 0.7 * width;
      text(mark.text, { x: mark.y === undefined ? atX(mark.x) + (far ? -4 : 4) : width - right, y: mark.y === undefined ? top + 10 : atY(mark.y) - 4 }, far || mark.y !== undefined ? "end" : "start");
    }
    return picture;
  };

  // `build(data, live)` fills the empty place of a piece and returns what draws it at a width.
  const start = (name, build) => {
    for (const box of document.querySelectorAll(`[data-play="${name}"]`)) {
      const live = box.querySelector(".play-live");
      const draw = build(JSON.parse(box.querySelector("script").textContent), live);
      live.hidden = false;
      box.classList.add("is-live");
      let width = 0;
      new ResizeObserver(() => {
        if (live.clientWidth && live.clientWidth !== width) draw((width = live.clientWidth));
      }).observe(live);
    }
  };
  return { start, html, svg, chart, slider, percent, count };
})();
