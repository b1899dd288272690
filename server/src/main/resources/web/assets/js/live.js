// The journal as it happens: server-sent events. The browser reconnects by itself and says where it stopped; when it gives up, so that a
// restarted server is found again, a new connection is made.

import { EVENTS } from './api.js';

const RETRY_MILLIS = 3000;

/**
 * @param {(event: object) => void} heard each journal event
 * @param {(state: 'connecting' | 'live' | 'lost', again: boolean) => void} changed the connection; `again` when it was lost before
 */
export function listen(heard, changed) {
  let lost = false;
  let source;
  let retry;

  function open() {
    source = new EventSource(EVENTS);
    source.addEventListener('open', () => {
      changed('live', lost);
      lost = false;
    });
    source.addEventListener('message', (message) => heard(JSON.parse(message.data)));
    source.addEventListener('error', () => {
      lost = true;
      changed('lost', true);
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MILLIS);
    });
  }

  changed('connecting', false);
  open();
  // A page that is put away must not hold one of the browser's few connections.
  addEventListener('pagehide', () => {
    clearTimeout(retry);
    source.close();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
}
