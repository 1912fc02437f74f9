// How many random labels reach every component: exact, without replacement.
play.start("coverage", ({ k, most, images, at, confidences, confident }, live) => {
  const { html, chart, slider, percent, count } = play;
  let K = k, N = images[at], sure = confidences[confident], width = 0;

  // P(all covered | n labels). With T ~ Binomial(N, n/N) labels the components are independent;
  // Bayes' rule takes T = n, and a Fourier mean its coefficient. Complex numbers: [log size, angle].
  const log = (x, y) => [Math.log(Math.hypot(x, y)), Math.atan2(y, x)];
  const covered = n => {
    if (n < K) return 0;
    if (n >= N) return 1;
    const q = n / N, angles = Math.ceil(12 * Math.sqrt(n)) + 65;
    const size = Math.floor(N / K), larger = N % K;
    // log of E[z^labels; at least one] for a component of s images
    const reached = ([r, a], s) => {
      const far = Math.exp(s * r);
      return log(far * Math.cos(s * a) - (1 - q) ** s, far * Math.sin(s * a));
    };
    let both = 0, total = 0;
    for (let j = 0; 2 * j <= angles; j++) {
      const theta = (2 * Math.PI * j) / angles;
      const w = log(1 - q + q * Math.cos(theta), q * Math.sin(theta));
      const twice = j && 2 * j < angles ? 2 : 1; // the other half circle is the mirror image
      total += twice * Math.exp(N * w[0]) * Math.cos(N * w[1] - n * theta);
      const [small, large] = [reached(w, size), larger ? reached(w, size + 1) : [0, 0]];
      const r = (K - larger) * small[0] + larger * large[0];
      const a = (K - larger) * small[1] + larger * large[1];
      both += twice * Math.exp(r) * Math.cos(a - n * theta);
    }
    return Math.min(1, Math.max(0, both / total));
  };
  const first = share => {
    let low = K - 1, high = K;
    while (high < N && covered(high) < share) [low, high] = [high, Math.min(N, 2 * high)];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (covered(middle) < share) low = middle;
      else high = middle;
    }
    return high;
  };

  const answer = html("p", { class: "play-status", role: "status" });
  const graph = html("div");
  const show = () => {
    if (K > N) {
      answer.replaceChildren(`${count(N)} images cannot reach ${count(K)} components.`);
      graph.replaceChildren();
      return;
    }
    const n = first(sure);
    const bound = K > 1 ? Math.ceil(Math.log(K / (1 - sure)) / -Math.log1p(-1 / K)) : 1;
    answer.replaceChildren(
      html("strong", {}, `${count(n)} random labels`),
      ` reach all ${count(K)} components with ${percent(sure, 1)} confidence: ${percent(n / N, 2)} of ${count(N)} images. Chosen labels: ${count(K)}. The union bound, which draws with replacement, asks for ${count(bound)}.`);
    if (!width) return;
    const end = Math.max(first(confidences.at(-1)), K + 1), points = [];
    for (let i = 0; i <= 40; i++) {
      const x = Math.round(K + ((end - K) * i) / 40);
      points.push([x, covered(x)]);
    }
    const step = 10 ** Math.floor(Math.log10(end)) / (end / 10 ** Math.floor(Math.log10(end)) < 3 ? 2 : 1);
    graph.replaceChildren(chart(width, {
      label: `Probability that all components are reached, from ${count(K)} to ${count(end)} labels`, say: "random labels",
      x: [K, end], y: [0, 1], yticks: [0, 0.25, 0.5, 0.75, 1], height: 200,
      xticks: [K, ...Array.from({ length: Math.floor(end / step) }, (_, i) => (i + 1) * step).filter(x => x > K)],
      series: [{ points, look: 0 }], lines: [{ x: n, text: count(n) }, { y: sure }],
    }));
  };
  const components = slider("Components K", { min: 1, max: most, step: 1, value: K }, count, value => { K = value; show(); });
  const sureness = slider("Confidence", { min: 0, max: confidences.length - 1, step: 1, value: confident }, place => percent(confidences[place], 1), place => { sure = confidences[place]; show(); });
  const pool = slider("Images N", { min: 0, max: images.length - 1, step: 1, value: at }, place => count(images[place]), place => { N = images[place]; show(); });
  live.append(components, sureness, pool, answer, graph,
    html("p", { class: "play-note" }, "The curve is the probability that every component is reached, for components of equal size."));
  show();
  return now => { width = now; show(); };
});
