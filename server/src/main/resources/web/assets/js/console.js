// What a node says on its consoles, live. Whatever it says is text: what could control anything is shown as \\xNN, as `coldframe logs` does.

import * as api from './api.js';
import { el, replace, setText } from './dom.js';
import { clock, moment } from './format.js';

/** So many lines are kept, and at most so many are in the page. */
const KEPT = 500;
const RETRY_MILLIS = 3000;
/** A scroll this near to the end is one to the end. */
const END_PIXELS = 8;

const SOURCES = { serial: 'serial', text: 'netconsole', kernel: 'netconsole', syslog: 'syslog' };
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const FILTERS = ['serial', 'netconsole', 'syslog', 'loader'];

/** Control characters, marks that turn the direction of writing, line separators, halves of letters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const visible = (text) => text.replace(INVISIBLE, (c) => (c === '\t' ? '  ' : `\\x${c.codePointAt(0).toString(16).padStart(2, '0')}`));

const sourceOf = (line) => SOURCES[line.origin] ?? line.origin;

function row(line) {
  if (line.gap) return el('li', { class: 'gap' }, `${line.gap} lines before this one are not kept any more`);
  const severity = SEVERITIES[line.severity];
  const who = line.program && line.program !== 'kernel' ? line.program : '';
  return el('li', { data: { severity: severity ?? '', source: sourceOf(line) } },
    el('time', { datetime: line.at, title: moment(line.at) }, clock(line.at)),
    el('span', { class: 'source', title: severity ? `${line.origin}, ${severity}` : line.origin }, line.meaning ? `loader, ${sourceOf(line)}` : sourceOf(line)),
    el('span', { class: 'said' }, who && el('b', {}, visible(who), ' '), el('bdi', { dir: 'ltr' }, visible(line.text)),
      line.meaning && el('small', {}, ` ${line.meaning}`)));
}

/** @returns {{ element: HTMLElement, close: () => void }} */
export function consoleCard(name) {
  let lines = [];
  let waiting = [];
  let last = 0;
  let paused = false;
  let gone = false;
  let stream = null;
  let retry = 0;

  const filter = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'Filter', 'aria-label': 'Only lines that hold this text' });
  const source = el('select', { 'aria-label': 'Only lines from' }, el('option', { value: '' }, 'all sources'), FILTERS.map((s) => el('option', { value: s }, s)));
  const pause = el('button', { type: 'button', class: 'plain', on: { click: () => setPaused(!paused) } });
  const state = el('span', { class: 'quiet', role: 'status' });
  const list = el('ol', { class: 'console', tabindex: '0', 'aria-label': `Console of ${name}, the newest line last` });
  const none = el('p', { class: 'quiet' });
  const element = el('section', { class: 'card', 'aria-label': 'Console' },
    el('header', {}, el('h2', {}, 'Console'), state, el('div', { class: 'console-tools' }, filter, source, pause)), list, none);

  const wanted = (line) => {
    if (line.gap) return !source.value && !filter.value;
    const from = source.value;
    const text = filter.value.toLowerCase();
    return (!from || from === sourceOf(line) || (from === 'loader' && line.meaning))
      && (!text || visible(line.text).toLowerCase().includes(text) || line.program.toLowerCase().includes(text));
  };

  function toEnd() {
    list.scrollTop = list.scrollHeight;
  }

  function told() {
    pause.setAttribute('aria-pressed', String(paused));
    setText(pause, !paused ? 'Pause' : waiting.length ? `Follow (${waiting.length === KEPT ? `${KEPT} or more` : waiting.length} new)` : 'Follow');
    list.hidden = !list.children.length;
    none.hidden = !list.hidden;
    setText(none, lines.length ? 'No line is like that.' : 'Nothing was heard of it yet: no netconsole, no syslog, no serial port.');
  }

  function draw() {
    replace(list, lines.filter(wanted).map(row));
    told();
    if (!paused) toEnd();
  }

  /** Takes lines into the page, and the oldest out. */
  function show(more) {
    const dropped = lines.concat(more).slice(0, -KEPT);
    lines = lines.concat(more).slice(-KEPT);
    if (dropped.length) {
      draw();
      return;
    }
    list.append(...more.filter(wanted).map(row));
    told();
    toEnd();
  }

  function setPaused(now) {
    paused = now;
    if (!paused) {
      const more = waiting;
      waiting = [];
      show(more);
    }
    told();
  }

  /** Lines that come together are drawn together. */
  let fresh = [];
  let frame = 0;
  function heard(line) {
    if (line.id <= last) return;
    if (last && line.id > last + 1) fresh.push({ gap: line.id - last - 1 });
    last = line.id;
    fresh.push(line);
    if (!frame) frame = setTimeout(take, 100);
  }

  function take() {
    frame = 0;
    const more = fresh;
    fresh = [];
    if (gone) return;
    if (paused) {
      waiting = waiting.concat(more).slice(-KEPT);
      told();
    } else {
      show(more);
    }
  }

  function listen() {
    stream?.close();
    clearTimeout(retry);
    if (gone || document.hidden) return;
    stream = new EventSource(api.logStream(name, last));
    stream.addEventListener('open', () => setText(state, ''));
    stream.addEventListener('message', (message) => heard(JSON.parse(message.data)));
    stream.addEventListener('error', () => {
      setText(state, 'connection lost');
      if (stream.readyState === EventSource.CLOSED) retry = setTimeout(listen, RETRY_MILLIS);
    });
  }

  /** A page that nobody looks at must not hold one of the browser's few connections. */
  const looked = () => (document.hidden ? stream?.close() : listen());
  const left = () => stream?.close();

  list.addEventListener('scroll', () => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight <= END_PIXELS;
    if (atEnd === paused) setPaused(!atEnd);
  });
  const size = new ResizeObserver(() => !paused && toEnd());
  size.observe(list);
  filter.addEventListener('input', draw);
  source.addEventListener('change', draw);
  document.addEventListener('visibilitychange', looked);
  addEventListener('pagehide', left);
  addEventListener('pageshow', looked);

  async function load() {
    try {
      const page = await api.log(name, KEPT);
      if (gone) return;
      lines = page.lines;
      last = Number(page.next);
      draw();
      listen();
    } catch (problem) {
      setText(none, problem.message);
    }
  }

  told();
  load();
  return {
    element,
    close() {
      gone = true;
      stream?.close();
      clearTimeout(retry);
      clearTimeout(frame);
      size.disconnect();
      document.removeEventListener('visibilitychange', looked);
      removeEventListener('pagehide', left);
      removeEventListener('pageshow', looked);
    },
  };
}
