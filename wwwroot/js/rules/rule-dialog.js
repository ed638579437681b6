// The dialog in which a rule is made or changed.
import { icon, make, setText, show } from '../ui/dom.js';
import { ruleText, whenText } from '../ui/rule-text.js';
import { text } from '../ui/text.js';
import { namesOf, RULE_FIELDS, WHENS } from './rule-fields.js';

/** @typedef {import('./rule-api.js').Rule} Rule */
/** @typedef {import('../overlay/zone-editor.js').Shape} Shape */
/** @typedef {import('../ui/rule-text.js').When} When */

const DAYS = Object.keys(ruleText.days);
const MAX_NAME_LENGTH = 80;

/** Asks for a rule until the server takes it. Owns the dialog. */
export class RuleDialog {
  #title = make('h2', { attributes: { id: 'rule-title' } });
  #reason = make('p', { class: 'problem', attributes: { role: 'status', id: 'rule-reason', hidden: '' } });
  #name = this.#input('rule-name', 'text', { maxlength: String(MAX_NAME_LENGTH), required: '' });
  #when = make('select', { class: 'select', attributes: { id: 'rule-when' } });
  #where = make('select', { class: 'select', attributes: { id: 'rule-where' } });
  #direction = make('select', { class: 'select', attributes: { id: 'rule-direction' } });
  #seconds = this.#input('rule-seconds', 'number', { min: '0.5', max: '86400', step: 'any', required: '' });
  #count = this.#input('rule-count', 'number', { min: '0', max: '1000', step: '1', required: '' });
  #classes = this.#input('rule-classes', 'text', {
    'aria-describedby': 'rule-classes-hint', autocapitalize: 'none', placeholder: 'person, car',
  });
  #confidence = this.#input('rule-confidence', 'number', { min: '0', max: '1', step: '0.05', required: '' });
  #cooldown = this.#input('rule-cooldown', 'number', { min: '0', max: '86400', step: 'any', required: '' });
  #timed = make('input', { attributes: { type: 'checkbox', id: 'rule-timed' } });
  #days = DAYS.map((day) => make('input', { attributes: { type: 'checkbox', value: day, id: `rule-day-${day}` } }));
  #from = this.#input('rule-from', 'time', { required: '' });
  #to = this.#input('rule-to', 'time', { required: '' });
  #record = make('input', { attributes: { type: 'checkbox', id: 'rule-record' } });
  #before = this.#input('rule-before', 'number', { min: '0', max: '30', step: '1', required: '' });
  #after = this.#input('rule-after', 'number', { min: '1', max: '120', step: '1', required: '' });
  #mqtt = make('input', { attributes: { type: 'checkbox', id: 'rule-mqtt' } });
  #webhook = this.#input('rule-webhook', 'url', { placeholder: 'https://', 'aria-describedby': 'rule-webhook-hint' });
  #schedule = make('div', { class: 'rule-part' });
  #clip = make('div', { class: 'rule-pair' });
  /** @type {HTMLElement[]} */ #optional = [];
  #dialog;
  /** @type {readonly Shape[]} */ #shapes = [];
  /** @type {Rule|null} */ #rule = null;
  /** @type {(rule: Rule) => Promise<string|null>} */ #save;

  /** @param {(rule: Rule) => Promise<string|null>} save null where it was taken, else why not */
  constructor(save) {
    this.#save = save;
    for (const when of WHENS) this.#when.append(make('option', { text: whenText[when], attributes: { value: when } }));
    for (const [value, words] of Object.entries(ruleText.directions)) {
      this.#direction.append(make('option', { text: words, attributes: { value } }));
    }
    this.#schedule.append(
      make('div', { class: 'rule-days', attributes: { role: 'group', 'aria-label': ruleText.daysName } },
        ...this.#days.map((box, at) => make('label', {}, box, make('span', { text: Object.values(ruleText.days)[at] })))),
      make('div', { class: 'rule-pair' }, this.#field(ruleText.from, this.#from), this.#field(ruleText.to, this.#to)));
    this.#clip.append(this.#field(ruleText.before, this.#before), this.#field(ruleText.after, this.#after));
    const close = make('button', {
      class: 'button button-icon', attributes: { type: 'button', 'aria-label': text.close, title: text.close },
      on: { click: () => this.#dialog.close() },
    }, icon('close'));
    this.#dialog = make('dialog', { class: 'dialog rule-dialog', attributes: { id: 'rule-dialog', 'aria-labelledby': 'rule-title' } },
      make('div', { class: 'dialog-head' }, this.#title, close), this.#form());
    for (const element of [this.#when, this.#timed, this.#record]) element.addEventListener('change', () => this.#follow());
    document.body.append(this.#dialog);
  }

  /** @param {Rule} rule @param {readonly Shape[]} shapes of the room */
  open(rule, shapes) {
    this.#rule = rule;
    this.#shapes = shapes;
    setText(this.#title, rule.rule_id === '' ? ruleText.newTitle : ruleText.editTitle);
    show(this.#reason, false);
    this.#name.value = rule.name;
    this.#when.value = rule.when;
    this.#direction.value = rule.direction;
    this.#seconds.value = String(rule.seconds);
    this.#count.value = String(rule.count);
    this.#classes.value = rule.classes.join(', ');
    this.#confidence.value = String(Math.round(rule.confidence * 100) / 100);
    this.#cooldown.value = String(rule.cooldown_seconds);
    const { schedule, actions } = rule;
    this.#timed.checked = schedule !== null;
    for (const box of this.#days) box.checked = !schedule?.days?.length || schedule.days.includes(box.value);
    this.#from.value = schedule?.from ?? '08:00';
    this.#to.value = schedule?.to ?? '18:00';
    this.#record.checked = Boolean(actions.record);
    this.#before.value = String(actions.record?.before ?? 5);
    this.#after.value = String(actions.record?.after ?? 5);
    this.#mqtt.checked = actions.mqtt === true;
    this.#webhook.value = actions.webhook ?? '';
    this.#follow();
    this.#where.value = rule.zone ?? '';
    this.#dialog.showModal();
  }

  /** @returns {HTMLFormElement} */
  #form() {
    const check = (/** @type {HTMLInputElement} */ box, /** @type {string} */ words) =>
      make('label', { class: 'rule-check' }, box, make('span', { text: words }));
    const hint = (/** @type {string} */ id, /** @type {string} */ words) => make('p', { class: 'note', text: words, attributes: { id } });
    const optional = (/** @type {string} */ field, /** @type {HTMLElement} */ element) => {
      element.dataset.for = field;
      this.#optional.push(element);
      return element;
    };
    const buttons = make('div', { class: 'dialog-buttons' },
      make('button', { class: 'button', text: ruleText.cancel, attributes: { type: 'button' }, on: { click: () => this.#dialog.close() } }),
      make('button', { class: 'button button-main', text: ruleText.save, attributes: { type: 'submit', id: 'rule-save' } }));
    return make('form', {
      class: 'dialog-body', attributes: { method: 'dialog' }, on: { submit: (event) => void this.#submit(event) },
    },
      this.#field(ruleText.name, this.#name),
      make('div', { class: 'rule-pair rule-places' }, this.#field(ruleText.when, this.#when), this.#field(ruleText.where, this.#where)),
      optional('direction', this.#field(ruleText.direction, this.#direction)),
      optional('seconds', this.#field(ruleText.seconds, this.#seconds)),
      optional('count', this.#field(ruleText.count, this.#count)),
      make('div', { class: 'field' }, ...this.#field(ruleText.classes, this.#classes).childNodes,
        hint('rule-classes-hint', ruleText.classesHint)),
      make('div', { class: 'rule-pair' },
        this.#field(ruleText.confidence, this.#confidence), this.#field(ruleText.cooldown, this.#cooldown)),
      check(this.#timed, ruleText.schedule), this.#schedule,
      check(this.#record, ruleText.record), this.#clip,
      check(this.#mqtt, ruleText.mqtt),
      make('div', { class: 'field' }, ...this.#field(ruleText.webhook, this.#webhook).childNodes,
        hint('rule-webhook-hint', ruleText.webhookHint)),
      this.#reason, buttons);
  }

  /** @param {string} id @param {string} type @param {Record<string, string>} more */
  #input(id, type, more) {
    return make('input', { class: 'input', attributes: { id, type, ...more } });
  }

  /** @param {string} words @param {HTMLElement} control */
  #field(words, control) {
    return make('div', { class: 'field' }, make('label', { text: words, attributes: { for: control.id } }), control);
  }

  /** Shows the fields that belong to what is chosen. */
  #follow() {
    const { fields, needsPlace } = RULE_FIELDS[/** @type {When} */ (this.#when.value)];
    for (const element of this.#optional) {
      const isMeant = fields.includes(/** @type {any} */ (element.dataset.for));
      show(element, isMeant);
      for (const control of element.querySelectorAll('input')) control.disabled = !isMeant;
    }
    const kind = fields.includes('line') ? 'line' : 'zone';
    const chosen = this.#where.value;
    const shapes = this.#shapes.filter((shape) => shape.kind === kind).map(({ name }) => name);
    const options = shapes.map((name) => make('option', { text: name, attributes: { value: name } }));
    const without = needsPlace ? (kind === 'line' ? ruleText.noLine : ruleText.noZone) : ruleText.everywhere;
    if (!needsPlace || shapes.length === 0) options.unshift(make('option', { text: without, attributes: { value: '' } }));
    this.#where.replaceChildren(...options);
    if (shapes.includes(chosen)) this.#where.value = chosen;
    this.#where.required = needsPlace;
    show(this.#schedule, this.#timed.checked);
    show(this.#clip, this.#record.checked);
    for (const control of [this.#from, this.#to]) control.disabled = !this.#timed.checked;
    for (const control of [this.#before, this.#after]) control.disabled = !this.#record.checked;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const reason = await this.#save(this.#read());
    show(this.#reason, reason !== null);
    setText(this.#reason, reason ?? '');
    if (reason === null) this.#dialog.close();
    else this.#reason.scrollIntoView({ block: 'nearest' });
  }

  /** @returns {Rule} */
  #read() {
    const before = /** @type {Rule} */ (this.#rule);
    const zone = this.#where.value === '' ? null : this.#where.value;
    const days = this.#days.filter(({ checked }) => checked).map(({ value }) => value);
    return {
      rule_id: before.rule_id,
      enabled: before.enabled,
      name: this.#name.value.trim(),
      when: /** @type {When} */ (this.#when.value),
      zone,
      direction: /** @type {Rule['direction']} */ (this.#direction.value),
      seconds: Number(this.#seconds.value),
      count: Number(this.#count.value),
      classes: namesOf(this.#classes.value),
      confidence: Number(this.#confidence.value),
      schedule: this.#timed.checked
        ? {
          days: days.length === DAYS.length ? [] : days, from: this.#from.value, to: this.#to.value,
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        }
        : null,
      cooldown_seconds: Number(this.#cooldown.value),
      actions: {
        webhook: this.#webhook.value.trim() || null,
        mqtt: this.#mqtt.checked,
        record: this.#record.checked ? { before: Number(this.#before.value), after: Number(this.#after.value) } : null,
      },
    };
  }

  close() {
    this.#dialog.remove();
  }
}
