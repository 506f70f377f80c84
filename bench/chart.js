// @ts-check
// Horizontal bars as SVG. Legible on a light page and on a dark one, alone and inside an <img>.

/**
 * @typedef {object} Bar
 * @property {string} label
 * @property {number} value
 * @property {string} text What stands beside the bar.
 * @property {boolean} ours Drawn in the colour of the one that this is about.
 */

/** @typedef {{ title: string, note: string, unit: string, bars: readonly Bar[] }} Chart */

const WIDTH = 760;
const MARGIN = 16;
const LABEL_WIDTH = 210;
const TEXT_WIDTH = 190;
const ROW = 30;
const BAR = 18;
const HEAD = 62;
const FOOT = 40;
const TICKS = 4;
/** So many times as long as the next one is far beyond. */
const MOST_BEYOND = 3;

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .faint { fill: #59636e; font-size: 12px; }
    .ours { fill: #0969da; }
    .other { fill: #9aa4af; }
    .grid { stroke: #d1d9e0; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .faint { fill: #9198a1; }
      .ours { fill: #4493f8; }
      .other { fill: #656c76; }
      .grid { stroke: #3d444d; }
    }`;

/**
 * @param {Chart} chart
 * @returns {string} An SVG document.
 */
export function barChart({ title, note, unit, bars }) {
  const height = HEAD + bars.length * ROW + FOOT;
  const most = longest(bars);
  const step = roundStep(most / TICKS);
  const across = WIDTH - 2 * MARGIN - LABEL_WIDTH - TEXT_WIDTH;
  const scale = across / most;
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
  const summary = bars.map(({ label, text }) => `${label}: ${text}`).join("; ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <desc>${escaped(summary)}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  ${textAt(MARGIN, 24, title, "title")}`,
    `  ${textAt(MARGIN, 44, note, "faint")}`,
    ...ticks.map((value) => tickAt(MARGIN + LABEL_WIDTH + value * scale, { value, unit, height })),
    ...bars.map((bar, row) => barAt(HEAD + row * ROW, bar, scale)),
    "</svg>",
    "",
  ].join("\n");
}

/**
 * What the scale ends with. A bar far beyond all others is cut off and drawn as an arrow, so that those can be told
 * apart; never one of ours.
 *
 * @param {readonly Bar[]} bars
 */
function longest(bars) {
  const [most = 0, next = most] = bars.map(({ value }) => value).toSorted((a, b) => b - a);
  const ours = Math.max(...bars.filter((bar) => bar.ours).map(({ value }) => value));
  return Math.max(ours, Math.min(most, next * MOST_BEYOND));
}

/**
 * @param {number} top
 * @param {Bar} bar
 * @param {number} scale Pixels for one.
 */
function barAt(top, { label, value, text, ours }, scale) {
  const left = MARGIN + LABEL_WIDTH;
  const whole = Math.max(1, value * scale);
  const length = Math.min(whole, WIDTH - 2 * MARGIN - LABEL_WIDTH - TEXT_WIDTH);
  const tip = whole > length ? BAR / 2 : 0;
  const baseline = top + BAR - 4;
  const outline = `M${left} ${top}h${short(length - tip)}l${tip} ${BAR / 2}l${-tip} ${BAR / 2}H${left}z`;
  const rect = `<path class="${ours ? "ours" : "other"}" d="${outline}"/>`;
  return `  ${textAt(MARGIN, baseline, label)}${rect}${textAt(left + length + 8, baseline, text)}`;
}

/**
 * @param {number} x
 * @param {{ value: number, unit: string, height: number }} options
 */
function tickAt(x, { value, unit, height }) {
  const bottom = height - FOOT + 4;
  const line = `<line class="grid" x1="${short(x)}" x2="${short(x)}" y1="${HEAD - 6}" y2="${bottom}"/>`;
  return `  ${line}${textAt(x, bottom + 16, `${short(value)} ${unit}`, "faint", "middle")}`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} [kind]
 * @param {string} [anchor]
 */
function textAt(x, y, text, kind, anchor) {
  const extra = `${kind === undefined ? "" : ` class="${kind}"`}${anchor === undefined ? "" : ` text-anchor="${anchor}"`}`;
  return `<text x="${short(x)}" y="${short(y)}"${extra}>${escaped(text)}</text>`;
}

/**
 * The next of 1, 2, 5, 10, 20 … that is not less.
 *
 * @param {number} least
 */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toFixed(2)));
}

/** @param {string} text */
function escaped(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
