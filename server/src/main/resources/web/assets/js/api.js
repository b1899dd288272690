// The API as functions. Every refusal is a Problem whose message is the server's own sentence.

const ROOT = 'api/v1';

export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const path = (...parts) => [ROOT, ...parts.map((part) => encodeURIComponent(part))].join('/');

async function request(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...options });
  } catch {
    throw new Problem(0, 'The server does not answer.');
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  let detail = `The server answered ${response.status}.`;
  try {
    detail = (await response.json()).detail ?? detail;
  } catch {
    // Not a problem document; the status must do.
  }
  throw new Problem(response.status, detail);
}

function query(parameters) {
  const search = new URLSearchParams(Object.entries(parameters).filter(([, v]) => v !== null && v !== undefined && v !== ''));
  return search.size ? `?${search}` : '';
}

const get = (url, parameters = {}) => request(url + query(parameters));

/** What changes something carries a header that no foreign page can send. */
const send = (method, url, body = null) => request(url, {
  method,
  headers: { 'X-Coldframe': '1', ...(body ? { 'Content-Type': 'application/json' } : {}) },
  body: body ? JSON.stringify(body) : null,
});

/** Leaves out what the operator left empty. */
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, v]) => v));

export const session = () => get(path('session'));
export const site = () => get(path('site'));
export const findings = () => get(path('findings'));
export const nodes = (cursor, limit) => get(path('nodes'), { cursor, limit });
export const node = (name) => get(path('nodes', name));
export const boots = (name, limit) => get(path('nodes', name, 'boots'), { limit });
export const explain = (name) => get(path('nodes', name, 'explain'));
export const health = (name, since) => get(path('nodes', name, 'health'), { since });
export const hostKeys = (name) => get(path('nodes', name, 'host-keys'));
export const log = (name, limit) => get(path('nodes', name, 'log'), { limit });
export const logStream = (name, after) => path('nodes', name, 'log') + query({ after });
export const boards = () => get(path('boards'));
export const leases = () => get(path('leases'));
export const images = () => get(path('images'));
export const events = (filter) => get(path('events'), filter);
export const power = (name) => get(path('nodes', name, 'power'));
export const files = (name) => get(path('nodes', name, 'files'));
export const file = (name, file) => get(`${path('nodes', name, 'files')}/${file.split('/').map(encodeURIComponent).join('/')}`);
export const EVENTS = path('events');

export const logout = () => send('POST', path('logout'));
export const adopt = (mac, wish) => send('POST', path('boards', mac, 'adopt'), filled(wish));
export const arm = (name, disk, time) => send('POST', path('nodes', name, 'arm'), { disk, for: time });
export const disarm = (name) => send('POST', path('nodes', name, 'disarm'));
export const recover = (name, disk, time) => send('POST', path('nodes', name, 'recover'), disk ? { disk, for: time } : null);
export const forget = (name) => send('DELETE', path('nodes', name));
export const turn = (name, action, force) => send('POST', path('nodes', name, 'power'), { action, force: force ? 'yes' : 'no' });
