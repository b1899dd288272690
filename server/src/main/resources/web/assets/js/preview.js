// A boot file as the node gets it: where its bytes come from, and what differs from the image's own file.

import * as api from './api.js';
import { el, facts, replace } from './dom.js';
import { diff } from './diff.js';
import { bytes } from './format.js';

export function preview(main, _context, [node, ...parts]) {
  const path = parts.join('/');
  const box = el('div', {}, el('p', { class: 'quiet pad' }, 'Reading …'));
  replace(main, el('div', { class: 'list-head' }, el('h1', {}, path, ' ', el('small', { class: 'quiet' }, 'of ', el('a', { href: `#/node/${encodeURIComponent(node)}` }, node)))), box);

  api.file(node, path).then((file) => show(box, file), (problem) => replace(box, el('p', { class: 'bad' }, problem.message)));
  return { title: `${path} of ${node}`, close: () => {} };
}

function show(box, file) {
  const text = el('div', { class: 'text', role: 'region', tabindex: '0', 'aria-label': 'Content' });
  const differs = typeof file.text === 'string' && typeof file.original === 'string' && file.original !== file.text;
  const choose = (kind) => {
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.kind === kind)));
    text.classList.toggle('changes', kind === 'diff');
    replace(text, kind === 'diff' ? changed(file) : whole(kind === 'original' ? file.original : file.text));
  };
  const buttons = [['text', 'As served'], ...(differs ? [['diff', 'Changes'], ['original', 'In the image']] : [])]
    .map(([kind, label]) => el('button', { type: 'button', data: { kind }, on: { click: () => choose(kind) } }, label));
  replace(box, el('section', { class: 'card', 'aria-label': 'File' },
    broad([['comes from', file.origin], ['size', bytes(file.bytes)]]),
    typeof file.text === 'string'
      ? [el('p', {}, ' '), buttons.length > 1 && el('div', { class: 'segments', role: 'group', 'aria-label': 'What is shown' }, buttons), text]
      : el('p', { class: 'quiet pad' }, 'Not a text; it is served as it is.')));
  if (typeof file.text === 'string') choose(differs ? 'diff' : 'text');
}

function broad(pairs) {
  const list = facts(pairs);
  list.classList.add('broad');
  return list;
}

const whole = (text) => text.replace(/\n$/, '').split('\n').map((line) => el('div', {}, el('span', {}, line)));

function changed(file) {
  const parts = diff(file.original, file.text);
  if (!parts) return el('p', { class: 'quiet' }, 'The two are too long to be compared here.');
  return parts.map(({ kind, text }) => el('div', { class: kind === 'same' ? null : kind }, el('span', {}, text)));
}
