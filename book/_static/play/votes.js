// Pick an image: its components vote, by the hard and by the soft rule.
play.start("votes", ({ names, groups, images, pictures }, live) => {
  const { html, percent } = play;
  const COLUMNS = 8, rows = Math.ceil(images.length / COLUMNS);
  const buttons = [];
  const picture = i => {
    const across = ((i % COLUMNS) / (COLUMNS - 1)) * 100;
    const down = rows > 1 ? (Math.floor(i / COLUMNS) / (rows - 1)) * 100 : 0;
    return html("i", { style: `background-position: ${across}% ${down}%` });
  };
  const bars = entries => html("ul", { class: "play-bars" }, entries.map(([text, share, look]) =>
    html("li", {}, html("span", {}, `${text}: ${percent(share, 0)}`), html("b", { class: `look${look}`, style: `width: ${100 * share}%` }))));
  const shown = html("div", { class: "play-chosen" });
  const result = html("div", { class: "play-votes" });
  const told = html("p", { role: "status" });
  const choose = i => {
    const { label, components, votes } = images[i];
    buttons.forEach((button, j) => button.setAttribute("aria-pressed", i === j));
    const best = rule => votes.reduce((most, vote) => (vote[rule] > most[rule] ? vote : most))[0];
    const verdict = rule => `“${names[best(rule)]}”, which is ${best(rule) === label ? "right" : "wrong"}`;
    told.textContent = `An image of “${names[label]}”. The hard rule says ${verdict(1)}; the soft rule says ${verdict(2)}.`;
    shown.replaceChildren(picture(i), told);
    const named = ([c, share, name]) => [`component ${c}, ${name < 0 ? "no name yet" : `“${names[name]}”`}`, share, 0];
    const sorted = rule => [...votes].sort((a, b) => b[rule] - a[rule]).filter(vote => vote[rule] > 0.005);
    const section = (title, entries) => html("div", {}, html("p", {}, html("strong", {}, title)), bars(entries));
    result.replaceChildren(
      section("Responsibilities", components.map(named)),
      section("Hard vote", sorted(1).map(([l, hard]) => [`“${names[l]}”`, hard, 1])),
      section("Soft vote", sorted(2).map(([l, , soft]) => [`“${names[l]}”`, soft, 2])));
  };
  for (const { say, from, to } of groups) {
    const row = html("div", { class: "play-row", role: "group", "aria-label": say });
    for (let i = from; i < to; i++) {
      buttons[i] = html("button", { type: "button", class: "picture", "aria-label": `Image of “${names[images[i].label]}”, ${say}`, onclick: () => choose(i) }, picture(i));
      row.append(buttons[i]);
    }
    live.append(html("p", { class: "play-note" }, `${say[0].toUpperCase()}${say.slice(1)}:`), row);
  }
  live.style.setProperty("--sheet", `url(${pictures})`);
  live.style.setProperty("--size", `${100 * COLUMNS}% ${100 * rows}%`);
  live.append(shown, result);
  choose(0);
  return () => {};
});
