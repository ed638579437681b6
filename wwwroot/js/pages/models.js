// The page of models: what there is, how quick it is here, and who uses it.
import { KeptSwitch } from '../models/kept-switch.js';
import { ModelAdd } from '../models/model-add.js';
import { ModelCard } from '../models/model-card.js';
import { ModelTrial } from '../models/model-trial.js';
import { ModelsApi, Refused } from '../models/models-api.js';
import { applyText } from '../ui/apply-text.js';
import { byId, setText, show, tokenOfAddress } from '../ui/dom.js';
import { modelsText } from '../ui/models-text.js';
import { Poll } from '../ui/poll.js';
import { startPage } from '../ui/page.js';
import { text } from '../ui/text.js';
import { startTheme } from '../ui/theme.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../models/models-api.js').Model} Model */
/** @typedef {import('../models/models-api.js').Pull} Pull */

const POLL_MS = 3_000;
const PULL_POLL_MS = 500;

applyText(document, { models: modelsText });
startPage();
startTheme();

/** What is said of an error. @param {unknown} error */
function wordsOf(error) {
  if (!(error instanceof Refused)) return modelsText.away;
  return error.status === 401 || error.status === 403 ? error.message || modelsText.refused : error.message || modelsText.away;
}

/** The list, the form for one more, and two of them on one picture. */
class ModelsPage {
  #api = new ModelsApi(tokenOfAddress());
  #toasts = new Toasts();
  #kept = new KeptSwitch();
  #list = byId('list', HTMLElement);
  #status = byId('status', HTMLElement);
  /** @type {Map<string, ModelCard>} */ #cards = new Map();
  /** @type {Model[]} */ #models = [];
  /** @type {Pull|null} */ #pull = null;
  /** @type {Poll|null} */ #pullPoll = null;
  #add; #trial;

  constructor() {
    this.#add = new ModelAdd(this.#api, {
      zone: byId('add', HTMLElement), file: byId('file', HTMLInputElement), classes: byId('classes', HTMLTextAreaElement),
      progress: byId('add-progress', HTMLProgressElement), cancel: byId('add-cancel', HTMLButtonElement),
      state: byId('add-state', HTMLElement),
    }, wordsOf, () => void this.#read());
    this.#trial = new ModelTrial(this.#api, {
      first: byId('first', HTMLSelectElement), second: byId('second', HTMLSelectElement), file: byId('picture', HTMLInputElement),
      button: byId('try', HTMLButtonElement), state: byId('trial-state', HTMLElement), place: byId('pictures', HTMLElement),
    }, wordsOf);
    byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#api.use(byId('key', HTMLInputElement).value);
      void this.#readPull().then(() => {
        setText(byId('key-note', HTMLElement), this.#pull?.allowed ? '' : modelsText.keyWrong);
        void this.#read();
      });
    });
    void this.#readPull();
    new Poll(() => this.#read(), POLL_MS);
  }

  async #read() {
    try {
      const [models, rooms] = await Promise.all([this.#api.models(), this.#api.rooms()]);
      this.#models = models;
      this.#show(models);
      const names = rooms.map(({ room }) => room);
      for (const [name, card] of this.#cards) {
        const users = rooms.filter(({ model }) => model === name).map(({ room }) => ({ room, before: this.#kept.of(room) }));
        card.showRooms(users, names);
      }
      setText(this.#status, '');
    } catch {
      setText(this.#status, modelsText.failed);
    }
  }

  /** @param {Model[]} models */
  #show(models) {
    for (const [name, card] of this.#cards) {
      if (models.some((model) => model.name === name)) continue;
      card.element.remove();
      this.#cards.delete(name);
    }
    for (const [at, model] of models.entries()) {
      let card = this.#cards.get(model.name);
      if (card) card.update(model);
      else {
        card = new ModelCard(model, {
          pull: (one) => void this.#change(() => this.#api.pull(one.name)),
          cancel: () => void this.#change(() => this.#api.cancelPull()),
          measure: (one) => void this.#measure(one),
          compare: (one) => this.#trial.choose(one.name),
          remove: (one) => void this.#remove(one),
          use: (room, name) => void this.#use(room, name),
        });
        this.#cards.set(model.name, card);
      }
      card.allow(this.#pull?.allowed === true);
      card.showPull(this.#pull);
      if (this.#list.children[at] !== card.element) this.#list.insertBefore(card.element, this.#list.children[at] ?? null);
    }
    this.#trial.update(models);
  }

  #readPull() {
    return this.#change(() => this.#api.pullStatus());
  }

  /** @param {() => Promise<Pull>} ask */
  async #change(ask) {
    try {
      const before = this.#pull;
      const pull = await ask();
      this.#pull = pull;
      show(byId('key-form', HTMLElement), !pull.allowed);
      this.#add.allow(pull.allowed);
      this.#show(this.#models);
      if (pull.state === 'pulling') this.#pullPoll ??= new Poll(() => this.#readPull(), PULL_POLL_MS);
      else {
        this.#pullPoll?.close();
        this.#pullPoll = null;
        if (before?.state !== 'pulling') return;
        if (pull.state === 'failed') this.#toasts.show(modelsText.pullFailed(pull.error ?? ''), 'bad');
        if (pull.state === 'done') this.#toasts.show(modelsText.pulled(pull.model ?? ''), 'good');
        await this.#read();
      }
    } catch (error) {
      this.#toasts.show(wordsOf(error), 'warn');
    }
  }

  /** @param {Model} model */
  async #measure(model) {
    const may = () => this.#pull?.allowed === true;
    this.#cards.get(model.name)?.showMeasuring(true, may());
    try {
      const rate = await this.#api.measure(model.name);
      this.#toasts.show(modelsText.measured(model.name, rate.runs), 'good');
      await this.#read();
    } catch (error) {
      this.#toasts.show(wordsOf(error), 'warn');
    }
    this.#cards.get(model.name)?.showMeasuring(false, may());
  }

  /** @param {Model} model */
  async #remove(model) {
    try {
      await this.#api.remove(model.name);
      this.#toasts.show(modelsText.removed(model.name), 'good');
      await this.#read();
      byId('file', HTMLElement).focus();
    } catch (error) {
      this.#toasts.show(wordsOf(error), 'warn');
    }
  }

  /** @param {string} room @param {string} model */
  async #use(room, model) {
    try {
      const { before } = await this.#api.setRoom(room, model);
      this.#kept.note(room, before ?? model, model);
      this.#toasts.show(modelsText.switched(room, model), 'good');
      await this.#read();
    } catch (error) {
      this.#toasts.show(wordsOf(error), 'warn');
    }
  }
}

document.title = `${modelsText.title} · ${text.product}`;
new ModelsPage();
