// The map of the latent space: point at an image, or walk with the arrow keys.
play.start("latent", ({ names, marks, x, y, label, component, share, majority, pictures }, live) => {
  const { html, svg, percent } = play;
  const COLUMNS = 20, rows = Math.ceil(x.length / COLUMNS);
  let chosen = 0, width = 0, height = 0, shown = [], ring = null;

  const picture = html("i");
  picture.style.setProperty("--sheet", `url(${pictures})`);
  picture.style.setProperty("--size", `${100 * COLUMNS}% ${100 * rows}%`);
  const told = html("p", { role: "status" });
  const place = html("div");
  const at = i => [14 + x[i] * (width - 28), 14 + (1 - y[i]) * (height - 28)];
  const choose = i => {
    chosen = i;
    const across = ((i % COLUMNS) / (COLUMNS - 1)) * 100;
    const down = rows > 1 ? (Math.floor(i / COLUMNS) / (rows - 1)) * 100 : 0;
    picture.style.backgroundPosition = `${across}% ${down}%`;
    const most = majority[component[i]];
    told.textContent = `An image of “${names[label[i]]}”. Its most likely component is number ${component[i]}, with ${percent(share[i], 0)} of it; most images there are “${names[most]}”.`;
    shown.forEach((mark, j) => mark.setAttribute("class", component[j] === component[i] ? "same" : ""));
    const [cx, cy] = at(i);
    ring?.setAttribute("cx", cx);
    ring?.setAttribute("cy", cy);
  };
  const nearest = (px, py) => {
    let best = 0, least = Infinity;
    x.forEach((_, i) => {
      const [a, b] = at(i), far = Math.hypot(a - px, b - py);
      if (far < least) [best, least] = [i, far];
    });
    return [best, least];
  };
  const point = (event, reach) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [i, far] = nearest(event.clientX - box.left, event.clientY - box.top);
    if (far < reach && i !== chosen) choose(i);
  };
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const walk = event => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [cx, cy] = at(chosen);
    let best = -1, least = Infinity;
    x.forEach((_, i) => {
      const [a, b] = at(i), along = (a - cx) * step[0] + (b - cy) * step[1];
      const aside = Math.abs((a - cx) * step[1]) + Math.abs((b - cy) * step[0]);
      if (along > 0.5 && aside <= along && along + aside < least) [best, least] = [i, along + aside];
    });
    if (best >= 0) choose(best);
  };
  live.append(
    html("p", { class: "play-note" }, "Point at an image, tap it, or walk with the arrow keys. The images of its component stand out."),
    html("div", { class: "play-chosen" }, picture, told), place);
  return now => {
    [width, height] = [now, Math.min(now, 480)];
    shown = marks.length ? label.map((l, i) => svg("text", { x: at(i)[0], y: at(i)[1] + 4, "text-anchor": "middle" }, marks[l])) : [];
    ring = svg("circle", { r: 11, class: "ring" });
    const map = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "map", tabindex: 0, role: "application", "aria-label": "Map of the latent space; the arrow keys walk from image to image", onpointermove: event => point(event, 25), onclick: event => point(event, Infinity), onkeydown: walk }, shown, ring);
    place.replaceChildren(map);
    choose(chosen);
  };
});
