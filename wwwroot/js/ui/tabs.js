// Tabs.
import { byId, make, show } from './dom.js';
import { languageChanges } from './language.js';

/** Tabs by the ARIA pattern: arrows move, Home and End jump, only the chosen one is a tab stop. */
export class Tabs {
  /** @type {{key: string, tab: HTMLButtonElement, pane: HTMLElement}[]} */ #all;
  /** @type {(key: string) => void} */ #onChoose;

  /**
   * @param {HTMLElement} list
   * @param {() => Readonly<Record<string, string>>} names by key, in the page's language of now; the pane is #pane-key
   * @param {(key: string) => void} onChoose
   */
  constructor(list, names, onChoose) {
    this.#onChoose = onChoose;
    this.#all = Object.entries(names()).map(([key, name]) => {
      const attributes = { type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': `pane-${key}` };
      const tab = make('button', { class: 'tab', text: name, attributes, on: { click: () => this.choose(key) } });
      const pane = byId(`pane-${key}`, HTMLElement);
      pane.setAttribute('aria-labelledby', tab.id);
      list.append(tab);
      return { key, tab, pane };
    });
    languageChanges.addEventListener('change', () => {
      for (const { key, tab } of this.#all) tab.textContent = names()[key];
    });
    list.addEventListener('keydown', (event) => this.#onKey(event));
    this.choose(this.#all[0].key);
  }

  /** @param {string} key */
  choose(key) {
    for (const { key: other, tab, pane } of this.#all) {
      const chosen = other === key;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      show(pane, chosen);
    }
    this.#onChoose(key);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const at = this.#all.findIndex(({ tab }) => tab === document.activeElement);
    const last = this.#all.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
    if (at < 0 || !(event.key in to)) return;
    event.preventDefault();
    this.choose(this.#all[to[event.key]].key);
    this.#all[to[event.key]].tab.focus();
  }
}
