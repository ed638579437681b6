// An icon that changes with what it stands for.
import { show } from './dom.js';

/**
 * Icons of which one is shown. All are in the page from the beginning: a browser asks the server once more for one that comes later, and
 * the server may be away by then.
 * @template {string} Name
 */
export class IconChoice {
  /** @type {{name: Name, use: SVGUseElement}[]} */ #all;

  /** @param {Element|null} svg the icon as the page has it, which is the first @param {readonly Name[]} names */
  constructor(svg, names) {
    const first = svg?.querySelector('use');
    if (!first) throw new Error('an icon is missing');
    this.#all = names.map((name, i) => {
      const use = i === 0 ? first : /** @type {SVGUseElement} */ (first.cloneNode());
      if (i > 0) use.setAttribute('href', `/icons/icons.svg#${name}`);
      return { name, use };
    });
    first.after(...this.#all.slice(1).map(({ use }) => use));
    this.show(names[0]);
  }

  /** @param {Name} name */
  show(name) {
    for (const { name: own, use } of this.#all) show(use, own === name);
  }
}
