// A word that goes away by itself.

import { el } from './dom.js';

const SHOWN_MILLIS = 6000;

export function toast(text, bad = false) {
  const note = el('div', { class: bad ? 'toast bad' : 'toast' }, text);
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), SHOWN_MILLIS);
}
