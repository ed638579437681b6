/**
 * The element with that id, of the class that the page's script counts on. A page that lacks it is a bug.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is missing`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{class?: string, text?: string, attributes?: Record<string, string>, on?: Record<string, (event: Event) => void>}} [options]
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(options.on ?? {})) element.addEventListener(name, listener);
  element.append(...children);
  return element;
}

/** A picture out of icons.svg. @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/icons/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** @param {Element} element @param {boolean} shown */
export function show(element, shown) {
  element.toggleAttribute('hidden', !shown);
}

/** Sets text only where it changed: a screen reader reads a live region at every change. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The room of the address: letters, digits, - and _, as the server has them. */
export function roomOfAddress() {
  const room = new URLSearchParams(location.search).get('room')?.trim() ?? '';
  return room === '' ? 'demo' : room;
}

/**
 * Changes one thing of the page's address without loading it anew.
 * @param {string} name @param {string} value @param {{keepsWayBack?: boolean}} [options] keepsWayBack: the browser's back leads here
 */
export function setAddress(name, value, { keepsWayBack = false } = {}) {
  const url = new URL(location.href);
  url.searchParams.set(name, value);
  if (keepsWayBack) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

/** @returns {string|undefined} */
export function tokenOfAddress() {
  return new URLSearchParams(location.search).get('token') ?? undefined;
}
