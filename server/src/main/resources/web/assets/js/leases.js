// Who has which address, and for how long.

import * as api from './api.js';
import { el, replace } from './dom.js';
import { moment, until } from './format.js';
import { toast } from './toast.js';

const FRESH_MILLIS = 15_000;

export function leases(main) {
  let rows = [];
  let words = '';
  const body = el('tbody', {});
  replace(main, el('div', { class: 'list-head' }, el('h1', {}, 'Leases')),
    el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, el('tr', {},
      el('th', { scope: 'col' }, 'Address'), el('th', { scope: 'col' }, 'Held by'), el('th', { scope: 'col' }, 'MAC'), el('th', { scope: 'col' }, 'State'), el('th', { scope: 'col', class: 'number' }, 'Ends in'))), body)));

  function draw() {
    const shown = rows.filter((row) => !words || [row.address, row.mac, row.node].some((text) => text && String(text).toLowerCase().includes(words)));
    replace(body, shown.length ? shown.map((row) => el('tr', {},
      el('td', { class: 'mono' }, row.address),
      el('td', {}, row.node ? el('a', { href: `#/node/${encodeURIComponent(row.node)}` }, row.node) : el('span', { class: 'quiet' }, 'a guest')),
      el('td', { class: 'mono' }, row.mac),
      el('td', {}, row.state),
      el('td', { class: 'number', title: moment(row.expires) }, until(row.expires) || 'ended')))
      : el('tr', {}, el('td', { colspan: 5, class: 'quiet' }, words ? 'No lease is called that.' : 'Nobody has a dynamic address. Pinned addresses need no lease.')));
  }

  async function load() {
    try {
      rows = (await api.leases()).leases;
      draw();
    } catch (problem) {
      toast(problem.message, true);
    }
  }
  const timer = setInterval(load, FRESH_MILLIS);
  load();
  return {
    title: 'Leases',
    search(text) {
      words = text.trim().toLowerCase();
      draw();
    },
    close: () => clearInterval(timer),
  };
}
