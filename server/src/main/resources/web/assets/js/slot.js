// One slot of the rack: a node, or a board that waits for its name.

import { el, plant, setText } from './dom.js';
import { ago, bytes, degrees, HOT, phaseName, staged } from './format.js';

/** A node's slot; `show` brings it to another row. */
export function nodeSlot(name) {
  const title = el('b', {}, name);
  const board = el('span', { class: 'board' });
  const address = el('span', { class: 'address' });
  const phase = el('span', { class: 'phase' });
  const since = el('time', {});
  const armed = el('span', { class: 'armed', hidden: true }, 'armed');
  const power = el('span', { class: 'staged', hidden: true });
  const heat = el('span', { class: 'heat' });
  const what = el('span', { class: 'what' });
  const fill = el('i', {});
  const gauge = el('span', { class: 'gauge', role: 'progressbar', 'aria-label': 'Progress' }, fill);
  const bar = el('span', { class: 'bar', hidden: true }, what, gauge);
  const link = el('a', { class: 'slot', tabindex: '-1', href: `#/node/${encodeURIComponent(name)}`, data: { key: `node ${name}` } },
    plant(), el('span', { class: 'name' }, title, board, armed, power), address, bar,
    el('span', { class: 'state' }, phase, ' ', since), heat);
  const item = el('li', {}, link);

  function show(row, fetched) {
    link.dataset.phase = row.phase;
    setText(board, [row.board, row.facts.ram].filter(Boolean).join(', '));
    setText(address, row.address ?? '');
    setText(phase, phaseName(row.phase));
    setAgo(since, row.since);
    armed.hidden = !row.arm;
    setText(power, staged(row.facts));
    power.hidden = !power.textContent;
    power.dataset.step = row.facts.staging ?? '';
    // What was measured before it went down says nothing now.
    const temperature = row.phase === 'ready' ? row.health.temperature : null;
    setText(heat, degrees(temperature));
    link.classList.toggle('cool', !heat.textContent);
    heat.classList.toggle('hot', temperature >= HOT);
    const progress = progressOf(row, fetched);
    bar.hidden = !progress;
    if (progress) {
      setText(what, progress.text);
      gauge.classList.toggle('unsure', progress.part === null);
      if (progress.part === null) {
        gauge.removeAttribute('aria-valuenow');
        fill.style.width = '';
      } else {
        const percent = Math.round(progress.part * 100);
        gauge.setAttribute('aria-valuenow', percent);
        fill.style.width = `${percent}%`;
      }
    }
  }

  return { item, focus: link, show };
}

export function setAgo(element, iso) {
  if (!iso) {
    setText(element, '');
    return;
  }
  if (element.dateTime !== iso) element.dateTime = iso;
  setText(element, ago(iso));
}

/**
 * How far a node is, while it is on its way.
 * @param {string} [fetched] the boot file that it got last
 * @returns {{text: string, part: number | null} | null} part from 0 to 1; null when nobody can know
 */
export function progressOf(row, fetched) {
  if (!['booting', 'installing', 'first-boot'].includes(row.phase)) return null;
  const amount = row.phase === 'booting' ? row.progress.files : row.phase === 'installing' ? row.progress.install : null;
  if (!amount) return { text: '', part: null };
  const part = amount.total ? Math.min(1, amount.bytes / amount.total) : null;
  const words = amount.total ? `${bytes(amount.bytes)} of ${bytes(amount.total)}` : amount.bytes ? bytes(amount.bytes) : '';
  return { text: [row.phase === 'booting' && fetched, words].filter(Boolean).join(' · '), part };
}

/** The slot of a board that nobody has adopted. */
export function boardSlot(board, adopt) {
  const button = el('button', { class: 'slot empty', type: 'button', tabindex: '-1', data: { phase: 'new', key: `board ${board.mac}` }, on: { click: () => adopt(board) } },
    plant(),
    el('span', { class: 'name' }, el('b', {}, board.model || 'Unknown board'), board.ram && el('span', { class: 'board' }, board.ram)),
    el('span', { class: 'address' }, board.mac),
    el('span', { class: 'bar' }, el('span', { class: 'what' }, [board.serial && `serial ${board.serial}`, board.port && `port ${board.port}`, board.address].filter(Boolean).join(' · '))),
    el('span', { class: 'state' }, el('span', { class: 'phase' }, phaseName('new')), ' ', timeAgo(board.first)),
    el('span', { class: 'adopt' }, 'Adopt …'));
  return { item: el('li', {}, button), focus: button };
}

export function timeAgo(iso) {
  const time = el('time', {});
  setAgo(time, iso);
  return time;
}
