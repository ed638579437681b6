// The list of zones and lines.
import { byId, icon, make, setText, show } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';
import { shapeColour } from '../overlay/zone-painter.js';

/** @typedef {import('../session/messages.js').ZoneCount} ZoneCount */
/** @typedef {import('../overlay/zone-editor.js').ZoneEditor} ZoneEditor */
/** @typedef {import('../overlay/zone-editor.js').Shape} Shape */
/** @typedef {import('../rules/rule-list.js').RuleList} RuleList */
/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

/**
 * The list of zones and lines beside the picture: names, counts, and the buttons to make and remove them. The room's rules stand below it,
 * and their script is loaded when somebody looks.
 */
export class ZoneList {
  #list = byId('zones', HTMLElement);
  /** @type {ZoneEditor} */ #editor;
  /** @type {Map<string, HTMLElement>} */ #rows = new Map();
  /** @type {Map<string, ZoneCount>} */ #counts = new Map();
  /** @type {RuleList|null} */ #rules = null;
  /** @type {() => {room: string, token?: string, toasts: Toasts}} */ #page;
  #readOnly = false;
  #isOpen = false;

  /** @param {ZoneEditor} editor @param {() => {room: string, token?: string, toasts: Toasts}} page whose room it is just now */
  constructor(editor, page) {
    this.#editor = editor;
    this.#page = page;
    for (const kind of /** @type {const} */ (['zone', 'line'])) {
      byId(`${kind}-draw`, HTMLElement).addEventListener('click', () => editor.draw(editor.drawing === kind ? null : kind));
      byId(`${kind}-default`, HTMLElement).addEventListener('click', () => editor.addDefault(kind));
    }
    languageChanges.addEventListener('change', () => {
      this.#rows.clear();
      this.rebuild();
      this.#rules?.speak();
    });
  }

  /** Which button is down. */
  showDrawing() {
    for (const kind of ['zone', 'line']) {
      byId(`${kind}-draw`, HTMLElement).setAttribute('aria-pressed', String(this.#editor.drawing === kind));
    }
  }

  /** Somebody looks at them. */
  open() {
    this.#isOpen = true;
    void this.#showRules();
  }

  /** A watcher sees them. @param {boolean} only */
  setReadOnly(only) {
    this.#readOnly = only;
    show(byId('zone-tools', HTMLElement), !only);
    this.#list.inert = only;
    this.#rules?.setReadOnly(only);
  }

  /** Those of the room that is shown now. */
  async #showRules() {
    const page = this.#page();
    if (!this.#isOpen || this.#rules?.room === page.room) return;
    const { RuleList } = await import('../rules/rule-list.js');
    if (this.#rules?.room === page.room || this.#page().room !== page.room) return;
    this.#rules?.close();
    this.#rules = new RuleList({ ...page, shapes: () => this.#editor.shapes });
    this.#rules.setReadOnly(this.#readOnly);
    byId('pane-zones', HTMLElement).append(this.#rules.element);
    await this.#rules.load();
  }

  /** Shows the shapes anew where they are not the ones shown. */
  rebuild() {
    void this.#showRules();
    const { shapes } = this.#editor;
    const names = shapes.map(({ name }) => name);
    show(byId('zones-none', HTMLElement), names.length === 0);
    if (names.join('\n') === [...this.#rows.keys()].join('\n')) return;
    this.#rows.clear();
    this.#list.replaceChildren(...shapes.map((shape) => this.#row(shape)));
    this.#update();
  }

  /** @param {Shape} shape */
  #row({ kind, name }) {
    const swatch = make('span', { class: 'swatch' });
    swatch.style.background = shapeColour(name);
    const input = make('input', { class: 'input', attributes: { 'aria-label': text.view.zoneRename(name), maxlength: '40' } });
    input.addEventListener('change', () => {
      const before = this.#editor.shapes.map((shape) => shape.name);
      if (!this.#editor.rename(name, input.value)) input.value = name;
      else void this.#rules?.rename(name, this.#editor.shapes[before.indexOf(name)].name);
    });
    input.value = name;
    const label = text.view.zoneRemove(name);
    const attributes = { type: 'button', 'aria-label': label, title: label };
    const remove = make('button', { class: 'button button-icon', attributes }, icon('trash'));
    remove.addEventListener('click', () => this.#remove(name));
    const count = make('p');
    this.#rows.set(name, count);
    return make('li', { class: 'zone', attributes: { 'data-kind': kind } }, swatch, input, remove, count);
  }

  /** @param {string} name */
  #remove(name) {
    this.#editor.remove(name);
    void this.#rules?.forget(name);
    byId('zone-draw', HTMLElement).focus();
  }

  /** @param {readonly ZoneCount[]} counts */
  setCounts(counts) {
    this.#counts = new Map(counts.map((count) => [count.name, count]));
    this.#update();
  }

  #update() {
    for (const { name } of this.#editor.shapes) {
      const row = this.#rows.get(name);
      if (row) setText(row, this.describe(name));
    }
  }

  /** What a shape counted, as a line to read. @param {string} name */
  describe(name) {
    const count = this.#counts.get(name);
    const kind = this.#editor.shapes.find((shape) => shape.name === name)?.kind;
    if (!count) return '';
    return kind === 'zone'
      ? text.view.zoneInside(count.inside, count.entered, count.mean_dwell_seconds)
      : text.view.lineCrossed(count.entered, count.left);
  }
}
