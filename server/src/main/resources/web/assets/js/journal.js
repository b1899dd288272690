// The journal of everything, newest first, with a filter; what happens now comes on top.

import * as api from './api.js';
import { el, replace } from './dom.js';
import { KINDS, line } from './events.js';
import { toast } from './toast.js';

const PAGE = 100;
/** More live lines than this push the oldest out. */
const KEPT = 1000;

export function journal(main, { inventory, heard }, _rest, parameters) {
  let filter = { node: parameters.get('node') ?? '', kind: parameters.get('kind') ?? '' };
  let cursor = null;
  let turn = 0;

  const names = el('datalist', { id: 'names' });
  const node = el('input', { type: 'text', list: 'names', value: filter.node, placeholder: 'all', autocomplete: 'off', spellcheck: 'false' });
  const kind = el('select', {}, el('option', { value: '' }, 'all'), KINDS.map((k) => el('option', { value: k, selected: k === filter.kind }, k)));
  const list = el('ol', { class: 'journal', 'aria-label': 'Journal, newest first' });
  const more = el('button', { type: 'button', class: 'plain more', hidden: true, on: { click: () => older() } }, 'Older');
  replace(main, el('form', { class: 'list-head', on: { submit: (event) => event.preventDefault() } }, el('h1', {}, 'Journal'), names,
    el('label', {}, 'Node or MAC', node), el('label', {}, 'What happened', kind)), el('div', { class: 'scroll' }, list), more);

  function fillNames() {
    replace(names, [...inventory.nodes.keys(), ...inventory.boards.keys()].map((name) => el('option', { value: name })));
  }

  function change() {
    filter = { node: node.value.trim(), kind: kind.value };
    const search = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
    history.replaceState(null, '', `#/journal${search.size ? `?${search}` : ''}`);
    cursor = null;
    list.replaceChildren();
    older();
  }
  node.addEventListener('change', change);
  kind.addEventListener('change', change);

  async function older() {
    const mine = ++turn;
    try {
      const page = await api.events({ ...filter, cursor, limit: PAGE });
      if (mine !== turn) return;
      list.querySelector('.none')?.remove();
      // What happened meanwhile is on top already.
      list.append(...page.events.filter((event) => !list.querySelector(`[data-id="${event.id}"]`)).map((event) => line(event, true)));
      cursor = page.next;
      more.hidden = !cursor;
      if (!list.children.length) list.append(el('li', { class: 'none quiet' }, 'Nothing of that kind was written down.'));
    } catch (problem) {
      toast(problem.message, true);
    }
  }

  function live({ detail: event }) {
    if ((filter.node && filter.node !== event.subject) || (filter.kind && filter.kind !== event.type)) return;
    list.querySelector('.none')?.remove();
    const item = line(event, true);
    item.classList.add('fresh');
    list.prepend(item);
    if (list.children.length > KEPT) {
      list.lastElementChild.remove();
      cursor = list.lastElementChild.dataset.id;
      more.hidden = false;
    }
  }

  heard.addEventListener('event', live);
  inventory.addEventListener('change', fillNames, { once: true });
  fillNames();
  older();
  return {
    title: 'Journal',
    close() {
      turn++;
      heard.removeEventListener('event', live);
    },
  };
}
