// Keys. Single letters work only where nothing is being typed.

const remembered = new Map();

/**
 * One stop for Tab in a list, arrows within it. Left and right go by one, up and down by what lies there on the screen.
 * @param {HTMLElement} list
 * @param {string} selector the items that take the focus
 */
export function rove(list, selector) {
  const place = location.hash.split('?')[0];
  const items = () => [...list.querySelectorAll(selector)];

  function current() {
    const all = items();
    return all.find((item) => item.dataset.key === remembered.get(place)) ?? all[0];
  }

  function stop(item) {
    list.querySelectorAll(`${selector}[tabindex="0"]`).forEach((other) => other.setAttribute('tabindex', '-1'));
    item?.setAttribute('tabindex', '0');
  }

  list.addEventListener('focusin', (event) => {
    const item = event.target.closest(selector);
    if (item) {
      remembered.set(place, item.dataset.key);
      stop(item);
    }
  });
  list.addEventListener('keydown', (event) => {
    const item = event.target.closest(selector);
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = neighbour(items(), item, event.key);
    if (to) {
      event.preventDefault();
      to.focus();
      to.scrollIntoView({ block: 'nearest' });
    }
  });
  return {
    refresh: () => stop(current()),
    current: () => current()?.focus(),
    first: () => items()[0]?.focus(),
  };
}

function neighbour(all, item, key) {
  const at = all.indexOf(item);
  switch (key) {
    case 'ArrowRight': return all[at + 1];
    case 'ArrowLeft': return all[at - 1];
    case 'Home': return all[0];
    case 'End': return all.at(-1);
    case 'ArrowDown': return all[Math.min(at + columns(all), all.length - 1)];
    case 'ArrowUp': return all[Math.max(at - columns(all), 0)];
    default: return null;
  }
}

/** How many lie beside each other: those on the first one's line. */
function columns(all) {
  const top = all[0].parentElement.offsetTop;
  const next = all.findIndex((item) => item.parentElement.offsetTop !== top);
  return next < 0 ? all.length : next;
}

const typing = (target) => target instanceof HTMLElement && target.matches('input, select, textarea');

/** The keys of the whole page. */
export function pageKeys({ search, help }) {
  addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target) || document.querySelector('dialog[open]')) return;
    const action = { '/': search, '?': help }[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
