// Imported images, and those that are on their way.

import * as api from './api.js';
import { el, facts, replace } from './dom.js';
import { bytes, moment } from './format.js';
import { toast } from './toast.js';

const IDLE_MILLIS = 10_000;
const BUSY_MILLIS = 1_000;

export function images(main) {
  const list = el('ul', { class: 'images' });
  let timer = 0;
  let gone = false;
  const cards = new Map();
  replace(main, el('div', { class: 'list-head' }, el('h1', {}, 'Images')), list);

  function none() {
    return el('li', { class: 'card' }, el('p', {}, 'No image is imported. On the appliance:'), el('p', {}, el('code', {}, 'coldframe image add FILE-OR-URL')));
  }

  function draw(all) {
    if (!all.length) {
      cards.clear();
      replace(list, none());
      return;
    }
    const names = new Set(all.map((image) => image.name));
    for (const name of cards.keys()) if (!names.has(name)) cards.delete(name);
    for (const image of all) {
      const known = cards.get(image.name);
      if (known?.text === JSON.stringify(image)) continue;
      const item = known?.item ?? el('li', { class: 'card image' });
      replace(item, el('header', {}, el('h2', {}, image.name), el('span', { class: 'quiet' }, bytes(image.bytes))), body(image));
      cards.set(image.name, { item, text: JSON.stringify(image) });
    }
    replace(list, all.map((image) => cards.get(image.name).item));
  }

  async function load() {
    let busy = false;
    try {
      const answer = await api.images();
      busy = answer.import !== null;
      draw([...(busy ? [{ name: answer.import.name, coming: answer.import }] : []), ...answer.images.filter((image) => image.name !== answer.import?.name)]);
    } catch (problem) {
      toast(problem.message, true);
    }
    if (!gone) timer = setTimeout(load, busy ? BUSY_MILLIS : IDLE_MILLIS);
  }
  load();
  return {
    title: 'Images',
    close() {
      gone = true;
      clearTimeout(timer);
    },
  };
}

function body(image) {
  if (image.coming) return coming(image);
  return facts([
    ['is', image.description],
    ['imported', moment(image.imported)],
    ['boot partition', image.bootable ? 'yes' : 'none: a disk image only'],
    ['boards', image.boards.join(', ')],
    ['used by', image.profiles.join(', ')],
    ['holds', image['data-bytes'] !== image.bytes && bytes(image['data-bytes'])],
    ['SHA-256', el('span', { class: 'mono', title: image.sha256 }, `${image.sha256.slice(0, 16)}…`)],
  ]);
}

function coming({ name, coming: { read, of, unpacked } }) {
  const part = of > 0 ? Math.min(1, read / of) : null;
  const fill = el('i', {});
  const gauge = el('div', { class: part === null ? 'gauge unsure' : 'gauge', role: 'progressbar', 'aria-label': `Import of ${name}` }, fill);
  if (part !== null) {
    fill.style.width = `${Math.round(part * 100)}%`;
    gauge.setAttribute('aria-valuenow', Math.round(part * 100));
  }
  return [el('p', { class: 'quiet' }, `importing: ${bytes(read)}${of > 0 ? ` of ${bytes(of)}` : ''} read, ${bytes(unpacked)} unpacked`), gauge];
}
