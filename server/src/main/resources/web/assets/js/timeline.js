// A boot as a waterfall: what came when, how long it took, and how long it usually takes.

import { el, replace } from './dom.js';
import { bare, bytes, moment, span, stageName } from './format.js';

export const STAGES = ['dhcp', 'files', 'kernel', 'install', 'first-boot', 'ready'];

/** Stages that are over before the system has the board; the others are minutes, these are seconds. */
const LOADER = new Set(['dhcp', 'files', 'kernel']);

/** Seconds or milliseconds would be guesswork: `expected` is what the API says, in seconds. */
const expectedMillis = (stage) => (stage.name !== 'ready' && Number.isFinite(Number(stage.expected)) && stage.expected !== null ? Number(stage.expected) * 1000 : null);

const ms = (iso) => (iso ? Date.parse(iso) : null);

/**
 * @param {object} boot as the API gives it
 * @param {'whole' | 'loader'} range the whole boot, or until the kernel has the board
 * @param {boolean} refused whether the names that are not there are shown; a loader asks for many
 */
export function timeline(boot, range, refused, now = Date.now()) {
  const stages = (boot.stages ?? []).filter((stage) => range === 'whole' || LOADER.has(stage.name));
  const start = ms(boot.began);
  const ends = stages.flatMap((stage) => [ms(stage.ended) ?? (boot.ended ? ms(stage.began) : now), expectedEnd(stage, range)]);
  const files = boot.files.filter((file) => refused || !file.refused);
  const end = Math.max(start + 1, ...ends.filter(Number.isFinite), ...files.map((file) => ms(file.ended) ?? 0));
  const scale = { start, end, now };
  const rows = [];
  for (const stage of stages) {
    rows.push(stageRow(stage, scale, boot));
    if (stage.name === 'files') rows.push(...files.map((file) => fileRow(file, scale)));
  }
  return el('div', { class: 'timeline', role: 'table', 'aria-label': 'Boot, step by step' },
    el('div', { class: 'head', role: 'row' }, ...['step', '', 'took', 'usual'].map((text, i) =>
      el('span', { role: 'columnheader', class: i > 1 ? `number ${i === 3 ? 'expect' : ''}` : null }, text))),
    ...rows);
}

function expectedEnd(stage, range) {
  const expected = expectedMillis(stage);
  // An expected half hour must not squeeze a boot of seconds.
  return expected === null || range === 'whole' && stage.ended ? null : Math.min(ms(stage.began) + expected, ms(stage.began) + 600_000);
}

function stageRow(stage, scale, boot) {
  const began = ms(stage.began);
  const running = !stage.ended && !boot.ended;
  const ended = ms(stage.ended) ?? (running ? scale.now : began);
  const expected = expectedMillis(stage);
  const track = el('span', { class: 'track', role: 'cell' });
  if (stage.name === 'ready') {
    track.append(place(el('b', {}), began, began, scale));
  } else {
    if (expected !== null) track.append(place(el('i', { class: 'expected' }), began, began + expected, scale));
    track.append(place(el('i', { class: running ? 'running' : null }), began, ended, scale));
  }
  const took = stage.name === 'ready' ? span(began - scale.start) : running ? `${span(ended - began)} …` : span(ended - began);
  return el('div', { role: 'row', data: { stage: stage.name }, title: moment(stage.began) },
    el('span', { class: 'label', role: 'cell' }, stageName(stage.name)), track,
    el('span', { class: 'number', role: 'cell' }, took),
    el('span', { class: 'number expect quiet', role: 'cell' }, expected === null ? '' : `≈ ${span(expected)}`));
}

function fileRow(file, scale) {
  const refused = Boolean(file.refused);
  const began = ms(file.began) ?? ms(file.ended);
  const ended = ms(file.ended) ?? scale.now;
  const track = el('span', { class: 'track', role: 'cell' });
  if (!refused) track.append(place(el('i', { class: file.ended ? null : 'running' }), began, ended, scale));
  return el('div', { class: refused ? 'file refused' : 'file', role: 'row', data: { stage: 'files' }, title: file.path },
    el('span', { class: 'label', role: 'cell' }, bare(file.path)), track,
    el('span', { class: 'number', role: 'cell' }, refused ? 'not there' : [el('span', { class: 'size' }, `${bytes(file.bytes)} · `), span(ended - began)]),
    el('span', { class: 'number expect', role: 'cell' }));
}

function place(bar, from, to, { start, end }) {
  const part = (at) => Math.min(100, Math.max(0, ((at - start) / (end - start)) * 100));
  bar.style.left = `${part(from)}%`;
  if (bar.tagName === 'I') bar.style.width = `${Math.max(0, part(to) - part(from))}%`;
  return bar;
}

/** The last boots beside each other, on one scale; one of them is shown as the waterfall. */
export function comparison(boots, chosen, choose, now = Date.now()) {
  const length = (boot) => (ms(boot.ended) ?? now) - ms(boot.began);
  const longest = Math.max(1, ...boots.map(length));
  const list = el('div', { class: 'boots', role: 'group', 'aria-label': 'The last boots' });
  replace(list, boots.map((boot) => {
    const track = el('span', { class: 'track' });
    for (const stage of boot.stages ?? []) {
      if (stage.name === 'ready') continue;
      const bar = el('i', { data: { stage: stage.name }, title: `${stageName(stage.name)} ${span((ms(stage.ended) ?? now) - ms(stage.began))}` });
      bar.style.width = `calc(${(100 * ((ms(stage.ended) ?? (boot.ended ? ms(stage.began) : now)) - ms(stage.began))) / longest}% - 1px)`;
      track.append(bar);
    }
    return el('button', { type: 'button', 'aria-pressed': String(boot.id === chosen), on: { click: () => choose(boot.id) } },
      el('span', {}, moment(boot.began)), track,
      el('span', { class: 'number', data: { phase: boot.phase } }, boot.ended ? '' : 'running, ', span(length(boot)), boot.phase === 'failed' ? ' failed' : ''));
  }));
  const used = STAGES.filter((name) => name !== 'ready' && boots.some((boot) => boot.stages?.some((stage) => stage.name === name)));
  return [list, el('p', { class: 'legend', 'aria-hidden': 'true' }, used.map((name) => el('span', { data: { stage: name } }, stageName(name))))];
}
