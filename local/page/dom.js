/** Makes an element: `el('button', { type: 'button', onclick }, 'Send')`. Text is never read as HTML. */
export function el(name, props = {}, ...children) {
  const svg = SVG.has(name);
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.setAttribute('class', value);
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else if (key in node && !svg && key !== 'list' && key !== 'form') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = new Set(['svg', 'path', 'circle', 'line', 'rect', 'g', 'use', 'title']);

/** Milliseconds for people: `0.4 ms`, `12 ms`, `1.3 s`. */
export function span(milliseconds) {
  if (milliseconds === undefined || Number.isNaN(milliseconds)) return '–';
  if (milliseconds < 10) return `${Math.max(0, milliseconds).toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** The time of day, to the millisecond. */
export function clock(at) {
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `firstName` and `user-info-submitted` as words: `First name`, `User info submitted`. */
export function words(name) {
  const text = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_.]+/g, ' ')
    .toLowerCase();
  const known = text.replace(/\b(id|kyc|url|iban|sms|api)\b/g, (word) => word.toUpperCase());
  return known.charAt(0).toUpperCase() + known.slice(1);
}

/** Enumerated values as words: `PROOF_OF_ADDRESS` is `Proof of address`. */
export function label(value) {
  return /^[A-Z0-9_]+$/.test(value) && value.length > 2 ? words(value) : value;
}

/** An object as its name, if it has one, and all else that is no id: `['Whole life', 'score 62 · …']`. */
export function describe({ name, ...rest }) {
  const others = Object.entries(rest).filter(([key]) => !key.endsWith('Id'));
  return [name, others.map(([key, value]) => `${words(key).toLowerCase()} ${value}`).join(' · ')];
}

/** Marks a button as busy. It isn't disabled: a browser takes the focus away from what is. */
export function busy(button, is) {
  button.setAttribute('aria-disabled', String(is));
}

/** Whether what the button does is under way. */
export const isBusy = (button) => button.ariaDisabled === 'true';

/** Tells those who listen to the page; an `urgent` text interrupts. */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? 'alarm' : 'status');
  region.textContent = '';
  // A text that is the same as before is told again.
  setTimeout(() => (region.textContent = text), 50);
}
