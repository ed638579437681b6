// The classes in the picture: colour, share, and whether they are shown.
import { make, setText } from '../ui/dom.js';
import { text } from '../ui/text.js';

/**
 * @typedef {import('./frame-messages.js').FoundClass} FoundClass
 * @typedef {{row: HTMLElement, share: HTMLElement, bar: HTMLElement, colour: HTMLInputElement, seenAt: number}} Row
 */

// A class that is gone keeps its line for a while, so that the list does not jump under a finger.
const KEEP_MS = 3_000;

const hex = (/** @type {readonly number[]} */ colour) => `#${colour.map((level) => level.toString(16).padStart(2, '0')).join('')}`;

export class Legend {
  /** @type {HTMLElement} */ #list;
  /** @type {Map<string, Row>} */ #rows = new Map();
  /** @type {Set<string>} */ #hidden = new Set();
  /** @type {() => void} */ #onFilter;
  /** @type {(label: string, colour: string) => void} */ #onColour;

  /**
   * @param {HTMLElement} list @param {() => void} onFilter what is shown has changed
   * @param {(label: string, colour: string) => void} onColour the user chose a colour
   */
  constructor(list, onFilter, onColour) {
    this.#list = list;
    this.#onFilter = onFilter;
    this.#onColour = onColour;
  }

  /**
   * What to show, as the server's filter wants it.
   * @param {readonly string[]} labels all there are @returns {string[]|null} null for everything
   */
  filter(labels) {
    return this.#hidden.size === 0 ? null : labels.filter((label) => !this.#hidden.has(label));
  }

  /** Another profile, other classes. */
  reset() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** @param {readonly FoundClass[]} classes @param {number} [now] */
  update(classes, now = performance.now()) {
    for (const found of classes) this.#show(found, now);
    for (const [label, row] of this.#rows) {
      if (row.seenAt === now) continue;
      if (now - row.seenAt > KEEP_MS && !this.#hidden.has(label)) {
        row.row.remove();
        this.#rows.delete(label);
      } else {
        setText(row.share, text.percent(0));
        row.bar.style.width = '0';
      }
    }
  }

  /** @param {FoundClass} found @param {number} now */
  #show({ label, share, colour }, now) {
    const row = this.#rows.get(label) ?? this.#add(label);
    row.seenAt = now;
    setText(row.share, text.percent(share));
    row.bar.style.width = `${Math.round(share * 100)}%`;
    row.bar.style.backgroundColor = hex(colour);
    if (document.activeElement !== row.colour) row.colour.value = hex(colour);
  }

  /** @param {string} label */
  #add(label) {
    const box = make('input', { attributes: { type: 'checkbox' }, on: { change: () => this.#toggle(label) } });
    box.checked = !this.#hidden.has(label);
    const colour = make('input', {
      class: 'swatch',
      attributes: { type: 'color', 'aria-label': text.segment.colourOf(label), title: text.segment.colourOf(label) },
      on: { input: () => this.#onColour(label, colour.value) },
    });
    const share = make('output', {});
    const bar = make('span', { class: 'bar-fill' });
    const row = make('li', { class: 'class-row' },
      colour,
      make('label', { class: 'class-name' }, box, make('span', { text: label })),
      share,
      make('span', { class: 'bar-line' }, bar));
    this.#list.append(row);
    const entry = { row, share, bar, colour, seenAt: 0 };
    this.#rows.set(label, entry);
    return entry;
  }

  /** @param {string} label */
  #toggle(label) {
    if (!this.#hidden.delete(label)) this.#hidden.add(label);
    this.#onFilter();
  }
}
