// What gives a node its power: its port, its watts, and the switch for it.

import * as api from './api.js';
import { card, el, facts, replace } from './dom.js';
import { staged, watts } from './format.js';

/** A switch measures no faster than that. */
const POWER_MILLIS = 10_000;
const WORDS = { on: 'Switch on', off: 'Switch off …', cycle: 'Off and on …' };

export function powerCard(name, inventory, ask) {
  let gone = false;
  const box = el('div', {});
  const section = card('Power', box);
  section.hidden = true;
  let drawn = '';
  let power = null;
  let timer = null;
  let asked = 0;

  /** What its port does was asked; where it stands is in the inventory. */
  function draw() {
    if (!power) return;
    const row = inventory.nodes.get(name);
    const key = JSON.stringify([power, row?.facts]);
    // A button that has the focus stays.
    if (key === drawn) return;
    drawn = key;
    // A rack without a switch in its file has nothing to show here.
    section.hidden = !power.place && /no switch is named/.test(power.error ?? '');
    const can = power.can.filter((action) => (action === 'on') !== power.on);
    replace(box,
      facts([
        ['port', power.place && el('span', { class: 'mono' }, power.place)],
        ['power', power.on === null ? null : power.on ? `on, ${power.state}` : 'off'],
        ['takes', power.on ? watts(power.watts) : null],
        ['staging', row && [staged(row.facts), row.facts['staging-reason']].filter(Boolean).join(': ')],
        ['given up', row?.facts.rescue],
      ]),
      power.error && el('p', { class: 'quiet' }, power.error),
      can.length > 0 && el('div', { class: 'turns' }, can.map((action) => el('button', {
        type: 'button', class: action === 'on' ? 'plain' : 'plain danger', data: { action }, on: { click: () => ask.power(inventory.nodes.get(name), action, load) },
      }, WORDS[action]))));
  }

  /** The next question is put after the answer: a switch may take its time. */
  async function load() {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    let told = null;
    let failure = null;
    try {
      told = await api.power(name);
    } catch (problem) {
      failure = problem;
    }
    // An older answer tells what was before the port was switched.
    if (gone || mine !== asked) return;
    if (failure) {
      drawn = '';
      replace(box, el('p', { class: 'quiet' }, failure.message));
    } else {
      power = told;
      draw();
    }
    timer = setTimeout(load, POWER_MILLIS);
  }

  load();
  return {
    section,
    draw,
    load,
    close() {
      gone = true;
      clearTimeout(timer);
    },
  };
}
