// Values under the pointer: a line across each chart at the nearest point and a box with what the
// curves show there. Everything is read off the pictures themselves.
(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  const numbers = (text) => text.trim().split(/[ ,]+/).map(Number);

  const valueText = (v) => {
    const size = Math.abs(v);
    if (size >= 1e6) return (v / 1e6).toFixed(2) + "M";
    if (size >= 1e4) return (v / 1e3).toFixed(1) + "k";
    if (size >= 100) return v.toFixed(0);
    if (size >= 10) return v.toFixed(1);
    if (size >= 1) return v.toFixed(2);
    return String(Number(v.toPrecision(3)));
  };
  const clockText = (s) => {
    const total = Math.round(s), two = (n) => String(n).padStart(2, "0");
    if (total < 60) return total + " s";
    if (total < 3600) return Math.floor(total / 60) + ":" + two(total % 60);
    return Math.floor(total / 3600) + " h " + two(Math.floor((total % 3600) / 60));
  };

  function read(svg) {
    const [x0, x1] = numbers(svg.dataset.x), [y0, y1] = numbers(svg.dataset.y);
    const [left, top, right, bottom] = numbers(svg.dataset.box);
    const chart = {svg, left, top, right, bottom};
    const y = (at) => {
      const v = y0 + (bottom - at) / (bottom - top) * (y1 - y0);
      return svg.dataset.percent === undefined ? valueText(v) : valueText(100 * v) + " %";
    };
    chart.xText = (at) => {
      const v = x0 + (at - left) / (right - left) * (x1 - x0);
      return svg.dataset.clock === undefined ? valueText(v) : clockText(v);
    };
    chart.lines = [...svg.querySelectorAll("polyline[data-label]")].map((line) => {
      const flat = numbers(line.getAttribute("points"));
      const low = line.dataset.low ? numbers(line.dataset.low) : [];
      const high = line.dataset.high ? numbers(line.dataset.high) : [];
      const points = [];
      for (let i = 0; i < flat.length; i += 2) {
        const k = i / 2;
        let text = y(flat[i + 1]);
        if (low.length) text += ` (${y(low[k])} to ${y(high[k])})`;
        points.push({x: flat[i], y: flat[i + 1], text});
      }
      return {label: line.dataset.label, colour: line.dataset.colour, points};
    });
    return chart;
  }

  const nearest = (points, x) =>
    points.reduce((best, p) => Math.abs(p.x - x) < Math.abs(best.x - x) ? p : best);

  function enliven(svg) {
    const chart = read(svg);
    const make = (name, parent) =>
      parent.appendChild(document.createElementNS(svg.namespaceURI, name));
    const marks = make("g", svg);
    marks.setAttribute("class", "hover");
    // An empty title keeps the browser from showing the chart's own on top.
    const cover = make("rect", svg);
    make("title", cover);
    for (const [name, value] of Object.entries({
      x: chart.left, y: chart.top, width: chart.right - chart.left,
      height: chart.bottom - chart.top, fill: "transparent"})) cover.setAttribute(name, value);

    const show = (event) => {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width;
      const at = (event.clientX - box.left) * scale;
      const x = nearest(chart.lines.map((line) => nearest(line.points, at)), at).x;
      marks.replaceChildren();
      tip.replaceChildren();
      const rule = make("path", marks);
      rule.setAttribute("d", `M${x} ${chart.top}V${chart.bottom}`);
      const head = tip.appendChild(document.createElement("b"));
      head.textContent = chart.xText(x);
      for (const line of chart.lines) {
        const p = nearest(line.points, x);
        if (Math.abs(p.x - x) > 12 || tip.childElementCount > 10) continue;
        const dot = make("circle", marks);
        dot.setAttribute("class", "f" + line.colour);
        dot.setAttribute("cx", p.x);
        dot.setAttribute("cy", p.y);
        dot.setAttribute("r", 3.5);
        const row = tip.appendChild(document.createElement("span"));
        row.className = "chart";
        row.appendChild(document.createElement("i")).className = "k" + line.colour;
        row.append(`${line.label}: ${p.text}`);
      }
      tip.hidden = false;
      const wide = tip.offsetWidth, gap = 14;
      const px = box.left + x / scale;
      const place = px + gap + wide < innerWidth ? px + gap : Math.max(4, px - gap - wide);
      tip.style.left = place + "px";
      tip.style.top = Math.max(4, box.top + chart.top / scale) + "px";
    };
    const hide = () => {
      tip.hidden = true;
      marks.replaceChildren();
    };
    cover.addEventListener("pointermove", show);
    cover.addEventListener("pointerdown", show);
    cover.addEventListener("pointerleave", hide);
    addEventListener("scroll", hide, {passive: true});
  }

  document.querySelectorAll("svg.chart").forEach(enliven);

  for (const button of document.querySelectorAll("button.copy")) {
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
})();
