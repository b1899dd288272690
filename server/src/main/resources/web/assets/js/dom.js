// Builds elements. Whatever came from a board or a file enters the page as text nodes or as attributes, never as markup.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on` takes listeners, `data` takes data-* values; null and false are left out
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return parent;
}

export function replace(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** Sets a text only where it differs, so that a live list does not paint for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A definition list of what is known; empty values are left out. */
export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

export function card(title, ...children) {
  return el('section', { class: 'card', 'aria-label': title }, el('header', {}, el('h2', {}, title)), ...children);
}

export const plant = () => el('span', { class: 'plant', 'aria-hidden': 'true' });
