// Why a node's last boot stands where it does: the stage, the likeliest causes, and what to do. Hidden while all goes well.

import * as api from './api.js';
import { el, replace } from './dom.js';

/** Silence is a sign too, so it is asked for again without an event. */
const AGAIN_MILLIS = 15_000;
/** A loader leaves many events in a second. */
const SETTLE_MILLIS = 800;

export function why(name) {
  const body = el('div', {});
  const card = el('section', { class: 'card wide why', 'aria-label': 'Why', 'aria-live': 'polite' }, el('header', {}, el('h2', {}, 'Why')), body);
  card.hidden = true;
  let shown = '';
  let gone = false;
  let waiting = null;

  async function load() {
    waiting = null;
    try {
      const said = await api.explain(name);
      if (gone) return;
      card.hidden = said.standing !== 'stopped';
      // What has not changed is not drawn again, so that nobody loses their place in it.
      const now = JSON.stringify([said.words, said.causes]);
      if (now !== shown) replace(body, ...drawn(said));
      shown = now;
    } catch {
      card.hidden = true;
    }
  }

  const timer = setInterval(load, AGAIN_MILLIS);
  load();
  return {
    card,
    touch: () => { waiting ??= setTimeout(load, SETTLE_MILLIS); },
    close() {
      gone = true;
      clearInterval(timer);
      clearTimeout(waiting);
    },
  };
}

function drawn({ stage, words, causes }) {
  return [
    el('p', { data: { stage } }, words),
    causes.length ? el('ol', { class: 'causes' }, causes.map((cause) => el('li', { data: { key: cause.key } },
      el('p', {}, cause.words),
      el('p', { class: 'remedy' }, el('b', {}, 'Do: '), cause.remedy),
      el('small', {}, [cause.row && `row ${cause.row} of the table of failures`, cause.source].filter(Boolean).join(' · ')))))
      : el('p', { class: 'quiet' }, 'Nothing that was seen tells more.'),
  ];
}
