// Lines of the journal.

import { el } from './dom.js';
import { bytes, clock, moment } from './format.js';

export const KINDS = [
  'seen', 'adopted', 'dhcp-offered', 'dhcp-acknowledged', 'dhcp-refused', 'dhcp-declined', 'dhcp-released', 'file-served', 'file-probed', 'file-refused',
  'file-broken', 'hello', 'token-refused', 'seed-served', 'reported', 'phase', 'boots-locally', 'disk-seen', 'install-permitted', 'install-refused',
  'install-progress', 'armed', 'disarmed', 'recovery', 'forgotten', 'board-taken', 'board-held', 'board-moved', 'relay-unreadable', 'foreign-server', 'relay-connected', 'relay-lost',
  'announced', 'unannounced', 'name-clash', 'name-clash-over', 'pool-short', 'pool-eased', 'loader-said', 'console-connected', 'console-lost', 'power',
  'dhcp-lost', 'staging', 'port-learned', 'eeprom', 'state-cut-off', 'state-joined', 'clock-apart', 'clock-together', 'state-conflict',
];

const BAD = new Set(['dhcp-refused', 'dhcp-declined', 'file-broken', 'token-refused', 'install-refused', 'armed', 'forgotten', 'board-held', 'board-moved', 'relay-unreadable', 'foreign-server', 'relay-lost', 'console-lost', 'name-clash', 'pool-short', 'state-cut-off', 'clock-apart', 'state-conflict']);
const GOOD = new Set(['state-joined', 'adopted', 'install-permitted', 'hello']);

function tone(event) {
  const { to, result, step } = event.fields;
  if (BAD.has(event.type) || to === 'failed' || result === 'failed' || step === 'rescue' || step === 'given-up' || step === 'failed') return 'bad';
  return GOOD.has(event.type) || to === 'ready' || result === 'done' || step === 'arrived' || step === 'has' ? 'good' : null;
}

/** @param {boolean} named whether the line says whose it is */
export function line(event, named) {
  const { subject } = event;
  const details = Object.entries(event.fields).filter(([name, value]) => value !== '' && !(name === 'node' && value === subject));
  return el('li', { data: { id: event.id } },
    el('time', { datetime: event.at, title: moment(event.at) }, clock(event.at)),
    named && el('a', { href: subjectLink(subject) }, subject),
    el('span', { class: 'kind', data: { tone: tone(event) ?? '' } }, event.type),
    el('span', { class: 'details' }, details.flatMap(([name, value]) => [el('span', {}, name), el('b', {}, shown(name, value)), ' '])));
}

const shown = (name, value) => (name === 'bytes' || name === 'of' ? bytes(value) : value);

/** A board without a name has only its journal. */
function subjectLink(subject) {
  const mac = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(subject);
  return mac ? `#/journal?node=${encodeURIComponent(subject)}` : `#/node/${encodeURIComponent(subject)}`;
}
