// What the page knows of nodes and unknown boards, kept fresh: events change it at once where they say enough, and what they touched is
// asked for again a moment later.

import * as api from './api.js';
import { bare } from './format.js';

const PAGE = 250;
const SETTLE_MILLIS = 250;
const BUSY_MILLIS = 2000;
/** More changed nodes than this are cheaper as whole pages. */
const MANY = 12;

export class Inventory extends EventTarget {
  /** By name, in the order of the inventory. */
  nodes = new Map();
  /** Unknown boards by MAC. */
  boards = new Map();
  /** The boot file that a node got last, by its name; only from what was heard. */
  fetched = new Map();
  loaded = false;

  #touched = new Set();
  #everything = false;
  #timer = 0;
  #asked = 0;
  #loading = null;

  /** All pages; each is shown when it comes. */
  load() {
    this.#loading ??= this.#pages().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #pages() {
    this.#asked = Date.now();
    const boards = api.boards();
    boards.catch(() => {});
    const seen = new Set();
    let cursor = null;
    do {
      const page = await api.nodes(cursor, PAGE);
      for (const row of page.nodes) {
        if (!row.name) continue;
        seen.add(row.name);
        this.nodes.set(row.name, row);
      }
      cursor = page.next;
      this.#changed(null);
    } while (cursor);
    for (const name of this.nodes.keys()) if (!seen.has(name)) this.nodes.delete(name);
    this.boards = new Map((await boards).boards.map((board) => [board.mac, board]));
    this.loaded = true;
    this.#changed(null);
  }

  /** @param {string[] | null} names null: anything */
  #changed(names) {
    this.dispatchEvent(new CustomEvent('change', { detail: names }));
  }

  /** Asks for a node again. */
  async refresh(name) {
    try {
      const row = await api.node(name);
      const known = this.nodes.has(name);
      this.nodes.set(name, row);
      this.#changed(known ? [name] : null);
      return row;
    } catch (problem) {
      if (problem.status === 404 && this.nodes.delete(name)) this.#changed(null);
      throw problem;
    }
  }

  /** Takes an event of the journal. */
  hear(event) {
    const row = this.nodes.get(event.subject);
    if (row) {
      this.#apply(row, event);
      this.#changed([event.subject]);
      this.#touched.add(event.subject);
    }
    if (!row || event.type === 'adopted' || event.type === 'forgotten') this.#everything = true;
    this.#settle();
  }

  #settle() {
    if (this.#timer) return;
    const busy = this.#everything || this.#touched.size > MANY;
    const wait = busy ? Math.max(SETTLE_MILLIS, this.#asked + BUSY_MILLIS - Date.now()) : SETTLE_MILLIS;
    this.#timer = setTimeout(() => this.#catchUp(), wait);
  }

  async #catchUp() {
    const touched = [...this.#touched];
    const everything = this.#everything || touched.length > MANY;
    this.#touched.clear();
    this.#everything = false;
    try {
      if (everything) await this.load();
      else await Promise.allSettled(touched.map((name) => this.refresh(name)));
    } catch {
      // The connection's state is shown; the next event asks again.
    }
    this.#timer = 0;
    if (this.#everything || this.#touched.size) this.#settle();
  }

  /** What an event says by itself. */
  #apply(row, { type, at, fields }) {
    switch (type) {
      case 'phase':
        row.phase = fields.to ?? row.phase;
        row.since = at;
        this.fetched.delete(row.name);
        break;
      case 'file-served':
        this.fetched.set(row.name, bare(fields.path));
        break;
      case 'install-progress':
        row.progress = { ...row.progress, install: { bytes: Number(fields.bytes), total: Number(fields.of) || null } };
        break;
      case 'armed':
        row.arm = { disk: fields.disk, until: fields.until };
        break;
      case 'disarmed':
        row.arm = null;
        break;
      default:
    }
  }
}
