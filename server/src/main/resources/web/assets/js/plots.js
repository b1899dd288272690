// Temperature and clock offset over time, drawn by uPlot. Each plot also says in words what it shows.

import { el, replace } from './dom.js';

let library = null;

async function uPlot() {
  if (!document.querySelector('link[data-uplot]')) {
    document.head.append(el('link', { rel: 'stylesheet', href: 'assets/uplot/uPlot.min.css', data: { uplot: '' } }));
  }
  library ??= import('../uplot/uPlot.esm.js');
  return (await library).default;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const KINDS = [
  { key: 'temperature', title: 'Temperature', unit: '°C', scale: 1, colour: '--clay', figures: 1 },
  { key: 'offset', title: 'Clock offset', unit: 'ms', scale: 1000, colour: '--sky', figures: 2 },
];

/** Puts an empty sample where nothing came for long, so that no line is drawn across. */
function withGaps(samples) {
  const at = samples.map((sample) => Date.parse(sample.at));
  const steps = at.slice(1).map((time, i) => time - at[i]).sort((a, b) => a - b);
  const long = 4 * (steps[Math.floor(steps.length / 2)] ?? 0);
  return samples.flatMap((sample, i) => (i > 0 && at[i] - at[i - 1] > long
    ? [{ at: new Date(at[i - 1] + 1).toISOString(), temperature: null, offset: null }, sample] : [sample]));
}

/** Draws the plots into a box; the returned function ends them. */
export function plots(box, heard) {
  const samples = withGaps(heard);
  const at = samples.map((sample) => Date.parse(sample.at) / 1000);
  const drawn = [];
  let gone = false;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const shown = KINDS.map((kind) => ({ kind, values: samples.map((sample) => (sample[kind.key] === null ? null : sample[kind.key] * kind.scale)) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (!shown.length) {
    replace(box, el('p', { class: 'quiet' }, 'No health report came yet. A profile with health: 60s sends one each minute.'));
    return () => {};
  }
  const places = shown.map(({ kind, values }) => {
    const canvas = el('div', { 'aria-hidden': 'true' });
    return { kind, values, canvas, part: el('div', { class: 'plot' }, words(kind, values), canvas) };
  });
  replace(box, places.map(({ part }) => part));

  async function draw() {
    const Plot = await uPlot();
    if (gone) return;
    drawn.splice(0).forEach((plot) => plot.destroy());
    for (const { kind, values, canvas } of places) drawn.push(new Plot(options(kind, canvas), [at, values], canvas));
  }

  const size = new ResizeObserver(() => drawn.forEach((plot, i) => plot.setSize({ width: places[i].canvas.clientWidth, height: HEIGHT })));
  size.observe(box);
  dark.addEventListener('change', draw);
  draw();
  return () => {
    gone = true;
    size.disconnect();
    dark.removeEventListener('change', draw);
    drawn.forEach((plot) => plot.destroy());
  };
}

const HEIGHT = 130;

function options(kind, canvas) {
  const axis = { stroke: colour('--ink-2'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } };
  return {
    width: Math.max(160, canvas.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { sync: { key: 'health' }, drag: { x: false, y: false } },
    series: [{}, { stroke: colour(kind.colour), width: 1.5, points: { show: false }, spanGaps: false }],
    axes: [{ ...axis, size: 28 }, { ...axis, size: 48 }],
  };
}

function words(kind, values) {
  const known = values.filter((value) => value !== null);
  const figure = (value) => value.toFixed(kind.figures);
  return el('p', {}, el('b', {}, kind.title),
    el('span', { class: 'quiet' }, `${figure(known.at(-1))} ${kind.unit} now, ${figure(Math.min(...known))} to ${figure(Math.max(...known))}`));
}
