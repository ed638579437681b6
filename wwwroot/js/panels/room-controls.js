// The room's settings as controls.
import { byId, make, setText } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';
import { legendOf } from './class-legend.js';
import { isWanted, NO_CLASS, SettingsEdit, toggleClass } from './settings-edit.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').ModelEntry} ModelEntry */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

const SEND_AFTER_MS = 150;

/**
 * What the sliders show and send.
 * @type {Readonly<Record<string, {field: 'confidence'|'blur'|'detect_every'|'mask_every'|'trails', show: (value: number) => string}>>}
 */
const SLIDERS = {
  confidence: { field: 'confidence', show: (value) => text.percent(value) },
  blur: { field: 'blur', show: (value) => text.percent(value) },
  'detect-every': { field: 'detect_every', show: (value) => text.view.pictures(value) },
  'mask-every': { field: 'mask_every', show: (value) => text.view.pictures(value) },
  trails: { field: 'trails', show: (value) => text.view.trailSeconds(value) },
};

/**
 * The room's settings as controls. What somebody changes here goes to the server and comes back to everybody;
 * what others change shows here, but never under a finger that is moving.
 */
export class RoomControls {
  /** @type {(patch: Partial<RoomSettings>) => void} */ #onChange;
  #edit = new SettingsEdit();
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {Set<string>} */ #seen = new Set();
  /** @type {Map<string, HTMLElement>} The legend's place under each class. */ #dots = new Map();
  #legend = '';
  #readOnly = false;
  /** @type {readonly ModelEntry[]} */ #models = [];
  #abort = new AbortController();
  #mode = byId('mode', HTMLSelectElement);
  #model = byId('model', HTMLSelectElement);

  /** @param {(patch: Partial<RoomSettings>) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#speak();
    languageChanges.addEventListener('change', () => this.#speak(), { signal: this.#abort.signal });
    this.#mode.addEventListener('change', () => this.#change({ mode: /** @type {RoomSettings['mode']} */ (this.#mode.value) }));
    this.#model.addEventListener('change', () => this.#change({ model: this.#model.value }));
    for (const [id, { field, show }] of Object.entries(SLIDERS)) {
      const input = byId(id, HTMLInputElement);
      input.addEventListener('input', () => {
        setText(byId(`${id}-value`, HTMLElement), show(Number(input.value)));
        input.setAttribute('aria-valuetext', show(Number(input.value)));
        this.#change({ [field]: Number(input.value) });
      });
    }
  }

  /** Writes what stands in words. */
  #speak() {
    const mode = this.#mode.value;
    this.#mode.replaceChildren(...Object.entries(text.mode).map(([value, label]) => new Option(label, value)));
    if (mode) this.#mode.value = mode;
    this.setModels(this.#models);
    if (this.#edit.settings) this.#showSettings(this.#edit.settings);
  }

  /** @param {Partial<RoomSettings>} patch */
  #change(patch) {
    if (this.#readOnly) return;
    this.#edit.change(patch);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onChange(this.#edit.take()), SEND_AFTER_MS);
  }

  /** @param {readonly ModelEntry[]} models */
  setModels(models) {
    this.#models = models;
    const chosen = this.#edit.settings?.model ?? this.#model.value;
    const detectors = models.filter(({ task, name }) => task.startsWith('detect') && name !== 'auto' && name !== 'motion');
    this.#model.replaceChildren(new Option(text.view.modelAuto, 'auto'), new Option(text.view.modelMotion, 'motion'));
    for (const { name, on_disk: onDisk, problem } of detectors) {
      const option = new Option(onDisk ? name : `${name} (${text.home.modelMissing})`, name);
      option.disabled = !onDisk || problem !== null;
      if (problem) option.title = problem;
      this.#model.add(option);
    }
    this.#model.value = chosen || 'auto';
  }

  /** A watcher sees the room's settings and changes none of them. @param {boolean} readOnly */
  setReadOnly(readOnly) {
    this.#readOnly = readOnly;
    const sliders = Object.keys(SLIDERS).map((id) => byId(id, HTMLInputElement));
    for (const control of [this.#mode, this.#model, ...sliders]) control.disabled = readOnly;
    this.#showClasses();
  }

  /** @param {RoomSettings} received */
  setSettings(received) {
    for (const label of received.classes) if (label !== NO_CLASS) this.#seen.add(label);
    this.#showSettings(this.#edit.receive(received));
  }

  /** @param {RoomSettings} settings */
  #showSettings(settings) {
    this.#mode.value = settings.mode;
    this.#model.value = settings.model;
    for (const [id, { field, show }] of Object.entries(SLIDERS)) {
      const input = byId(id, HTMLInputElement);
      const value = settings[field] ?? 0;
      input.value = String(value);
      setText(byId(`${id}-value`, HTMLElement), show(value));
      input.setAttribute('aria-valuetext', show(value));
    }
    this.#showClasses();
  }

  /** Classes are offered as they are seen. @param {DetectionsMessage} message */
  addResult(message) {
    const before = this.#seen.size;
    for (const { label } of [...message.detections, ...message.classes ?? []]) this.#seen.add(label);
    if (this.#seen.size !== before) this.#showClasses();
    this.#showLegend(message);
  }

  /** @param {DetectionsMessage} message */
  #showLegend(message) {
    const entries = legendOf(message);
    const legend = JSON.stringify([...entries]);
    if (legend === this.#legend) return;
    this.#legend = legend;
    for (const [label, place] of this.#dots) {
      const { colours = [], share = null } = entries.get(label) ?? {};
      place.replaceChildren(...colours.map((colour) => {
        const dot = make('span', { class: 'swatch' });
        dot.style.background = colour;
        return dot;
      }), ...share === null ? [] : [make('span', { class: 'share', text: text.percent(share) })]);
    }
  }

  #showClasses() {
    const place = byId('classes', HTMLElement);
    if (this.#seen.size === 0) {
      place.replaceChildren(make('span', { class: 'note', text: text.view.classesNone }));
      return;
    }
    const chosen = this.#edit.settings?.classes ?? [];
    const all = chosen.length === 0;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.class : undefined;
    /** @type {Record<string, string>} */
    const disabled = this.#readOnly ? { disabled: '' } : {};
    const buttons = [...this.#seen].sort().map((label) => {
      const dots = make('span', { class: 'dots' });
      this.#dots.set(label, dots);
      return make('button', {
        class: 'class',
        attributes: { type: 'button', ...disabled, 'aria-pressed': String(isWanted(chosen, label)), 'data-class': label },
        on: { click: () => this.#toggle(label) },
      }, label, dots);
    });
    if (!all && !this.#readOnly) {
      const on = { click: () => this.#choose([]) };
      buttons.unshift(make('button', { class: 'class', text: text.view.classesAll, attributes: { type: 'button' }, on }));
    }
    place.replaceChildren(...buttons);
    this.#legend = '';
    buttons.find((button) => focused !== undefined && button.dataset.class === focused)?.focus();
  }

  /** @param {string} label */
  #toggle(label) {
    this.#choose(toggleClass(this.#edit.settings?.classes ?? [], this.#seen, label));
  }

  /** @param {string[]} classes */
  #choose(classes) {
    this.#change({ classes });
    this.#showClasses();
  }

  /** Another room is shown: nothing of the last one's is offered or sent. */
  clear() {
    clearTimeout(this.#timer);
    this.#edit = new SettingsEdit();
    this.#seen.clear();
    this.#showClasses();
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}
