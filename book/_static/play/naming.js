// Labels are drawn one by one, and components get their names.
play.start("naming", ({ images, names, majority, pictures, rules, draws }, live) => {
  const { html, chart, slider, percent, count } = play;
  const longest = draws[0].label.length;
  const COLUMNS = 10; // of the sheet of pictures
  const rows = Math.ceil(majority.length / COLUMNS);
  let draw = 0, n = 0, width = 0, timer = null;

  const tiles = majority.map((_, place) => {
    const across = ((place % COLUMNS) / (COLUMNS - 1)) * 100;
    const down = rows > 1 ? (Math.floor(place / COLUMNS) / (rows - 1)) * 100 : 0;
    const picture = html("i", { style: `background-position: ${across}% ${down}%` });
    return html("span", { class: "tile" }, picture, html("b"));
  });
  const grid = html("div", { class: "tiles", role: "img" }, tiles);
  grid.style.setProperty("--sheet", `url(${pictures})`);
  grid.style.setProperty("--size", `${100 * COLUMNS}% ${100 * rows}%`);
  const status = html("p", { class: "play-status" });
  const told = html("p", { class: "play-hidden", role: "status" });
  const legend = html("ul", { class: "play-legend" });
  const graph = html("div");

  const accuracy = (rule, at) => {
    const right = at ? draws[draw].right[rule][at - 1] : -1;
    return right < 0 ? null : right / (images - at);
  };
  const state = () => {
    const { component, label } = draws[draw];
    const counts = majority.map(() => new Map());
    for (let i = 0; i < n; i++) {
      const of = counts[component[i]];
      of.set(label[i], (of.get(label[i]) ?? 0) + 1);
    }
    // the most frequent label, the first of a tie
    return counts.map(of => [...of].sort(([a, x], [b, y]) => y - x || a - b)[0]?.[0]);
  };
  const show = () => {
    const named = state();
    const { component, label } = draws[draw];
    const last = n ? component[n - 1] : -1;
    tiles.forEach((tile, place) => {
      const name = named[place], known = name !== undefined;
      tile.className = `tile${known ? " named" : ""}${known && name !== majority[place] ? " other" : ""}${place === last ? " new" : ""}`;
      tile.lastChild.textContent = known ? names[name] : "?";
      tile.title = known ? `${names[name]}; most of its images are ${names[majority[place]]}` : "no label yet";
    });
    const covered = named.filter(name => name !== undefined).length;
    const wrong = named.filter((name, place) => name !== undefined && name !== majority[place]).length;
    const sums = `${covered} of ${majority.length} components have a name` + (wrong ? `, ${wrong} of them not that of most of their images` : "");
    grid.setAttribute("aria-label", `Components, the largest first: ${sums}.`);
    status.textContent = n
      ? `${count(n)} ${n === 1 ? "label" : "labels"} drawn, the last one “${names[label[n - 1]]}”. ${sums}.`
      : "No label drawn: no component has a name.";
    told.textContent = timer ? "" : status.textContent;
    legend.replaceChildren(...rules.map((rule, r) =>
      html("li", { class: `key look${r}` }, `${rule} `, html("strong", {}, percent(accuracy(r, n))))));
    if (!width) return;
    const series = rules.map((_, r) => ({ look: r, points: Array.from({ length: n }, (_, i) => [i + 1, accuracy(r, i + 1)]).filter(([, b]) => b !== null) }));
    const step = longest > 500 ? 200 : longest > 100 ? 100 : 20;
    graph.replaceChildren(chart(width, {
      label: "Accuracy on the images without a label, against the labels drawn", say: "labels drawn",
      height: 180, x: [0, longest], y: [0, 1], yticks: [0, 0.25, 0.5, 0.75, 1],
      xticks: Array.from({ length: Math.floor(longest / step) + 1 }, (_, i) => i * step), series, lines: n ? [{ x: n }] : [],
    }));
  };
  const go = to => {
    n = Math.max(0, Math.min(longest, to));
    bar.move(n);
    if (n === longest) stop();
    show();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    run.textContent = "Play";
  };
  const button = (text, act) => html("button", { type: "button", onclick: act }, text);
  const by = step => () => { stop(); go(n + step); };
  const run = button("Play", () => {
    if (timer) { stop(); show(); return; }
    if (n === longest) n = 0;
    run.textContent = "Pause";
    timer = setInterval(() => go(n + 1), 250);
  });
  const again = button("Start again", () => { stop(); go(0); });
  const other = button("Another draw", () => {
    draw = (draw + 1) % draws.length;
    show();
  });
  const bar = slider("Labels drawn", { min: 0, max: longest, step: 1, value: 0 }, count, to => { stop(); go(to); });
  live.append(
    html("div", { class: "play-row" }, button("Draw a label", by(1)), button("Draw ten", by(10)), run, again, draws.length > 1 ? other : []),
    bar, status, told, grid,
    html("p", { class: "play-note" }, "Each tile is a component, the largest first, with the mean of its images. “≠”: its name is not that of most of its images. Accuracy on all ", count(images), " images but those labelled:"),
    legend, graph);
  show();
  return now => { width = now; show(); };
});
