// Questions with consequences. Nothing here acts before the operator has seen on what, and said so.

import * as api from './api.js';
import { append, el, facts } from './dom.js';
import { bytes, moment } from './format.js';
import { toast } from './toast.js';

/** The dialogs, each opened with the row that it is about. */
export function ask(inventory) {
  const again = (name) => inventory.refresh(name).catch(() => null);
  return {
    adopt: (board) => (document.body.dataset.scope === 'read' ? toast('This login may only look.', true) : adopt(board, inventory)),
    confirm: (row) => confirmRule(row, again),
    arm: (row) => arm(row, again),
    recover: (row) => recover(row, again),
    forget: (row) => forget(row, inventory),
    power: (row, action, done) => power(row, action, again, done),
    async disarm(row) {
      try {
        await api.disarm(row.name);
        await again(row.name);
        toast(`Nothing on ${row.name} may be overwritten.`);
      } catch (problem) {
        toast(problem.message, true);
      }
    },
  };
}

/**
 * Opens a dialog.
 * @param {string} title
 * @param {Node[]} content
 * @param {{label: string, danger?: boolean, ready?: () => boolean, act: (dialog: HTMLDialogElement) => Promise<unknown>}} action
 * @returns {{dialog: HTMLDialogElement, check: () => void}} check looks again whether the action is ready
 */
function open(title, content, { label, danger = false, ready = () => true, act }) {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const go = el('button', { type: 'submit', class: danger ? 'danger' : null }, label);
  const form = el('form', { method: 'dialog', novalidate: true }, el('h2', { id: 'dialog-title' }, title), content, problem,
    el('div', { class: 'buttons' }, el('button', { type: 'button', class: 'plain', on: { click: () => dialog.close() } }, 'Cancel'), go));
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  const check = () => { go.disabled = !ready(); };
  const back = document.activeElement;
  form.addEventListener('input', check);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!ready()) return;
    go.disabled = true;
    problem.textContent = '';
    try {
      await act(dialog);
    } catch (failure) {
      problem.textContent = failure.message;
      check();
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (back?.isConnected) back.focus();
  });
  document.body.append(dialog);
  check();
  dialog.showModal();
  return { dialog, check };
}

function field(label, input) {
  return el('label', { class: 'field' }, label, input);
}

const TIMES = [['10m', '10 minutes'], ['30m', '30 minutes'], ['2h', '2 hours'], ['24h', 'a day']];
const timeField = () => el('select', { name: 'for' }, TIMES.map(([value, text]) => el('option', { value, selected: value === '30m' }, text)));

async function adopt(board, inventory) {
  let profiles = [];
  try {
    ({ profiles } = await api.site());
  } catch {
    // Without the list the server chooses, or says which there are.
  }
  const names = profiles.map((profile) => profile.name);
  const name = el('input', { name: 'name', required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', autofocus: true });
  const address = el('input', { name: 'address', autocomplete: 'off', inputmode: 'decimal', placeholder: 'the first free one' });
  const profile = el('select', { name: 'profile' }, names.length !== 1 && el('option', { value: '' }, 'as the rule says'), names.map((p) => el('option', { value: p }, p)));
  open('Adopt a board', [
    facts([['board', board.model || 'unknown'], ['MAC', board.mac], ['serial', board.serial], ['memory', board.ram], ['switch port', board.port], ['address now', board.address], ['asked last as', board.asked], ['seen since', moment(board.first)], ['heard last', moment(board.last)]]),
    el('div', { class: 'fields' }, field('Name', name), field('Address', address), field('Profile', profile)),
    el('p', { class: 'quiet' }, 'From its next boot on it is served what the profile says. A blank disk is then written; any other only after it was armed.'),
  ], {
    label: 'Adopt',
    ready: () => name.value.trim() !== '',
    async act(dialog) {
      const row = await api.adopt(board.mac, { name: name.value.trim(), address: address.value.trim(), profile: profile.value });
      dialog.close();
      toast(`${row.name} has ${row.address}.`);
      await inventory.load();
      // The rack is drawn with the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`[data-key="${CSS.escape(`node ${row.name}`)}"]`)?.focus()));
    },
  });
}

function confirmRule(row, again) {
  open(`Adopt ${row.name}`, [
    facts([['board', row.board], ['MAC', row.mac], ['serial', row.serial], ['address', row.address], ['profile', row.profile]]),
    el('p', {}, 'The rule adopted it. Confirm that it is one of yours: it gets its secrets from then on.'),
  ], {
    label: 'It is mine',
    async act(dialog) {
      await api.adopt(row.mac, {});
      dialog.close();
      await again(row.name);
    },
  });
}

/** A disk as it was shown, one text for each fact. */
const diskWords = (disk) => [bytes(disk.size), disk.model, `number ${disk.serial || disk.id}`].filter(Boolean).join(', ');

/** Choosing a disk, then typing its device: two deliberate acts. */
function diskQuestion(row, { optional }) {
  const typed = el('input', { name: 'typed', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const box = el('div', { class: 'danger-box', hidden: true });
  let chosen = null;
  const choose = (disk) => {
    chosen = disk;
    typed.value = '';
    box.hidden = !disk;
    if (disk) {
      box.replaceChildren();
      append(box, [
        el('p', {}, 'Everything on ', el('b', { class: 'mono' }, disk.device), ' of ', el('b', {}, row.name), ` may be overwritten: ${diskWords(disk)}. It holds `, el('b', {}, disk.found), '.'),
        el('label', { class: 'field' }, 'Type the device to confirm', typed),
      ]);
    }
  };
  const choice = (disk) => el('label', { class: 'choice' },
    el('input', { type: 'radio', name: 'disk', value: disk?.id ?? '', checked: !disk, on: { change: () => choose(disk) } }),
    disk ? [el('b', { class: 'mono' }, disk.device), el('small', {}, `${diskWords(disk)}; holds ${disk.found}`)] : [el('b', {}, 'None for now'), el('small', {}, 'A blank disk is written all the same; one that holds something waits until it is armed.')]);
  const set = el('fieldset', {}, el('legend', {}, 'Which disk may be overwritten?'), optional && choice(null), row.disks.map((disk) => choice(disk)));
  return { content: [set, box], disk: () => chosen, ready: () => (chosen ? typed.value.trim() === chosen.device : optional) };
}

/** What the operator saw must still be there: a card may have been changed meanwhile. */
async function unchanged(row, disk) {
  const now = (await api.node(row.name)).disks.find((other) => other.id === disk.id);
  if (JSON.stringify(now) !== JSON.stringify(disk)) throw new api.Problem(409, 'The disk is not the one shown here any more. Close this and look again.');
}

async function arm(old, again) {
  const row = await again(old.name) ?? old;
  const question = diskQuestion(row, { optional: false });
  const time = timeField();
  const none = !row.disks.length;
  open(`Arm ${row.name}`, none ? [el('p', {}, 'Its installer has not shown a disk yet. Start the node from the network, then come back: what lies on the disk is shown here before anything may be overwritten.')]
    : [...question.content, el('div', { class: 'fields' }, field('For how long', time))], {
    label: 'Allow overwriting',
    danger: true,
    ready: () => !none && question.ready(),
    async act(dialog) {
      await unchanged(row, question.disk());
      await api.arm(row.name, question.disk().id, time.value);
      dialog.close();
      await again(row.name);
    },
  });
}

async function recover(old, again) {
  const row = await again(old.name) ?? old;
  const question = diskQuestion(row, { optional: true });
  const time = timeField();
  open(`Install ${row.name} again`, [
    el('p', {}, 'At its next boot from the network it is installed as if it were new: same name, same address, same host keys. What the written disk held is lost.'),
    ...(row.disks.length ? [...question.content, el('div', { class: 'fields' }, field('The word about the disk holds', time))] : [el('p', { class: 'quiet' }, 'No disk was shown yet. A blank one is written; any other waits until it is armed.')]),
  ], {
    label: 'Install again',
    danger: true,
    ready: question.ready,
    async act(dialog) {
      const disk = question.disk();
      if (disk) await unchanged(row, disk);
      const { ways } = await api.recover(row.name, disk?.id, time.value);
      dialog.close();
      await again(row.name);
      tell(`How ${row.name} gets there`, [], el('ul', {}, ways.map((way) => el('li', {}, way))));
    },
  });
}

function forget(row, inventory) {
  const typed = el('input', { name: 'typed', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', autofocus: true });
  open(`Forget ${row.name}`, [
    el('p', {}, 'It becomes a stranger again. Its host keys and its machine-id are gone for good; its disk is left as it is.'),
    field(`Type ${row.name} to confirm`, typed),
  ], {
    label: 'Forget',
    danger: true,
    ready: () => typed.value.trim() === row.name,
    async act(dialog) {
      await api.forget(row.name);
      dialog.close();
      location.hash = '#/';
      await inventory.load();
    },
  });
}

/** What takes a node its power is done only after it was said. */
async function power(old, action, again, done) {
  const row = await again(old.name) ?? old;
  const turned = { on: `${row.name} has power.`, off: `${row.name} has no power.`, cycle: `${row.name} was switched off and on.` }[action];
  if (action === 'on') {
    try {
      await api.turn(row.name, action, false);
      toast(turned);
    } catch (problem) {
      toast(problem.message, true);
    }
    done();
    return;
  }
  const writing = row.phase === 'installing';
  open(action === 'off' ? `Switch ${row.name} off` : `Switch ${row.name} off and on`, [
    el('p', {}, 'It loses its power at once, as if its plug were pulled.'),
    writing && el('div', { class: 'danger-box' }, el('p', {}, 'Its disk is being written. A power cut now begins that again.')),
  ], {
    label: action === 'off' ? 'Switch off' : 'Off and on',
    danger: true,
    async act(dialog) {
      await api.turn(row.name, action, writing);
      dialog.close();
      toast(turned);
      done();
    },
  });
}

function tell(title, more, ...content) {
  const back = document.activeElement;
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, el('div', {}, el('h2', { id: 'dialog-title' }, title), content,
    el('div', { class: 'buttons' }, more, el('button', { type: 'button', autofocus: true, on: { click: () => dialog.close() } }, 'Close'))));
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (back?.isConnected) back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string | undefined} version of the appliance */
export function showHelp(version) {
  const keys = [['/', 'find a node; Enter goes to the first one found'], ['← → ↑ ↓', 'from slot to slot'], ['Enter', 'open the node, or adopt the board'], ['Home, End', 'the first and the last slot'], ['Esc', 'close a dialog, clear the search'], ['?', 'these keys']];
  const out = el('button', { type: 'button', class: 'plain', on: { click: () => api.logout().then(() => location.reload(), (problem) => toast(problem.message, true)) } }, 'Log out');
  tell('Keys', [out], el('dl', { class: 'keys' }, keys.map(([key, what]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, what)])),
    version && el('p', { class: 'quiet' }, `Coldframe ${version}`));
}
