// The rack: every node a slot, unknown boards as empty slots before them.

import { el, plant, replace, setText } from './dom.js';
import { findingItems } from './findings.js';
import { PHASE_ORDER, phaseName } from './format.js';
import { boardSlot, nodeSlot, setAgo } from './slot.js';
import { rove } from './keys.js';

/** Up to here a node has a whole shelf. */
const FEW = 14;
const TICK_MILLIS = 10_000;

export function rack(main, context) {
  const { inventory, ask } = context;
  const slots = new Map();
  let phase = null;
  let words = '';
  let boardsKey = '';
  let boardSlots = [];
  let alertsKey = '';

  const title = el('h1', {}, 'Rack');
  const chips = el('div', { class: 'chips', role: 'group', 'aria-label': 'Show one phase' });
  const alerts = el('ul', { class: 'alerts', 'aria-label': 'To look at', hidden: true });
  const list = el('ul', { 'aria-label': 'Slots' });
  const frame = el('div', { class: 'frame' }, list);
  const found = el('p', { class: 'quiet', role: 'status' });
  replace(main, el('div', { class: 'rack-head' }, title, chips, found), alerts, frame);
  const roving = rove(list, '.slot');

  function matches(row) {
    if (phase && row.phase !== phase) return false;
    return !words || [row.name, row.address, row.mac, row.serial, row.board, row.model, row.profile, phaseName(row.phase)]
      .some((text) => text && String(text).toLowerCase().includes(words));
  }

  function draw() {
    const wanted = [];
    drawBoards();
    if (!phase || phase === 'new') wanted.push(...boardSlots.filter(({ board }) => matches({ ...board, phase: 'new' })).map(({ item }) => item));
    for (const [name, row] of inventory.nodes) {
      let slot = slots.get(name);
      if (!slot) {
        slot = nodeSlot(name);
        slots.set(name, slot);
      }
      slot.show(row, inventory.fetched.get(name));
      if (matches(row)) wanted.push(slot.item);
    }
    for (const name of slots.keys()) if (!inventory.nodes.has(name)) slots.delete(name);
    place(wanted);
    frame.classList.toggle('few', wanted.length <= FEW);
    roving.refresh();
    drawChips();
    drawAlerts();
    setText(found, words || phase ? `${wanted.length} of ${inventory.nodes.size + inventory.boards.size}` : '');
  }

  function drawBoards() {
    const key = JSON.stringify([...inventory.boards.values()]);
    if (key === boardsKey) return;
    boardsKey = key;
    boardSlots = [...inventory.boards.values()].map((board) => ({ board, ...boardSlot(board, (b) => ask.adopt(b)) }));
  }

  /** Moves only what is not in its place, so that focus and scroll stay. */
  function place(wanted) {
    if (!wanted.length) {
      replace(list, empty());
      return;
    }
    const keep = new Set(wanted);
    for (const child of [...list.children]) if (!keep.has(child)) child.remove();
    let at = list.firstChild;
    for (const item of wanted) {
      if (item === at) at = at.nextSibling;
      else list.insertBefore(item, at);
    }
  }

  function empty() {
    if (!inventory.loaded) return el('li', { class: 'nothing' }, 'Looking into the frame …');
    if (words || phase) return el('li', { class: 'nothing' }, el('p', {}, 'Nothing here is called that.'));
    return el('li', { class: 'nothing', data: { phase: 'new' } }, plant(), el('h2', {}, 'An empty frame'),
      el('p', { class: 'quiet' }, 'Plug a Raspberry Pi into the network and switch it on. It shows up here by itself.'));
  }

  function drawChips() {
    const counts = new Map();
    for (const row of inventory.nodes.values()) counts.set(row.phase, (counts.get(row.phase) ?? 0) + 1);
    if (inventory.boards.size) counts.set('new', inventory.boards.size);
    const shown = ['new', ...PHASE_ORDER].filter((p) => counts.has(p) || p === phase);
    const texts = shown.map((p) => `${counts.get(p) ?? 0} ${p === 'new' ? 'unknown' : phaseName(p)}`);
    if (chips.dataset.texts === texts.join('|') + phase) return;
    chips.dataset.texts = texts.join('|') + phase;
    const focused = [...chips.children].findIndex((chip) => chip === document.activeElement);
    replace(chips, shown.map((p, i) => el('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(p === phase), data: { phase: p }, on: { click: () => choose(p) },
    }, plant(), texts[i])));
    if (focused >= 0) chips.children[Math.min(focused, shown.length - 1)]?.focus();
  }

  /** Drawn again only when it differs, so that what was opened stays open. */
  function drawAlerts() {
    const texts = (context.site?.alerts ?? []).map((alert) => alert.text);
    const key = JSON.stringify([texts, context.findings]);
    if (key === alertsKey) return;
    alertsKey = key;
    replace(alerts, texts.map((text) => el('li', {}, text)), findingItems(context.findings));
    alerts.hidden = !alerts.children.length;
  }

  function choose(p) {
    phase = p === phase ? null : p;
    draw();
  }

  let frameRequest = 0;
  function changed({ detail: names }) {
    if (names && !phase && !words) {
      names.forEach((name) => slots.get(name)?.show(inventory.nodes.get(name), inventory.fetched.get(name)));
      drawChips();
      return;
    }
    frameRequest ||= requestAnimationFrame(() => {
      frameRequest = 0;
      draw();
    });
  }

  inventory.addEventListener('change', changed);
  context.heard.addEventListener('findings', drawAlerts);
  const tick = setInterval(() => list.querySelectorAll('time[datetime]').forEach((time) => setAgo(time, time.dateTime)), TICK_MILLIS);
  draw();

  return {
    title: 'Rack',
    search(text) {
      words = text.trim().toLowerCase();
      draw();
    },
    /** The first slot that fits gets the focus. */
    enter: () => roving.first(),
    focus: () => roving.current(),
    close() {
      clearInterval(tick);
      cancelAnimationFrame(frameRequest);
      inventory.removeEventListener('change', changed);
      context.heard.removeEventListener('findings', drawAlerts);
    },
  };
}
