// What is known to fail in the site: each as a line that opens to its reason, its remedy and its source.

import { el } from './dom.js';

/** Errors and warnings one by one, notes behind one line. */
export function findingItems(findings) {
  const notes = findings.filter(({ severity }) => severity === 'note');
  const grave = findings.filter(({ severity }) => severity !== 'note');
  return [
    ...grave.map(item),
    notes.length ? el('li', { data: { severity: 'note' } }, el('details', {},
      el('summary', {}, notes.length === 1 ? '1 note' : `${notes.length} notes`),
      el('ul', {}, notes.map(item)))) : null,
  ].filter(Boolean);
}

function item({ id, severity, found, reason, mend, source }) {
  return el('li', { data: { id, severity } }, el('details', {},
    el('summary', {}, severity === 'note' ? null : el('b', {}, severity), found),
    el('p', {}, reason),
    el('p', { class: 'remedy' }, el('b', {}, 'Do: '), mend),
    el('small', {}, source)));
}
