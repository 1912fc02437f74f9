// Accuracy against labels: methods to switch on and off, and what each has at a budget.
play.start("supervision", ({ budgets, methods, on }, live) => {
  const { html, chart, slider, percent, count } = play;
  const MOST = 6; // lines that can be told apart
  const looks = new Map(); // of the methods that are on: method -> look
  let at = budgets.length - 1, width = 0;

  const toggle = method => {
    if (looks.has(method)) looks.delete(method);
    else if (looks.size < MOST) looks.set(method, [...Array(MOST).keys()].find(look => ![...looks.values()].includes(look)));
    show();
  };
  const entries = methods.map((method, m) => {
    const value = html("strong"), range = html("small");
    const button = html("button", { type: "button", onclick: () => toggle(m) }, `${method.name} `, value, " ", range);
    const entry = html("li", {}, button);
    return { method, m, entry, button, value, range };
  });
  const list = html("ul", { class: "play-methods" });
  const told = html("p", { class: "play-hidden", role: "status" });
  const graph = html("div");
  const sort = () => {
    const value = ({ method }) => method.mean[at] ?? -1;
    list.replaceChildren(...[...entries].sort((a, b) => value(b) - value(a)).map(({ entry }) => entry));
  };
  const show = () => {
    for (const { method, m, button, value, range } of entries) {
      const look = looks.get(m), full = look === undefined && looks.size === MOST;
      button.className = look === undefined ? "" : `key look${look}`;
      button.setAttribute("aria-pressed", look !== undefined);
      button.setAttribute("aria-disabled", full);
      value.textContent = percent(method.mean[at]);
      range.textContent = method.mean[at] == null || method.low[at] == null ? "" : `${percent(method.low[at])} to ${percent(method.high[at])}`;
    }
    if (!width) return;
    const series = [...looks].map(([m, look]) => {
      const { mean, low, high } = methods[m];
      const run = budgets.map((n, i) => i).filter(i => mean[i] != null);
      return { look, dots: true, points: run.map(i => [budgets[i], mean[i]]), bars: run.filter(i => low[i] != null).map(i => [budgets[i], Math.max(0, low[i]), Math.min(1, high[i])]) };
    });
    graph.replaceChildren(chart(width, {
      label: `Accuracy against labels of ${[...looks.keys()].map(m => methods[m].name).join(", ") || "no method"}`, say: "labels", log: true, height: 280,
      x: [budgets[0], budgets.at(-1)], y: [0, 1], yticks: [0, 0.25, 0.5, 0.75, 1], xticks: budgets, series, lines: [{ x: budgets[at] }],
    }));
  };
  const bar = slider("Labels", { min: 0, max: budgets.length - 1, step: 1, value: at }, place => count(budgets[place]), place => {
    at = place;
    sort();
    show();
    const [best] = [...entries].sort((a, b) => (b.method.mean[at] ?? -1) - (a.method.mean[at] ?? -1));
    told.textContent = `With ${count(budgets[at])} labels, ${best.method.name} is best with ${percent(best.method.mean[at])}.`;
  });
  live.append(bar, html("p", { class: "play-note" }, `The best method comes first. Switch up to ${MOST} on and off.`), list, told, graph);
  sort();
  for (const m of on.slice(0, MOST)) toggle(m);
  show();
  return now => { width = now; show(); };
});
