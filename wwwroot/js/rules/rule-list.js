// The rules of a room, in the viewer's tab of zones.
import { icon, make, show } from '../ui/dom.js';
import { applyText } from '../ui/apply-text.js';
import { ruleText, whenText } from '../ui/rule-text.js';
import { RuleApi } from './rule-api.js';
import { RuleDialog } from './rule-dialog.js';
import { idOf, newRule } from './rule-fields.js';

/** @typedef {import('./rule-api.js').Rule} Rule */
/** @typedef {import('../overlay/zone-editor.js').Shape} Shape */
/** @typedef {{show: (message: string, tone?: 'good'|'warn'|'bad') => void}} Sayer */

/** Shows a room's rules, and has them changed. They belong to the room: the server keeps them with its name. */
export class RuleList {
  #api;
  #room;
  /** @type {() => readonly Shape[]} */ #shapes;
  /** @type {Sayer} */ #toasts;
  /** @type {Rule[]} */ #rules = [];
  #list = make('ul', { class: 'zones', attributes: { id: 'rule-list' } });
  #none = make('p', { class: 'note', attributes: { id: 'rules-none', 'data-text': 'rule.none' } });
  #add = make('button', {
    class: 'button button-small', attributes: { type: 'button', id: 'rule-add', 'data-text': 'rule.add' },
    on: { click: () => this.#begin() },
  });
  #dialog = new RuleDialog((rule) => this.#save(rule));
  /** @type {HTMLElement} */ element;

  /**
   * @param {{room: string, token?: string, shapes: () => readonly Shape[], toasts: Sayer}} page
   */
  constructor({ room, token, shapes, toasts }) {
    this.#api = new RuleApi(room, token);
    this.#room = room;
    this.#shapes = shapes;
    this.#toasts = toasts;
    const address = new URLSearchParams({ room, ...(token ? { token } : {}) });
    this.element = make('section', { class: 'rules', attributes: { id: 'rules', 'aria-labelledby': 'rules-title' } },
      make('div', { class: 'rules-head' }, make('h2', { attributes: { id: 'rules-title', 'data-text': 'rule.title' } }),
        make('a', { attributes: { href: `/events?${address}`, 'data-text': 'rule.events' } })),
      this.#list, this.#none, this.#add);
    applyText(this.element, { rule: ruleText });
  }

  /** The page has another language. */
  speak() {
    applyText(this.element, { rule: ruleText });
    this.#show();
    this.#dialog.close();
    this.#dialog = new RuleDialog((rule) => this.#save(rule));
  }

  get room() {
    return this.#room;
  }

  /** A watcher sees them. @param {boolean} only */
  setReadOnly(only) {
    show(this.#add, !only);
    this.#list.inert = only;
  }

  async load() {
    try {
      this.#rules = await this.#api.list();
    } catch {
      this.#toasts.show(ruleText.failed, 'warn');
    }
    this.#show();
  }

  /** A zone is called otherwise now: its rules go with it. @param {string} name @param {string} next */
  async rename(name, next) {
    for (const rule of this.#rules.filter(({ zone }) => zone === name)) {
      const reason = await this.#save({ ...rule, zone: next });
      if (reason !== null) this.#toasts.show(reason, 'warn');
    }
  }

  /** A zone is gone, and so is what its rules were about. @param {string} name */
  async forget(name) {
    for (const rule of this.#rules.filter(({ zone }) => zone === name)) await this.#remove(rule);
  }

  #begin() {
    const shapes = this.#shapes();
    const first = shapes[0];
    const when = !first ? 'class_appeared' : first.kind === 'line' ? 'line_crossed' : 'zone_entered';
    const taken = this.#rules.map(({ name }) => name);
    let name = whenText[when];
    for (let number = 2; taken.includes(name); number++) name = `${whenText[when]} ${number}`;
    this.#dialog.open(newRule(name, first?.name ?? null, when), shapes);
  }

  /** @param {Rule} rule @returns {Promise<string|null>} */
  async #save(rule) {
    try {
      const id = rule.rule_id || idOf(rule.name, this.#rules.map(({ rule_id: other }) => other));
      const kept = await this.#api.put({ ...rule, rule_id: id });
      const at = this.#rules.findIndex(({ rule_id: other }) => other === id);
      if (at < 0) this.#rules.push(kept);
      else this.#rules[at] = kept;
      this.#show();
      this.#toasts.show(ruleText.saved(kept.name), 'good');
      return null;
    } catch (error) {
      return error instanceof Error && error.message ? error.message : ruleText.failed;
    }
  }

  /** @param {Rule} rule */
  async #remove(rule) {
    try {
      await this.#api.remove(rule.rule_id);
    } catch (error) {
      this.#toasts.show(error instanceof Error && error.message ? error.message : ruleText.failed, 'warn');
      return;
    }
    this.#rules = this.#rules.filter((other) => other !== rule);
    this.#show();
    this.#add.focus();
    this.#toasts.show(ruleText.removed(rule.name), 'good');
  }

  /** @param {Rule} rule @param {HTMLInputElement} box */
  async #turn(rule, box) {
    const reason = await this.#save({ ...rule, enabled: box.checked });
    if (reason === null) return;
    box.checked = rule.enabled;
    this.#toasts.show(reason, 'warn');
  }

  #show() {
    show(this.#none, this.#rules.length === 0);
    const held = document.activeElement;
    const id = this.#list.contains(held) ? held?.closest('li')?.dataset.rule : undefined;
    this.#list.replaceChildren(...this.#rules.map((rule) => this.#row(rule)));
    // Whoever goes by the keyboard stays where it was.
    const row = [...this.#list.children].find((one) => one instanceof HTMLElement && id !== undefined && one.dataset.rule === id);
    row?.querySelector(held?.tagName === 'INPUT' ? 'input' : 'button')?.focus();
  }

  /** @param {Rule} rule */
  #row(rule) {
    const { name, when, zone, classes, enabled } = rule;
    const on = make('input', { attributes: { type: 'checkbox', 'aria-label': ruleText.on(name) } });
    on.checked = enabled;
    on.addEventListener('change', () => void this.#turn(rule, on));
    const edit = make('button', {
      class: 'rule-name', text: name, attributes: { type: 'button', 'aria-label': ruleText.edit(name), title: ruleText.edit(name) },
      on: { click: () => this.#dialog.open(rule, this.#shapes()) },
    });
    const remove = make('button', {
      class: 'button button-icon', attributes: { type: 'button', 'aria-label': ruleText.remove(name), title: ruleText.remove(name) },
      on: { click: () => void this.#remove(rule) },
    }, icon('trash'));
    return make('li', { class: 'zone', attributes: { 'data-rule': rule.rule_id } }, on, edit, remove,
      make('p', { text: ruleText.about(whenText[when], zone ?? '', classes) }));
  }

  close() {
    this.#dialog.close();
    this.element.remove();
  }
}
