// A model in the list.
import { make, setText, show } from '../ui/dom.js';
import { modelsText as text } from '../ui/models-text.js';

/** @typedef {import('./models-api.js').Model} Model */
/** @typedef {import('./models-api.js').Pull} Pull */
/** @typedef {{room: string, before: string|undefined}} UsedBy */
/**
 * @typedef {object} CardActions
 * @property {(model: Model) => void} pull
 * @property {() => void} cancel
 * @property {(model: Model) => void} measure
 * @property {(model: Model) => void} compare
 * @property {(model: Model) => void} remove
 * @property {(room: string, model: string) => void} use
 */

/** What is told of a model, as pairs of a word and what it is. @param {Model} model @returns {[string, string][]} */
export function factsOf(model) {
  const isEmbedded = model.origin === 'embedded';
  /** @type {[string, string][]} */
  const facts = [[text.licence, model.licence]];
  if (!isEmbedded) facts.push([text.size, text.bytes(model.bytes)], [text.layout, model.layout ?? text.unknown]);
  if (model.input_width && model.input_height) facts.push([text.input, text.inputSize(model.input_width, model.input_height)]);
  else if (model.on_disk && !isEmbedded) facts.push([text.input, text.anySize]);
  if (model.on_disk && model.suits.length > 0) {
    const { rate } = model;
    facts.push([text.rate, rate ? text.rateOf(rate.per_second, rate.milliseconds, rate.provider) : text.unmeasured]);
  }
  return facts;
}

/** Its facts, the rooms that use it, and what may be done with it. */
export class ModelCard {
  /** @type {Model} */ #model;
  #actions;
  #title = make('h3');
  #chips = make('div', { class: 'model-chips' });
  #facts = make('dl', { class: 'model-facts' });
  #problem = make('p', { class: 'model-problem' });
  #rooms = make('div', { class: 'model-rooms' });
  #progress = make('progress', { attributes: { max: '1', value: '0' } });
  #get; #cancel; #measure; #compare; #remove;
  #select = make('select', { class: 'select' });
  #use;
  #useRow;
  #isSure = false;
  #isMeasuring = false;
  /** @type {HTMLElement} */ element;

  /** @param {Model} model @param {CardActions} actions */
  constructor(model, actions) {
    this.#model = model;
    this.#actions = actions;
    const button = (/** @type {string} */ words, /** @type {string} */ label, /** @type {() => void} */ click, main = false) =>
      make('button', {
        class: `button button-small${main ? ' button-main' : ''}`, text: words,
        attributes: { type: 'button', 'aria-label': label }, on: { click },
      });
    const { name } = model;
    setText(this.#title, name);
    this.#progress.setAttribute('aria-label', text.pulling(name));
    this.#select.setAttribute('aria-label', text.room(name));
    this.#get = button(text.get, text.getNamed(name), () => actions.pull(this.#model), true);
    this.#cancel = button(text.cancel, text.cancel, () => actions.cancel());
    this.#measure = button(text.measure, text.measureNamed(name), () => actions.measure(this.#model));
    this.#compare = button(text.compare, text.compareNamed(name), () => actions.compare(this.#model));
    this.#remove = button(text.remove, text.removeNamed(name), () => this.#removeOrAsk());
    this.#remove.addEventListener('blur', () => this.#ask(false));
    this.#use = button(text.use, text.useNamed(name), () => this.#select.value && actions.use(this.#select.value, name));
    this.#useRow = make('div', { class: 'model-use' }, this.#select, this.#use);
    this.element = make('li', { class: 'card model', attributes: { 'data-model': name } },
      make('div', { class: 'model-head' }, this.#title, this.#chips), this.#facts, this.#problem, this.#rooms, this.#progress,
      make('div', { class: 'model-buttons' }, this.#get, this.#cancel, this.#measure, this.#compare, this.#remove), this.#useRow);
    this.update(model);
    this.showPull(null);
    this.showRooms([], []);
  }

  /** @param {Model} model */
  update(model) {
    this.#model = model;
    const chip = (/** @type {string} */ words, tone = '') => make('span', { class: `chip ${tone}`, text: words });
    const tone = model.on_disk ? 'chip-good' : '';
    this.#chips.replaceChildren(
      ...(model.suits.length > 0 ? model.suits.map((suit) => chip(text.suits[suit], tone)) : [chip(text.clips)]),
      chip(text.origin[model.origin]), ...(model.on_disk ? [] : [chip(text.absent)]));
    this.#facts.replaceChildren(...factsOf(model).map(([word, what]) =>
      make('div', {}, make('dt', { text: word }), make('dd', { text: what }))));
    setText(this.#problem, model.problem ?? '');
    this.#update();
  }

  /** @param {boolean} may */
  allow(may) {
    for (const button of [this.#get, this.#remove, this.#cancel]) button.disabled = !may;
    this.#measure.disabled = !may || this.#isMeasuring;
  }

  /** @param {boolean} isMeasuring @param {boolean} may */
  showMeasuring(isMeasuring, may) {
    this.#isMeasuring = isMeasuring;
    setText(this.#measure, isMeasuring ? text.measuring : text.measure);
    this.#measure.disabled = !may || isMeasuring;
  }

  /** @param {Pull|null} pull */
  showPull(pull) {
    const isPulling = pull?.state === 'pulling' && pull.model === this.#model.name;
    show(this.#progress, isPulling);
    show(this.#cancel, isPulling);
    if (isPulling) this.#progress.value = pull.total > 0 ? pull.bytes / pull.total : 0;
    show(this.#get, !this.#model.on_disk && !isPulling);
  }

  /** @param {UsedBy[]} users rooms that use it @param {string[]} all rooms on air */
  showRooms(users, all) {
    const links = users.map(({ room, before }) => {
      const link = make('a', { class: 'chip chip-good', text: room, attributes: { href: `/view?room=${encodeURIComponent(room)}` } });
      if (before === undefined) return link;
      const back = make('button', {
        class: 'button button-small', text: text.back(room, before), attributes: { type: 'button' },
        on: { click: () => this.#actions.use(room, before) },
      });
      return make('span', { class: 'model-room' }, link, back);
    });
    this.#rooms.replaceChildren(...(links.length > 0 ? [make('span', { class: 'note', text: text.rooms }), ...links] : []));
    show(this.#rooms, links.length > 0);
    const others = all.filter((room) => !users.some((user) => user.room === room));
    if ([...this.#select.options].slice(1).map(({ value }) => value).join('\n') !== others.join('\n')) {
      const chosen = this.#select.value;
      this.#select.replaceChildren(make('option', { text: text.pickRoom, attributes: { value: '' } }),
        ...others.map((room) => make('option', { text: room, attributes: { value: room } })));
      this.#select.value = others.includes(chosen) ? chosen : '';
    }
    show(this.#useRow, this.#canDetect() && others.length > 0);
  }

  #canDetect() {
    return this.#model.on_disk && this.#model.suits.includes('detect');
  }

  #update() {
    const { on_disk: isHere, suits, origin } = this.#model;
    show(this.#problem, this.#model.problem !== null);
    show(this.#measure, isHere && suits.length > 0);
    show(this.#compare, this.#canDetect() && origin !== 'embedded');
    show(this.#remove, origin === 'added');
  }

  #removeOrAsk() {
    if (this.#isSure) this.#actions.remove(this.#model);
    else this.#ask(true);
  }

  /** @param {boolean} isSure the next press removes */
  #ask(isSure) {
    this.#isSure = isSure;
    setText(this.#remove, isSure ? text.removeSure : text.remove);
  }
}
