// Where the page begins: views by the address behind #, live events, the search field, keys.

import * as api from './api.js';
import { ask, showHelp } from './dialogs.js';
import { el, replace, setText } from './dom.js';
import { phaseName } from './format.js';
import { Inventory } from './inventory.js';
import { pageKeys } from './keys.js';
import { listen } from './live.js';
import { rack } from './rack.js';
import { toast } from './toast.js';

const main = document.getElementById('main');
const searchField = document.getElementById('search');
const inventory = new Inventory();
const context = { inventory, ask: ask(inventory), heard: new EventTarget(), findings: [] };

/** What is not looked at first is loaded when it is. */
const VIEWS = {
  '': async () => rack,
  leases: async () => (await import('./leases.js')).leases,
  images: async () => (await import('./images.js')).images,
  journal: async () => (await import('./journal.js')).journal,
  node: async () => (await import('./node.js')).node,
  file: async () => (await import('./preview.js')).preview,
};

let view = null;
let turn = 0;

async function route({ first = false } = {}) {
  const mine = ++turn;
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [kind, ...rest] = path.split('/').map(decode);
  const load = VIEWS[kind] ?? VIEWS[''];
  const open = await load();
  if (mine !== turn) return;
  view?.close?.();
  view = null;
  view = open(main, context, rest, new URLSearchParams(search));
  if (view.search) view.search(searchField.value);
  document.title = `${view.title} · Coldframe`;
  for (const link of document.querySelectorAll('.views a')) {
    const current = link.dataset.view === (kind || 'rack') || (link.dataset.view === 'rack' && (kind === 'node' || kind === 'file'));
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (first) return;
  scrollTo(0, 0);
  if (view.focus) view.focus();
  else main.focus({ preventScroll: true });
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const help = () => showHelp(context.site?.version);

function searchHere() {
  if (!view?.search) location.hash = '#/';
  searchField.focus();
  searchField.select();
}

searchField.addEventListener('input', () => {
  if (view?.search) view.search(searchField.value);
  else if (searchField.value) location.hash = '#/';
});
searchField.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    searchField.value = '';
    view?.search?.('');
    view?.focus?.();
  }
});
searchField.form.addEventListener('submit', (event) => {
  event.preventDefault();
  view?.enter?.();
});
document.getElementById('help').addEventListener('click', help);
pageKeys({ search: searchHere, help });

const SITE_MILLIS = 30_000;

/** The server looks at every boot tree for it. */
const FAILURES_MILLIS = 10 * 60_000;

function closed(problem) {
  if (problem.status === 401 || problem.status === 403) gate();
}

function gate() {
  turn++;
  view?.close?.();
  view = null;
  replace(main, el('section', { class: 'gate' }, el('span', { class: 'mark', 'aria-hidden': 'true' }), el('h1', {}, 'The lid is closed'),
    el('p', { class: 'quiet' }, 'This browser has no session, or it has ended. Ask the appliance for a login link and open it here:'),
    el('code', {}, 'coldframe open'),
    el('button', { type: 'button', class: 'plain', on: { click: () => location.reload() } }, 'Try again')));
}

const live = document.getElementById('live');
const LIVE_TEXTS = { connecting: 'connecting', live: 'live', lost: 'connection lost' };

/** Tells those who cannot see it what has become of a node. */
const news = document.getElementById('news');
function announce(event) {
  if (event.type === 'phase' && ['ready', 'failed', 'installing'].includes(event.fields.to)) {
    setText(news, `${event.subject}: ${phaseName(event.fields.to)}`);
  }
}

/** The site's name, its profiles, and what the operator should look at. */
async function lookAtSite() {
  context.site = await api.site();
  setText(document.getElementById('site'), context.site.name);
}

/** What is known to fail; the server looks at every boot tree for it, so nothing waits for that. */
async function lookForFailures() {
  try {
    context.findings = (await api.findings()).findings;
    context.heard.dispatchEvent(new Event('findings'));
  } catch {
    // The next round asks again.
  }
}

async function begin() {
  try {
    const [{ scope }] = await Promise.all([api.session(), lookAtSite()]);
    document.body.dataset.scope = scope;
  } catch (problem) {
    closed(problem);
    if (problem.status === 401 || problem.status === 403) return;
    toast(problem.message, true);
  }
  addEventListener('hashchange', () => route());
  await route({ first: true });
  inventory.load().catch((problem) => toast(problem.message, true));
  lookForFailures();
  listen((event) => {
    inventory.hear(event);
    announce(event);
    context.heard.dispatchEvent(new CustomEvent('event', { detail: event }));
  }, (state, again) => {
    live.dataset.state = state;
    setText(live, LIVE_TEXTS[state]);
    if (state === 'live' && again) inventory.load().catch(() => {});
    // A session that has ended looks like a lost connection.
    if (state === 'lost') lookAtSite().catch(closed);
  });
  setInterval(() => lookAtSite().catch(closed), SITE_MILLIS);
  setInterval(lookForFailures, FAILURES_MILLIS);
}

begin();
