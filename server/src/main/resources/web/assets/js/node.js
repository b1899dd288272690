// One node: where it stands, its boots, its health, its disks, its files, its journal.

import * as api from './api.js';
import { consoleCard } from './console.js';
import { card, el, facts, plant, replace, setText } from './dom.js';
import { line } from './events.js';
import { bytes, degrees, moment, phaseName, throttled, until } from './format.js';
import { plots } from './plots.js';
import { powerCard } from './power.js';
import { progressOf, timeAgo } from './slot.js';
import { comparison, timeline } from './timeline.js';
import { why } from './why.js';

const BOOTS = 8;
const EVENTS = 30;
const DAY_MILLIS = 86_400_000;
/** While it boots, its timeline is drawn again this often. */
const LIVE_MILLIS = 1_000;
const HEALTH_MILLIS = 60_000;

export function node(main, { inventory, ask, heard }, [name]) {
  let gone = false;
  let hostKey = '';
  let endPlots = () => {};
  const head = el('div', {});
  const reasons = why(name);
  const boot = el('div', {});
  const health = el('div', {});
  const disks = el('div', {});
  const files = el('div', {});
  const list = el('ol', { class: 'journal of-one' });
  const more = el('a', { href: `#/journal?node=${encodeURIComponent(name)}` }, 'all of it');
  const known = card('Health', health);
  const heardOfIt = consoleCard(name);
  const power = powerCard(name, inventory, ask);
  const grid = el('div', { class: 'node-grid' },
    reasons.card, el('div', { class: 'wide' }, boot), known, card('Disks', disks),
    withClass(heardOfIt.element, 'wide'), withClass(power.section, 'wide'),
    withClass(card('Boot files', files), 'wide'),
    withClass(el('section', { class: 'card', 'aria-label': 'Journal' }, el('header', {}, el('h2', {}, 'Journal'), more), el('div', { class: 'scroll' }, list)), 'wide'));
  replace(main, head, grid);

  const bootsView = bootsCard(boot, name);

  function draw() {
    const row = inventory.nodes.get(name);
    if (row) {
      replace(head, ...header(row, inventory.fetched.get(name), hostKey, ask));
      drawDisks(disks, row);
      power.draw();
    } else if (inventory.loaded) {
      replace(head, el('p', { class: 'pad' }, 'No node is called ', el('b', {}, name), '. ', el('a', { href: '#/' }, 'Back to the rack')));
      grid.hidden = true;
    }
  }

  async function loadHealth() {
    try {
      const { samples } = await api.health(name, new Date(Date.now() - DAY_MILLIS).toISOString());
      if (gone) return;
      endPlots();
      endPlots = plots(health, samples);
    } catch {
      replace(health, el('p', { class: 'quiet' }, 'Nothing is known of its health.'));
    }
  }

  async function loadHostKey() {
    try {
      hostKey = (await api.hostKeys(name))['host-keys'].find((key) => key.type === 'ed25519')?.fingerprint ?? '';
      if (!gone) draw();
    } catch {
      // A node that is gone has none.
    }
  }

  async function loadFiles() {
    try {
      const all = (await api.files(name)).files;
      replace(files, all.length ? FILE_GROUPS.map(([title, mine]) => fileGroup(name, title, all.filter(mine))) : el('p', { class: 'quiet' }, 'It is served nothing.'));
    } catch (problem) {
      replace(files, el('p', { class: 'quiet' }, problem.message));
    }
  }

  async function loadEvents() {
    try {
      const page = await api.events({ node: name, limit: EVENTS });
      replace(list, page.events.map((event) => line(event, false)));
    } catch (problem) {
      replace(list, el('li', { class: 'quiet' }, problem.message));
    }
  }

  const changed = ({ detail: names }) => (!names || names.includes(name)) && draw();
  const happened = ({ detail: event }) => {
    if (event.subject !== name) return;
    list.prepend(line(event, false));
    if (list.children.length > EVENTS) list.lastElementChild.remove();
    bootsView.touch();
    reasons.touch();
    if (['power', 'staging', 'port-learned'].includes(event.type)) power.load();
    if (event.type === 'phase') loadHostKey();
    if (event.type === 'phase' && event.fields.to === 'ready') loadHealth();
  };
  inventory.addEventListener('change', changed);
  heard.addEventListener('event', happened);
  const timer = setInterval(loadHealth, HEALTH_MILLIS);
  draw();
  inventory.refresh(name).catch(() => {});
  loadHealth();
  loadHostKey();
  loadFiles();
  loadEvents();
  return {
    title: name,
    close() {
      gone = true;
      clearInterval(timer);
      bootsView.close();
      reasons.close();
      heardOfIt.close();
      power.close();
      endPlots();
      inventory.removeEventListener('change', changed);
      heard.removeEventListener('event', happened);
    },
  };
}

const onDisk = (file) => /^(disk|root):\//.test(file.path);

/** Over the network first; what the installer leaves on the disk is long, and folded. */
const FILE_GROUPS = [
  [null, (file) => !onDisk(file)],
  ['What its installer writes beside the image', onDisk],
];

function fileGroup(name, title, files) {
  if (!files.length) return null;
  const list = el('ul', { class: 'files' }, files.map((file) => el('li', {},
    el('a', { href: `#/file/${encodeURIComponent(name)}/${file.path.split('/').map(encodeURIComponent).join('/')}` }, file.path),
    el('small', {}, [file.origin, bytes(file.bytes)].filter(Boolean).join(' · ')))));
  return title ? el('details', {}, el('summary', {}, `${title} (${files.length})`), list) : list;
}

function withClass(element, name) {
  element.classList.add(name);
  return element;
}

function header(row, fetched, hostKey, ask) {
  const progress = progressOf(row, fetched);
  const fill = el('i', {});
  if (progress?.part != null) fill.style.width = `${Math.round(progress.part * 100)}%`;
  return [
    el('div', { class: 'node-head', data: { phase: row.phase } }, plant(),
      el('div', {}, el('h1', {}, row.name),
        el('p', {}, el('span', { class: 'phase' }, phaseName(row.phase)), ' ', el('span', { class: 'quiet' }, row.since ? ['· ', timeAgo(row.since)] : ''),
          progress?.text && el('span', { class: 'quiet' }, ` · ${progress.text}`))),
      el('div', { class: 'actions' },
        row.origin === 'rule' && el('button', { type: 'button', on: { click: () => ask.confirm(row) } }, 'Adopt …'),
        el('button', { type: 'button', class: 'plain', on: { click: () => ask.recover(row) } }, 'Install again …'),
        el('button', { type: 'button', class: 'plain danger', on: { click: () => ask.arm(row) } }, 'Arm …'),
        row.origin !== 'file' && el('button', { type: 'button', class: 'plain', on: { click: () => ask.forget(row) } }, 'Forget …'))),
    row.arm && el('div', { class: 'banner', role: 'note' }, el('span', {}, 'The disk ', el('b', {}, row.arm.disk), ` may be overwritten for ${until(row.arm.until) || 'no longer'}.`),
      el('button', { type: 'button', class: 'plain', on: { click: () => ask.disarm(row) } }, 'Disarm')),
    progress && withBar(row, fill, progress),
    el('section', { class: 'card facts-card', 'aria-label': 'Facts' }, facts([
      ['address', row.address && el('span', { class: 'mono' }, row.address)],
      ['MAC', row.mac && el('span', { class: 'mono' }, row.mac)],
      ['serial', row.serial && el('span', { class: 'mono' }, row.serial)],
      ['board', [row.board, row.facts.ram].filter(Boolean).join(', ')],
      ['switch port', row.facts.port],
      ['profile', row.profile],
      ['image', row.image],
      ['SSH host key', hostKey && el('span', { class: 'mono long' }, hostKey)],
      ['known from', { file: 'the config file', rule: 'the rule, not confirmed', adopted: 'an adoption', unknown: 'a newer appliance, not confirmed here' }[row.origin] ?? row.origin],
      ['temperature', degrees(row.health.temperature)],
      ['slowed down', throttled(row.health.throttled)],
      ['clock', row.health.clock],
      ['system', row.facts.os],
      ['kernel', row.facts.kernel],
      ['wear', row.facts.wear],
      ['boot EEPROM', row.eeprom && el('span', {}, row.eeprom.words, row.eeprom.reason && el('small', { class: 'quiet' }, ` · ${row.eeprom.reason}`))],
      ['its loader', row.eeprom?.has && row.eeprom.has !== row.eeprom.wanted && `of ${row.eeprom.has}`],
    ])),
  ].filter(Boolean);
}

function withBar(row, fill, progress) {
  return el('div', { class: progress.part === null ? 'gauge unsure tall' : 'gauge tall', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuenow': progress.part === null ? null : Math.round(progress.part * 100), data: { phase: row.phase } }, fill);
}

function drawDisks(box, row) {
  const { disks, cards } = row;
  replace(box, disks.length ? el('ul', { class: 'disks' }, disks.map((disk) => el('li', { class: 'disk' }, el('b', {}, disk.device),
    el('span', {}, [bytes(disk.size), disk.model].filter(Boolean).join(', ')), el('small', {}, `holds ${disk.found}; number ${disk.serial || disk.id}`))))
    : el('p', { class: 'quiet' }, 'Its installer has not shown any yet. It does when it boots from the network.'),
  cards.length > 0 && [el('h3', {}, cards.length === 1 ? 'Installed on' : `Installed on ${cards.length} disks, one after the other`), el('ol', { class: 'cards', reversed: true }, cards.map(cardLine))]);
}

/** A disk that it was installed on; the newest comes first. */
function cardLine(card, i) {
  return el('li', {}, el('b', {}, card.model || 'a disk'), ' ', el('span', { class: 'mono' }, card.id),
    el('small', {}, [`${i ? 'first written' : 'since'} ${moment(card.since)}`, card.installs === 1 ? 'written once' : `written ${card.installs} times`,
      card.failures > 0 && `failed ${card.failures === 1 ? 'once' : `${card.failures} times`}`].filter(Boolean).join(' · ')));
}

/** The waterfall of one boot, and the last boots beside each other. */
function bootsCard(box, name) {
  let boots = [];
  let chosen = null;
  let range = 'whole';
  let refused = false;
  let gone = false;
  let asking = false;
  let touched = false;

  const title = el('h2', {}, 'Boot');
  const segments = el('div', { class: 'segments', role: 'group', 'aria-label': 'How much of it' });
  const fall = el('div', {});
  const missing = el('button', { type: 'button', class: 'link', on: { click: () => { refused = !refused; draw(); } } });
  const others = el('div', {});
  const compared = el('section', { class: 'card', 'aria-label': 'The last boots' }, el('header', {}, el('h2', {}, 'The last boots')), others);
  replace(box, el('div', { class: 'node-grid' }, el('section', { class: 'card wide', 'aria-label': 'Boot' }, el('header', {}, title, segments), fall, missing), withClass(compared, 'wide')));

  function draw() {
    const boot = boots.find((b) => b.id === chosen) ?? boots[0];
    compared.hidden = boots.length < 2;
    if (!boot) {
      replace(fall, el('p', { class: 'quiet' }, 'It has not booted yet.'));
      segments.hidden = true;
      missing.hidden = true;
      return;
    }
    segments.hidden = false;
    replace(segments, [['whole', 'whole boot'], ['loader', 'until the kernel']].map(([key, label]) =>
      el('button', { type: 'button', 'aria-pressed': String(key === range), on: { click: () => { range = key; draw(); } } }, label)));
    setText(title, boot === boots[0] ? (boot.ended ? 'The last boot' : 'Booting') : 'An earlier boot');
    replace(fall, timeline(boot, range, refused));
    const count = boot.files.filter((file) => file.refused).length;
    missing.hidden = !count;
    setText(missing, refused ? 'Leave out what was not there' : `${count} more names were asked for and not there, as loaders do`);
    replace(others, comparison(boots, boot.id, (id) => { chosen = id === boots[0].id ? null : id; draw(); }));
  }

  async function load() {
    asking = true;
    touched = false;
    try {
      const answer = await api.boots(name, BOOTS);
      if (gone) return;
      boots = answer.boots;
      draw();
    } catch (problem) {
      replace(fall, el('p', { class: 'quiet' }, problem.message));
    } finally {
      asking = false;
    }
  }

  // A boot that is under way grows with the clock, and is asked for again when something happened.
  const timer = setInterval(() => {
    if (touched && !asking) load();
    else if (boots[0] && !boots[0].ended && !chosen && !box.contains(document.activeElement)) draw();
  }, LIVE_MILLIS);
  load();
  return {
    touch: () => { touched = true; },
    close() {
      gone = true;
      clearInterval(timer);
    },
  };
}
