// Steps through the sample games: boards as SVG, from the changes of points that the page holds.
(() => {
  "use strict";
  const source = document.getElementById("game-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const at = (id) => document.getElementById(id);
  const viewer = at("viewer"), board = at("board"), values = at("values");
  const unit = 40, hexRow = 34.64;
  let game = data.games[0], ply = 0, timer = 0;

  const add = (parent, name, attributes = {}) => {
    const element = document.createElementNS(board.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  const say = (parent, x, y, text, name) =>
    add(parent, "text", {x, y, class: name}).textContent = text;
  const facts = (g) => data.boards[g.board];

  // The cells after `count` moves: 0 empty, 1 first, 2 second player.
  function cellsAfter(g, count) {
    const cells = [...facts(g).start].map(Number);
    for (const move of g.plies.slice(0, count)) {
      for (let i = 0; i < move[2].length; i += 2) cells[move[2][i]] = move[2][i + 1];
    }
    return cells;
  }

  // ---- Pictures of boards ----

  function centre(b, point) {
    const row = Math.floor(point / b.columns), column = point % b.columns;
    return b.style === "hexes" ? [unit * (column + row / 2), hexRow * row]
                               : [unit * column, unit * row];
  }

  function hexagon(x, y, size) {
    const corner = (k) => {
      const angle = Math.PI * (2 * k + 1) / 6;
      return `${(x + size * Math.cos(angle)).toFixed(1)},${(y + size * Math.sin(angle)).toFixed(1)}`;
    };
    return [0, 1, 2, 3, 4, 5].map(corner).join(" ");
  }

  function ground(svg, b) {
    const [right, bottom] = centre(b, b.rows * b.columns - 1);
    const half = unit / 2;
    if (b.style === "hexes") {
      for (let p = 0; p < b.rows * b.columns; ++p) {
        const row = Math.floor(p / b.columns), column = p % b.columns, [x, y] = centre(b, p);
        const rim = (name, dx, dy) =>
          add(svg, "polygon", {points: hexagon(x + dx, y + dy, 23), class: name});
        if (row === 0) rim("goal1", 0, -7);
        if (row === b.rows - 1) rim("goal1", 0, 7);
        if (column === 0) rim("goal2", -7, 3);
        if (column === b.columns - 1) rim("goal2", 7, -3);
      }
      for (let p = 0; p < b.rows * b.columns; ++p) {
        add(svg, "polygon", {points: hexagon(...centre(b, p), 23), class: "hex"});
      }
      return;
    }
    const pad = b.style === "lines" ? half + 6 : half;
    const box = {x: -pad, y: -pad, width: right + 2 * pad, height: bottom + 2 * pad, rx: 5};
    add(svg, "rect", {...box, class: "ground " + b.style});
    let d = "";
    if (b.style === "lines") {
      for (let r = 0; r < b.rows; ++r) d += `M0 ${r * unit}H${right}`;
      for (let c = 0; c < b.columns; ++c) d += `M${c * unit} 0V${bottom}`;
    } else if (b.style !== "holes") {
      for (let r = 1; r < b.rows; ++r) d += `M${-half} ${r * unit - half}H${right + half}`;
      for (let c = 1; c < b.columns; ++c) d += `M${c * unit - half} ${-half}V${bottom + half}`;
    }
    if (d) add(svg, "path", {d, class: "rules " + b.style});
    for (const p of b.stars) {
      const [cx, cy] = centre(b, p);
      add(svg, "circle", {cx, cy, r: 3.4, class: "star"});
    }
    if (b.style !== "holes") return;
    for (let p = 0; p < b.rows * b.columns; ++p) {
      const [cx, cy] = centre(b, p);
      add(svg, "circle", {cx, cy, r: 16, class: "hole"});
    }
  }

  function stone(svg, b, point, cell) {
    const [cx, cy] = centre(b, point);
    const name = b.style + " p" + cell;
    if (b.style === "marks" && cell === 1) {
      const s = 10;
      add(svg, "path", {class: "mark " + name,
        d: `M${cx - s} ${cy - s}L${cx + s} ${cy + s}M${cx - s} ${cy + s}L${cx + s} ${cy - s}`});
    } else if (b.style === "marks") {
      add(svg, "circle", {cx, cy, r: 11, class: "mark " + name});
    } else {
      const r = {lines: 18.6, squares: 16.5, holes: 16, hexes: 15.5}[b.style];
      add(svg, "circle", {cx, cy, r, class: "stone " + name});
    }
  }

  function coordinates(svg, b) {
    const [right, bottom] = centre(b, b.rows * b.columns - 1);
    svg.style.fontSize = Math.min(20, (right + 90) / 34).toFixed(1) + "px";
    const gap = b.style === "hexes" ? 38 : b.style === "lines" ? 40 : 34;
    b.columnNames.forEach((name, c) => say(svg, centre(b, c)[0] - (b.style === "hexes" ? 16 : 0),
      -gap + 8, name, "coordinate"));
    b.rowNames.forEach((name, r) => say(svg, centre(b, r * b.columns)[0] - gap - 2,
      r * bottom / Math.max(1, b.rows - 1) + 5, name, "coordinate"));
  }

  // How far the picture goes beyond the outer points: `names` is what coordinates take.
  function frame(svg, b, names) {
    const [right, bottom] = centre(b, b.rows * b.columns - 1);
    const rim = {lines: 27, squares: 21, marks: 21, holes: 21, hexes: 33}[b.style];
    const left = rim + (b.rowNames.length ? names : 0), top = rim + (b.columnNames.length ? names : 0);
    svg.setAttribute("viewBox",
      `${-left} ${-top} ${right + left + rim} ${bottom + top + rim}`);
  }

  // Lights on stones, once for the whole page.
  function shades() {
    const svg = add(viewer, "svg", {width: 0, height: 0, "aria-hidden": true, class: "shades"});
    for (const [id, light, dark] of [["stone1", "#5a5e66", "#0c0d0f"], ["stone2", "#ffffff", "#cfcac0"]]) {
      const shade = add(svg, "radialGradient", {id, cx: 0.36, cy: 0.32, r: 0.78});
      add(shade, "stop", {offset: 0, "stop-color": light});
      add(shade, "stop", {offset: 0.9, "stop-color": dark});
    }
  }

  // A small picture of the last position.
  function thumbnail(svg, g) {
    const b = facts(g);
    frame(svg, b, 0);
    ground(svg, b);
    cellsAfter(g, g.plies.length).forEach((cell, p) => cell && stone(svg, b, p, cell));
  }

  function territory(svg, b, cells) {
    [...game.owner].forEach((owner, p) => {
      if (owner === "0" || cells[p] === Number(owner)) return;
      const [x, y] = centre(b, p);
      add(svg, "rect", {x: x - 6, y: y - 6, width: 12, height: 12, class: "area p" + owner});
    });
  }

  function policy(svg, b, entries) {
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] < 0) continue;
      const [cx, cy] = centre(b, entries[i]);
      const share = entries[i + 1] / 1000;
      add(svg, "circle", {cx, cy, r: (7 + 10 * Math.sqrt(share)).toFixed(1), class: "policy",
        "fill-opacity": (0.3 + 0.6 * share).toFixed(2)});
      if (share >= 0.05) say(svg, cx, cy + 4.5, Math.round(100 * share), "share");
    }
  }

  function drawBoard() {
    const b = facts(game), cells = cellsAfter(game, ply);
    const kept = ply < game.plies.length && game.plies[ply][5].length > 0;
    at("policy-note").textContent = kept || ply === game.plies.length ? "" : "(none was kept here)";
    board.replaceChildren();
    add(board, "title").textContent = "Board";
    add(board, "desc").textContent = positionText();
    frame(board, b, 22);
    ground(board, b);
    coordinates(board, b);
    cells.forEach((cell, p) => cell && stone(board, b, p, cell));
    const last = ply > 0 ? game.plies[ply - 1][1] : -1;
    if (last >= 0) {
      const [cx, cy] = centre(b, last);
      const name = `last ${b.style} p${cells[last]}`;
      b.style === "marks" ? add(board, "rect", {x: cx - 17, y: cy - 17, width: 34, height: 34, rx: 4, class: name})
                          : add(board, "circle", {cx, cy, r: 7, class: name});
    }
    if (ply === game.plies.length) territory(board, b, cells);
    else if (at("show-policy").checked) policy(board, b, game.plies[ply][5]);
  }

  // ---- Words ----

  const nameOf = (g, player) => player === 1 ? facts(g).first : facts(g).second;
  const percent = (value) => Math.round((value + 1000) / 20) + " %";

  function positionText() {
    const total = game.plies.length;
    let text = `Move ${ply} of ${total}`;
    if (ply > 0) {
      const [move, , , value, visits] = game.plies[ply - 1];
      text += `: ${nameOf(game, game.plies[ply - 1][6])} ${move === "pass" ? "passes" : "plays " + move}`;
      text += visits > 0 ? `, after ${visits} simulations` : ", an opening move";
      if (value !== null) text += `; ${facts(game).first} expects ${percent(value)}`;
      text += ".";
    } else {
      text += ": the start.";
    }
    return ply === total ? `${text} ${game.result}.` : text;
  }

  // ---- The graph of expected results ----

  const graph = {left: 50, right: 410, top: 22, bottom: 112};
  const graphX = (p) => graph.left + (graph.right - graph.left) * p / Math.max(1, game.plies.length);
  const graphY = (v) => graph.bottom - (graph.bottom - graph.top) * (v + 1000) / 2000;

  function drawValues() {
    values.replaceChildren();
    values.setAttribute("viewBox", "0 0 420 142");
    values.setAttribute("class", "chart values");
    add(values, "title").textContent = "Expected result by move";
    const known = game.plies.map((move, i) => [i + 1, move[3]]).filter(([, v]) => v !== null);
    add(values, "desc").textContent = known.length
      ? `From ${percent(known[0][1])} to ${percent(known.at(-1)[1])} for ${facts(game).first}.`
      : "No move was searched.";
    say(values, 4, 12, `Points ${facts(game).first} expects: 100 % a win, 50 % a draw`, "");
    for (const share of [0, 50, 100]) {
      const y = graphY(20 * share - 1000);
      add(values, "path", {d: `M${graph.left} ${y}H${graph.right}`, class: "grid"});
      say(values, graph.left - 6, y + 4, share + " %", "end");
    }
    const step = Math.max(1, Math.ceil(game.plies.length / 8));
    for (let p = 0; p <= game.plies.length; p += step) say(values, graphX(p), 128, p, "middle");
    say(values, graph.right, 141, "move", "end");
    // A move that was not searched breaks the line.
    let d = "", before = -1;
    for (const [p, v] of known) {
      d += `${p === before + 1 ? "L" : "M"}${graphX(p).toFixed(1)} ${graphY(v).toFixed(1)}`;
      if (p !== before + 1) d += "h0.01";
      before = p;
    }
    if (d) add(values, "path", {d, class: "line s0"});
    add(values, "path", {class: "cursor", id: "value-cursor"});
  }

  function moveCursor() {
    const x = graphX(ply).toFixed(1);
    at("value-cursor").setAttribute("d", `M${x} ${graph.top - 4}V${graph.bottom + 4}`);
  }

  // ---- Moving about ----

  function show(newPly) {
    ply = Math.max(0, Math.min(game.plies.length, newPly));
    drawBoard();
    moveCursor();
    at("position-text").textContent = positionText();
    const range = at("ply");
    range.max = game.plies.length;
    range.value = ply;
    range.setAttribute("aria-valuetext", `move ${ply} of ${game.plies.length}`);
    at("back").disabled = at("to-start").disabled = ply === 0;
    at("forward").disabled = at("to-end").disabled = ply === game.plies.length;
    if (ply === game.plies.length) stop();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    at("play").textContent = "Play";
  }

  function choose(index) {
    stop();
    game = data.games[index];
    at("game-title").textContent =
      `Game ${game.number}, network of step ${game.step}: ${game.result}`;
    const films = [...at("film").children];
    films.forEach((film, i) => {
      film.setAttribute("aria-selected", i === index);
      film.tabIndex = i === index ? 0 : -1;
    });
    const strip = at("film"), film = films[index];
    if (film.offsetTop < strip.scrollTop ||
        film.offsetTop + film.offsetHeight > strip.scrollTop + strip.clientHeight) {
      strip.scrollTop = film.offsetTop - 8;
    }
    strip.scrollLeft = film.offsetLeft - 8;
    drawValues();
    show(0);
  }

  data.games.forEach((g, index) => {
    const film = at("film").appendChild(document.createElement("div"));
    film.setAttribute("role", "option");
    film.setAttribute("aria-label", `Game ${g.number}, step ${g.step}: ${g.result}`);
    const picture = add(film, "svg", {role: "img"});
    add(picture, "title").textContent = `Game ${g.number}: ${g.result}`;
    add(picture, "desc").textContent = "The last position.";
    thumbnail(picture, g);
    film.appendChild(document.createElement("span")).textContent = `step ${g.step}`;
    film.addEventListener("click", () => choose(index));
  });

  at("to-start").onclick = () => show(0);
  at("back").onclick = () => show(ply - 1);
  at("forward").onclick = () => show(ply + 1);
  at("to-end").onclick = () => show(game.plies.length);
  at("ply").oninput = (event) => show(Number(event.target.value));
  at("show-policy").onchange = () => show(ply);
  board.onclick = () => show(ply + 1);
  values.onclick = (event) => {
    const box = values.getBoundingClientRect();
    const x = (event.clientX - box.left) * 420 / box.width;
    show(Math.round((x - graph.left) / (graph.right - graph.left) * game.plies.length));
  };
  at("play").onclick = () => {
    if (timer) return stop();
    if (ply === game.plies.length) show(0);
    at("play").textContent = "Pause";
    timer = setInterval(() => show(ply + 1), 700);
  };

  const inView = () => {
    const box = viewer.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target === at("ply")) return;
    const inside = viewer.contains(event.target);
    const index = data.games.indexOf(game);
    const go = (number) => {
      choose(number);
      if (at("film").contains(document.activeElement)) at("film").children[number].focus();
    };
    const keys = {ArrowLeft: () => show(ply - 1), ArrowRight: () => show(ply + 1)};
    if (inside) {
      keys.Home = () => show(0);
      keys.End = () => show(game.plies.length);
      keys.ArrowUp = () => go(Math.max(0, index - 1));
      keys.ArrowDown = () => go(Math.min(data.games.length - 1, index + 1));
    }
    if (!keys[event.key] || !(inside || inView())) return;
    event.preventDefault();
    keys[event.key]();
  });

  shades();
  choose(data.games.length - 1);
  show(game.plies.length);
})();
