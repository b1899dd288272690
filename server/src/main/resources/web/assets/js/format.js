// Numbers, times and names as people read them.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(count) {
  if (count === null || count === undefined || !Number.isFinite(Number(count))) return '';
  let value = Number(count);
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A span of time; short ones with more figures. */
export function span(millis) {
  if (!Number.isFinite(millis)) return '';
  const ms = Math.max(0, millis);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds % 60) % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} days`;
}

/** How long ago, in one or two words. */
export function ago(iso, now = Date.now()) {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** How long from now; empty when it is past. */
export function until(iso, now = Date.now()) {
  const left = Date.parse(iso) - now;
  return left > 0 ? span(left) : '';
}

/** A boot file without the serial that a Pi's loader puts before it. */
export const bare = (path) => path.replace(/^[0-9a-f]{8}\//, '');

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function clock(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return at.toDateString() === new Date().toDateString() ? CLOCK.format(at) : `${DAY.format(at)}, ${CLOCK.format(at)}`;
}

export function moment(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : WHOLE.format(at);
}

export function degrees(text) {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? `${value.toFixed(1)} °C` : '';
}

/** Above it a Pi begins to slow down. */
export const HOT = 80;

const PHASES = {
  new: 'unknown board', adopted: 'waiting', booting: 'booting', installing: 'installing', 'first-boot': 'first boot', ready: 'ready', failed: 'failed',
};
export const PHASE_ORDER = ['failed', 'installing', 'booting', 'first-boot', 'ready', 'adopted'];
export const phaseName = (phase) => PHASES[phase] ?? phase;

const STAGES = {
  dhcp: 'DHCP', files: 'boot files', kernel: 'kernel', install: 'install', 'first-boot': 'first boot', ready: 'ready',
};
export const stageName = (stage) => STAGES[stage] ?? stage;

/** What the firmware's throttled bits say, in words (bits 0 to 3 now, 16 to 19 since it started). */
export function throttled(text) {
  const bits = Number.parseInt(text, 16);
  if (!text || !Number.isFinite(bits)) return '';
  const words = ['under-voltage', 'frequency capped', 'throttled', 'soft temperature limit'];
  const now = words.filter((_, i) => bits & (1 << i));
  const before = words.filter((_, i) => bits & (1 << (16 + i)) && !(bits & (1 << i))).map((w) => `${w} earlier`);
  return [...now, ...before].join(', ') || 'no';
}

const STEPS = { waiting: 'waits for power', booting: 'powered', unknown: 'power unknown', stuck: 'is stuck', rescue: 'was given up', 'given-up': 'was given up' };

/** Where a node stands while power comes back to a rack; empty for one that needs no look. */
export function staged(facts) {
  const step = STEPS[facts.staging];
  if (!step) return '';
  const tries = Number(facts['staging-tries']);
  return tries ? `${step}, try ${tries} of ${facts['staging-of']}` : step;
}

export const watts = (count) => (Number.isFinite(count) ? `${count.toFixed(1)} W` : '');
