// Draws the network of a recorded run node by node, at the epoch that the slider shows.
"use strict";
(function () {
  const source = document.getElementById("network-data");
  if (!source) return;
  const network = JSON.parse(source.textContent);
  const epochs = network.epochs;
  const svgNamespace = "http://www.w3.org/2000/svg";

  // Every part of the drawing that changes: called with the epoch's numbers and the sample.
  const updates = [];

  function element(name, attributes, parent, text) {
    const made = document.createElementNS(svgNamespace, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  function numeral(value, decimals) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    const isSmall = size !== 0 && size < 0.5 * Math.pow(10, -decimals);
    return sized(isSmall || size >= 10000 ? value.toExponential(1) : value.toFixed(decimals));
  }

  // Gradients become small: two digits are always shown.
  function slopeNumeral(value, decimals) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    return size !== 0 && size < Math.pow(10, 1 - decimals) ? sized(value.toExponential(1)) : numeral(value, decimals);
  }

  // For cells with room for four characters.
  function shortNumeral(value) {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    return sized(size >= 1000 ? value.toExponential(0) : value.toFixed(size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2));
  }

  function sized(text) {
    return text.replace("-", "\u2212").replace("e\u2212", "e-").replace("e+", "e");
  }

  function largest(lists) {
    let result = 0;
    for (const list of lists) for (const value of list) if (Math.abs(value) > result) result = Math.abs(value);
    return result || 1;
  }

  function count(shape) { return shape.reduce((product, side) => product * side, 1); }

  // Height, width and channels of a shape; a signal is as high as it is long.
  function extent(shape) {
    if (shape.length >= 3) return { height: shape[0], width: shape[1], channels: shape[2] };
    if (shape.length === 2) return { height: shape[0], width: 1, channels: shape[1] };
    return { height: 1, width: 1, channels: shape[0] };
  }

  // The parameters of all layers are numbered through; so are the gradients of those that learn.
  let parameterCount = 0, gradientCount = 0;
  for (const layer of network.layers) {
    for (const parameter of layer.parameters) {
      parameter.number = parameterCount++;
      parameter.gradient = parameter.learns ? gradientCount++ : null;
      parameter.largest = largest(epochs.map((epoch) => epoch.parameters[parameter.number]));
    }
  }
  function parameterNamed(layer, name) { return layer.parameters.find((parameter) => parameter.name === name); }
  function value(epoch, parameter, index) { return epoch.parameters[parameter.number][index]; }
  // The gradient as text; nothing before the first step, and for what the optimizer leaves alone.
  function slopeText(epoch, parameter, index, decimals) {
    if (parameter.gradient === null || !epoch.gradients) return "";
    return slopeNumeral(epoch.gradients[parameter.gradient][index], decimals);
  }

  // Columns: the input, and every layer that does more than name the same numbers otherwise.
  const columns = [];
  columns.push({
    title: "input", detail: network.input.join("×"), shape: network.input, layer: null,
    output: (epoch, sample) => network.samples.length ? network.samples[sample].image : null,
    largest: largest(network.samples.map((sample) => sample.image)),
  });
  let shape = network.input;
  network.layers.forEach((layer, number) => {
    const incoming = shape;
    shape = layer.output;
    if (layer.kind === "Flatten" || layer.kind === "Reshape") return;
    columns.push({
      title: layer.name, detail: layer.detail, shape: layer.output, incoming: incoming, layer: layer,
      output: (epoch, sample) => epoch.outputs ? epoch.outputs[number][sample] : null,
      largest: largest(epochs.flatMap((epoch) => epoch.outputs ? epoch.outputs[number] : [])),
    });
  });

  const titleHeight = 46;

  // Gives every value of a column its place, with the top of the column at 0.
  function arrange(column) {
    const size = extent(column.shape);
    column.cells = [];
    const isVector = size.height * size.width === 1;
    const bias = column.layer && column.layer.kind === "Dense" ? parameterNamed(column.layer, "bias") : null;
    column.bias = isVector ? bias : null;
    if (isVector && size.channels <= 16) {
      column.isNodes = true;
      // Of many nodes the bias stands beside each, of few below it.
      column.isCrowded = size.channels > 4;
      const radius = column.isCrowded ? 20 : 25;
      const below = column.isCrowded ? 8 : column.bias ? 46 : 26;
      for (let node = 0; node < size.channels; node++) {
        column.cells.push({ x: radius, y: radius + node * (2 * radius + below), half: radius });
      }
      column.width = 2 * radius;
      column.height = size.channels * (2 * radius + below) - (column.bias ? 10 : 26);
      return;
    }
    const longest = Math.max(size.height, size.width);
    const side = isVector ? 12 : longest <= 5 ? 50 : longest <= 8 ? 28 : Math.max(4, Math.floor(240 / longest));
    const gap = isVector ? 2 : 14;
    column.side = side;
    for (let row = 0; row < size.height; row++) {
      for (let place = 0; place < size.width; place++) {
        for (let channel = 0; channel < size.channels; channel++) {
          column.cells.push({
            x: (place + 0.5) * side, y: channel * (size.height * side + gap) + (row + 0.5) * side, half: side / 2,
          });
        }
      }
    }
    column.width = size.width * side;
    column.height = size.channels * (size.height * side + gap) - gap;
  }

  // The inputs that a convolution's output at one place sees, each with the place in the kernel.
  function window(layer, incoming, row, place) {
    const from = extent(incoming);
    const kernel = layer.kernelSize, strides = layer.strides, dilation = layer.dilation;
    function before(length, axis) {
      if (layer.padding !== "same") return 0;
      const reach = (kernel[axis] - 1) * dilation[axis] + 1;
      const outputs = Math.ceil(length / strides[axis]);
      return Math.floor(Math.max(0, (outputs - 1) * strides[axis] + reach - length) / 2);
    }
    const top = row * strides[0] - before(from.height, 0), left = place * strides[1] - before(from.width, 1);
    const seen = [];
    for (let down = 0; down < kernel[0]; down++) {
      for (let across = 0; across < kernel[1]; across++) {
        const y = top + down * dilation[0], x = left + across * dilation[1];
        if (y < 0 || x < 0 || y >= from.height || x >= from.width) continue;
        for (let channel = 0; channel < from.channels; channel++) {
          seen.push({
            from: (y * from.width + x) * from.channels + channel, tap: down * kernel[1] + across, channel: channel,
          });
        }
      }
    }
    return seen;
  }

  // What connects a column with the one before it: from, to, and the place in the kernel.
  function connections(column) {
    const layer = column.layer;
    const kernel = layer && parameterNamed(layer, "kernel");
    if (!kernel) return [];
    const edges = [];
    if (layer.kind === "Dense") {
      const units = kernel.shape[1], inputs = kernel.shape[0];
      // On maps a dense layer works at every place.
      const places = count(column.incoming) / inputs;
      for (let place = 0; place < places; place++) {
        for (let from = 0; from < inputs; from++) {
          for (let to = 0; to < units; to++) {
            edges.push({ from: place * inputs + from, to: place * units + to, index: from * units + to });
          }
        }
      }
    } else if (layer.kernelSize) {
      const to = extent(column.shape), from = extent(column.incoming);
      for (let row = 0; row < to.height; row++) {
        for (let place = 0; place < to.width; place++) {
          for (const seen of window(layer, column.incoming, row, place)) {
            for (let filter = 0; filter < to.channels; filter++) {
              edges.push({
                from: seen.from, to: (row * to.width + place) * to.channels + filter,
                index: (seen.tap * from.channels + seen.channel) * to.channels + filter,
              });
            }
          }
        }
      }
    }
    return edges;
  }

  function ends(column) { return column.cells.length; }

  // Whether there is room for the weight of every line.
  function isLabelled(column) { return column.layer.kind === "Dense" && column.edges.length <= 24 && ends(column) <= 6; }

  columns.forEach(arrange);

  // From left to right, each column centred.
  const height = Math.max(...columns.map((column) => column.height));
  let right = 24;
  columns.forEach((column, number) => {
    column.edges = number > 0 ? connections(column) : [];
    column.kernel = column.layer && column.layer.kernelSize ? parameterNamed(column.layer, "kernel") : null;
    let gap = 0;
    if (number > 0) {
      gap = column.edges.length === 0 ? 80 : column.layer.kind === "Dense" ? isLabelled(column) ? 130 + 64 * ends(column) : 200 : 150;
      if (column.kernel) {
        const shown = kernelExtent(column);
        gap = Math.max(gap, shown.width + 40);
      }
    }
    // Titles are centred on their columns and must not touch.
    const titleWidth = 8 * Math.max(column.title.length, column.detail.length);
    const least = number > 0 ? (titleWidth + columns[number - 1].titleWidth) / 2 + 16 : titleWidth / 2;
    const reached = number > 0 ? columns[number - 1].left + columns[number - 1].width / 2 : 0;
    column.titleWidth = titleWidth;
    const biasWidth = number > 0 && columns[number - 1].isCrowded && columns[number - 1].bias ? 60 : 0;
    column.left = Math.max(right + gap + biasWidth, reached + least - column.width / 2);
    column.top = titleHeight + (height - column.height) / 2;
    for (const cell of column.cells) {
      cell.x += column.left;
      cell.y += column.top;
    }
    right = column.left + column.width;
  });
  const last = columns[columns.length - 1];
  const width = Math.max(right + (last.isCrowded && last.bias ? 60 : 0), last.left + last.width / 2 + last.titleWidth / 2) + 24;

  function kernelExtent(column) {
    const size = column.layer.kernelSize, channels = extent(column.incoming).channels;
    const filters = column.kernel.shape[column.kernel.shape.length - 1];
    const side = size[1] <= 3 ? 50 : size[1] <= 5 ? 40 : 24;
    return {
      side: side, channels: channels, filters: filters, width: channels * (size[1] * side + 12) - 12,
      height: filters * (size[0] * side + 40),
    };
  }

  const drawing = element("svg", { role: "img", "aria-label": "the network, node by node" });
  const lines = element("g", {}, drawing), nodes = element("g", {}, drawing), labels = element("g", {}, drawing);
  let bottom = titleHeight + height + 10;

  columns.forEach((column, number) => {
    const middle = column.left + column.width / 2;
    element("text", { x: middle, y: 16, class: "layer" }, labels, column.title);
    element("text", { x: middle, y: 33, class: "detail" }, labels, column.detail);
    drawConnections(column, columns[number - 1]);
    drawCells(column, number);
    if (column.kernel) drawKernel(column, columns[number - 1]);
    else drawOtherParameters(column);
  });

  function drawConnections(column, before) {
    if (!before) return;
    // So many lines would hide what they connect: they are seen where the pointer is.
    const isSeen = column.edges.length > 0 && column.edges.length <= 64;
    if (!isSeen) {
      const y = titleHeight + height / 2;
      element(
        "path", { d: `M${before.left + before.width + 14} ${y}H${column.left - 22}l-6 -5m6 5l-6 5`, class: "arrow" },
        lines);
    }
    if (column.edges.length === 0) return;
    const kernel = parameterNamed(column.layer, "kernel");
    for (const edge of column.edges) {
      const from = before.cells[edge.from], to = column.cells[edge.to];
      const start = { x: from.x + from.half, y: from.y }, end = { x: to.x - to.half, y: to.y };
      const line = element(
        "line", { x1: start.x, y1: start.y, x2: end.x, y2: end.y, class: isSeen ? "edge" : "edge unseen" },
        lines);
      const hint = element("title", {}, line);
      edge.line = line;
      let weight, slope;
      if (isLabelled(column)) {
        // The numbers of the lines that end in one node stand at one distance, so that those of another do not meet them.
        const part = ends(column) === 1 ? 0.3 : 0.18 + 0.34 * edge.to / (ends(column) - 1);
        const x = start.x + (end.x - start.x) * part, y = start.y + (end.y - start.y) * part;
        weight = element("text", { x: x, y: y - 3, class: "weight" }, labels);
        slope = element("text", { x: x, y: y + 11, class: "gradient halo" }, labels);
      }
      updates.push((epoch) => {
        const now = value(epoch, kernel, edge.index);
        line.classList.toggle("negative", now < 0);
        line.setAttribute("stroke-width", (0.6 + 3.4 * Math.abs(now || 0) / kernel.largest).toFixed(2));
        hint.textContent = `weight ${numeral(now, 6)}, gradient ${slopeText(epoch, kernel, edge.index, 6)}`;
        if (!weight) return;
        weight.textContent = numeral(now, 4);
        slope.textContent = slopeText(epoch, kernel, edge.index, 4);
      });
    }
  }

  function drawCells(column, number) {
    column.cells.forEach((cell, index) => {
      const shape = column.isNodes
        ? element("circle", { cx: cell.x, cy: cell.y, r: cell.half, class: "cell" }, nodes)
        : element(
          "rect", {
            x: cell.x - cell.half, y: cell.y - cell.half, width: 2 * cell.half, height: 2 * cell.half,
            class: cell.half < 6 ? "cell tiny" : "cell",
          }, nodes);
      const hint = element("title", {}, shape);
      const hasText = cell.half >= 14;
      const text = hasText
        ? element("text", { x: cell.x, y: cell.y + 4, class: cell.half < 18 ? "output small" : "output" }, labels) : null;
      const isLast = number === columns.length - 1;
      const x = column.isCrowded ? cell.x + cell.half + 5 : cell.x;
      const y = column.isCrowded ? cell.y - 2 : cell.y + cell.half + 14;
      const side = column.isCrowded ? " start halo" : "";
      const bias = column.bias ? element("text", { x: x, y: y, class: "bias" + side }, labels) : null;
      const slope = column.bias ? element("text", { x: x, y: y + 13, class: "gradient" + side }, labels) : null;
      shape.addEventListener("mouseenter", () => highlight(column, number, index, true));
      shape.addEventListener("mouseleave", () => highlight(column, number, index, false));
      updates.push((epoch, sample) => {
        const outputs = column.output(epoch, sample);
        const now = outputs ? outputs[index] : null;
        const share = now === null ? 0 : Math.min(1, Math.abs(now) / column.largest);
        shape.classList.toggle("negative", now < 0);
        shape.setAttribute("fill-opacity", (hasText ? 0.06 + 0.5 * share : 0.06 + 0.94 * share).toFixed(3));
        hint.textContent = (isLast ? "output " : "value ") + numeral(now, 6);
        if (text) text.textContent = cell.half < 18 ? shortNumeral(now) : numeral(now, 3);
        if (bias) bias.textContent = `b ${numeral(value(epoch, column.bias, index), 4)}`;
        if (slope) slope.textContent = slopeText(epoch, column.bias, index, 4);
      });
    });
  }

  function highlight(column, number, index, isOn) {
    const mark = (edge, isMine) => { if (isMine && edge.line) edge.line.classList.toggle("marked", isOn); };
    for (const edge of column.edges) mark(edge, edge.to === index);
    const after = columns[number + 1];
    if (after) for (const edge of after.edges) mark(edge, edge.from === index);
  }

  // The kernels of a convolution below its lines: a row for each filter, a grid for each channel that it reads.
  function drawKernel(column, before) {
    const size = column.layer.kernelSize, shown = kernelExtent(column), kernel = column.kernel;
    const bias = parameterNamed(column.layer, "bias");
    const middle = (before.left + before.width + column.left) / 2;
    const left = middle - shown.width / 2;
    const top = Math.max(before.top + before.height, column.top + column.height) + 26;
    element("text", { x: middle, y: top - 8, class: "detail" }, labels, shown.filters > 1 ? "kernels" : "kernel");
    for (let filter = 0; filter < shown.filters; filter++) {
      const y = top + filter * (size[0] * shown.side + 40);
      for (let channel = 0; channel < shown.channels; channel++) {
        for (let tap = 0; tap < size[0] * size[1]; tap++) {
          const index = (tap * shown.channels + channel) * shown.filters + filter;
          const x = left + channel * (size[1] * shown.side + 12) + (tap % size[1]) * shown.side;
          const cellTop = y + Math.floor(tap / size[1]) * shown.side;
          const shape = element("rect", { x: x, y: cellTop, width: shown.side, height: shown.side, class: "cell" }, nodes);
          const hint = element("title", {}, shape);
          const hasText = shown.side >= 40;
          const weight = hasText
            ? element("text", { x: x + shown.side / 2, y: cellTop + shown.side / 2 - 1, class: "output" }, labels) : null;
          const slope = hasText
            ? element("text", { x: x + shown.side / 2, y: cellTop + shown.side / 2 + 13, class: "gradient" }, labels)
            : null;
          const toggle = (isOn) => {
            for (const edge of column.edges) {
              if (edge.index === index && edge.line) edge.line.classList.toggle("marked", isOn);
            }
          };
          shape.addEventListener("mouseenter", () => toggle(true));
          shape.addEventListener("mouseleave", () => toggle(false));
          updates.push((epoch) => {
            const now = value(epoch, kernel, index);
            shape.classList.toggle("negative", now < 0);
            shape.setAttribute("fill-opacity", (0.06 + 0.5 * Math.abs(now || 0) / kernel.largest).toFixed(3));
            hint.textContent = `weight ${numeral(now, 6)}, gradient ${slopeText(epoch, kernel, index, 6)}`;
            if (weight) weight.textContent = numeral(now, 3);
            if (slope) slope.textContent = slopeText(epoch, kernel, index, 3);
          });
        }
      }
      if (bias) {
        const y2 = y + size[0] * shown.side + 15;
        const line = element("text", { x: middle, y: y2 }, labels);
        const text = element("tspan", { class: "bias" }, line), slope = element("tspan", { class: "gradient", dx: 6 }, line);
        updates.push((epoch) => {
          text.textContent = `b ${numeral(value(epoch, bias, filter), 4)}`;
          slope.textContent = slopeText(epoch, bias, filter, 4);
        });
      }
    }
    bottom = Math.max(bottom, top + shown.height);
  }

  // Parameters of layers that are neither dense nor convolutions, such as a normalization's: below the column.
  function drawOtherParameters(column) {
    if (!column.layer || column.layer.kind === "Dense") return;
    let y = titleHeight + height + 26;
    for (const parameter of column.layer.parameters) {
      for (let index = 0; index < count(parameter.shape); index++) {
        const text = element("text", { x: column.left + column.width / 2, y: y, class: "bias" }, labels);
        const slope = element("text", { x: column.left + column.width / 2, y: y + 13, class: "gradient" }, labels);
        updates.push((epoch) => {
          text.textContent = `${parameter.name} ${numeral(value(epoch, parameter, index), 4)}`;
          slope.textContent = slopeText(epoch, parameter, index, 4);
        });
        y += parameter.learns ? 32 : 18;
      }
    }
    bottom = Math.max(bottom, y);
  }

  drawing.setAttribute("viewBox", `0 0 ${Math.ceil(width)} ${Math.ceil(bottom)}`);
  drawing.setAttribute("width", Math.ceil(width));
  drawing.setAttribute("height", Math.ceil(bottom));
  document.getElementById("network-drawing").appendChild(drawing);

  // Where an epoch is on the slider: by equal factors if there are many.
  const slider = document.getElementById("network-epoch"), play = document.getElementById("network-play");
  const first = epochs[0].epoch, span = epochs[epochs.length - 1].epoch - first;
  const isLogarithmic = span > 30;
  const length = 1000;
  const places = epochs.map((epoch) => {
    if (span === 0) return 0;
    return length * (isLogarithmic ? Math.log1p(epoch.epoch - first) / Math.log1p(span) : (epoch.epoch - first) / span);
  });
  slider.max = length;
  slider.disabled = play.disabled = epochs.length < 2;

  function nearest(place) {
    let found = 0;
    places.forEach((other, index) => { if (Math.abs(other - place) < Math.abs(places[found] - place)) found = index; });
    return found;
  }

  const curve = document.getElementById("network-loss-curve");
  const losses = epochs.map((epoch) => epoch.loss);
  const known = losses.filter((loss) => typeof loss === "number");
  const marker = element("line", { y1: 0, y2: 60, class: "marker" }, curve);
  if (known.length > 1) {
    const isPositive = known.every((loss) => loss > 0);
    const least = isPositive ? Math.max(Math.min(...known), Math.max(...known) * 1e-12) : Math.min(...known);
    const scale = (loss) => isPositive ? Math.log(Math.max(loss, least)) : loss;
    const low = scale(least), high = scale(Math.max(...known));
    let path = "";
    losses.forEach((loss, index) => {
      if (typeof loss !== "number") return;
      const y = 56 - 52 * (high > low ? (scale(loss) - low) / (high - low) : 0.5);
      path += `${path ? "L" : "M"}${places[index].toFixed(1)} ${y.toFixed(1)}`;
    });
    element("path", { d: path, class: "curve" }, curve);
  } else {
    curve.style.display = "none";
  }

  const chosenSample = document.getElementById("network-sample");
  network.samples.forEach((sample, index) => {
    const option = document.createElement("option");
    option.value = index;
    option.textContent = `${index + 1}`;
    chosenSample.appendChild(option);
  });
  document.getElementById("network-sample-field").hidden = network.samples.length < 2;

  let shown = 0;
  function show(index) {
    shown = Math.max(0, Math.min(epochs.length - 1, index));
    const epoch = epochs[shown], sample = Number(chosenSample.value) || 0;
    slider.value = places[shown];
    slider.setAttribute("aria-valuetext", `epoch ${epoch.epoch}`);
    marker.setAttribute("x1", places[shown]);
    marker.setAttribute("x2", places[shown]);
    document.getElementById("network-shown").textContent = `epoch ${epoch.epoch}`;
    document.getElementById("network-loss").textContent =
      epoch.loss === null || epoch.loss === undefined ? "" : `loss ${epoch.loss < 1e-4 ? epoch.loss.toExponential(3) : epoch.loss.toPrecision(5)}`;
    document.getElementById("network-target").textContent =
      network.samples.length ? `target ${network.samples[sample].target}` : "";
    for (const update of updates) update(epoch, sample);
  }

  let timer = null;
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ Play";
  }
  function start() {
    if (shown === epochs.length - 1) show(0);
    play.textContent = "❚❚ Pause";
    const seconds = Math.min(12, epochs.length / 4), pause = 40;
    let place = places[shown];
    timer = setInterval(() => {
      place += length * pause / (1000 * seconds);
      // At the beginning of a logarithmic slider epochs are far apart.
      show(nearest(place));
      if (place >= length) stop();
    }, pause);
  }

  play.addEventListener("click", () => timer === null ? start() : stop());
  slider.addEventListener("input", () => { stop(); show(nearest(Number(slider.value))); });
  slider.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    let target;
    if (event.key in moves) target = shown + moves[event.key];
    else if (event.key === "Home") target = 0;
    else if (event.key === "End") target = epochs.length - 1;
    else return;
    event.preventDefault();
    stop();
    show(target);
  });
  chosenSample.addEventListener("change", () => show(shown));
  const gradients = document.getElementById("network-gradients");
  gradients.addEventListener("change", () => drawing.classList.toggle("plain", !gradients.checked));
  show(0);
})();
