// The page of what happened in rooms.
import { eventCard } from '../events/event-card.js';
import { isWithin, searchOf, searchOfForm, withWholeTimes } from '../events/event-search.js';
import { eventsApi, Refused } from '../events/events-api.js';
import { applyText } from '../ui/apply-text.js';
import { byId, make, setText, show, tokenOfAddress } from '../ui/dom.js';
import { eventsText } from '../ui/events-text.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../events/events-api.js').EventEntry} EventEntry */
/** @typedef {import('../events/events-api.js').Search} Search */

const RETRY_MS = 2_000;
/** A page that stays open all day gives its oldest cards up; "more" reads them again. */
const MAX_SHOWN = 500;
/** A clip is a video some seconds after its event. */
const CLIP_LOOKS_MS = [15_000, 45_000, 150_000];

applyText(document, { events: eventsText });
startPage();

/** A list that is searched, goes on as it is read, and grows at its head as things happen. */
class EventsPage {
  #token = tokenOfAddress();
  #toasts = new Toasts();
  #list = byId('events', HTMLElement);
  #more = byId('more', HTMLButtonElement);
  #form = byId('search', HTMLFormElement);
  #player = byId('player', HTMLDialogElement);
  #video = byId('clip', HTMLVideoElement);
  /** @type {Search} */ #search = searchOf(location.search);
  /** @type {string|null} */ #next = null;
  /** @type {EventSource|null} */ #stream = null;
  #newest = 0;
  #turn = 0;

  constructor() {
    this.#fill();
    byId('filters', HTMLDetailsElement).open = matchMedia('(width > 620px)').matches || Object.keys(this.#search).length > 0;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#find(searchOfForm(Object.fromEntries(new FormData(this.#form))));
    });
    byId('clear', HTMLElement).addEventListener('click', () => {
      this.#find({});
      this.#fill();
    });
    this.#more.addEventListener('click', () => void this.#readMore());
    this.#player.addEventListener('close', () => this.#video.removeAttribute('src'));
    byId('player-close', HTMLElement).addEventListener('click', () => this.#player.close());
    void this.#load();
  }

  #fill() {
    for (const [name, field] of Object.entries({ room: 'room', class: 'class', rule: 'rule', from: 'from', to: 'to' })) {
      byId(field, HTMLInputElement).value = this.#search[/** @type {keyof Search} */ (name)] ?? '';
    }
  }

  /** @param {Search} search */
  #find(search) {
    this.#search = search;
    const query = new URLSearchParams({ ...search, ...(this.#token ? { token: this.#token } : {}) }).toString();
    history.replaceState(null, '', query === '' ? location.pathname : `?${query}`);
    void this.#load();
  }

  async #load() {
    const turn = ++this.#turn;
    this.#stream?.close();
    const search = withWholeTimes(this.#search);
    byId('csv', HTMLAnchorElement).href = eventsApi.exportAddress(search, 'csv', this.#token);
    byId('jsonl', HTMLAnchorElement).href = eventsApi.exportAddress(search, 'jsonl', this.#token);
    try {
      const page = await eventsApi.list(search, this.#token);
      if (turn !== this.#turn) return;
      this.#list.replaceChildren();
      this.#newest = 0;
      for (const event of page.events) this.#add(event);
      this.#next = page.next;
      this.#say('');
      this.#follow(search);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#list.replaceChildren();
      this.#next = null;
      if (error instanceof Refused && error.status < 500) {
        this.#say(error.status === 403 ? eventsText.refused : error.message);
        if (error.status === 403 && (this.#search.room || !this.#token)) {
          void import('../panels/token-dialog.js').then(({ askForToken }) => askForToken(this.#search.room ? '' : eventsText.refused));
        }
        return;
      }
      this.#say(eventsText.failed);
      this.#loadLater();
    }
  }

  /** Unless something else is asked for until then. */
  #loadLater() {
    const turn = this.#turn;
    setTimeout(() => turn === this.#turn && void this.#load(), RETRY_MS);
  }

  async #readMore() {
    this.#more.disabled = true;
    const turn = this.#turn;
    try {
      const page = await eventsApi.list(withWholeTimes(this.#search), this.#token, this.#next ?? undefined);
      if (turn === this.#turn) {
        for (const event of page.events) this.#add(event);
        this.#next = page.next;
        this.#say('');
      }
    } catch {
      this.#toasts.show(eventsText.failed, 'warn');
    }
    this.#more.disabled = false;
  }

  /** What happens from here on. @param {Search} search */
  #follow(search) {
    const stream = new EventSource(eventsApi.streamAddress(search, this.#token, this.#newest));
    this.#stream = stream;
    const state = (/** @type {boolean} */ live) => {
      byId('state', HTMLElement).className = `chip ${live ? 'chip-good' : 'chip-warn'}`;
      setText(byId('state-text', HTMLElement), live ? eventsText.live : eventsText.away);
    };
    stream.addEventListener('open', () => state(true));
    stream.addEventListener('error', () => {
      state(false);
      // A browser comes back by itself from a lost connection, and never from an answer that was no stream.
      if (stream.readyState === EventSource.CLOSED) this.#loadLater();
    });
    stream.addEventListener('event', ({ data }) => {
      /** @type {EventEntry} */ const event = JSON.parse(data);
      if (!isWithin(this.#search, event.happened_at)) return;
      this.#add(event, true);
      this.#say('');
    });
  }

  /** @param {EventEntry} event @param {boolean} [isNew] */
  #add(event, isNew = false) {
    if (this.#list.querySelector(`[data-event="${event.event_id}"]`)) return;
    this.#newest = Math.max(this.#newest, event.event_id);
    const card = this.#card(event);
    if (isNew) {
      this.#list.prepend(card);
      this.#lookForClip(event, card, 0);
      this.#trim();
    } else this.#list.append(card);
    const rules = byId('rules', HTMLDataListElement);
    if (![...rules.options].some(({ value }) => value === event.rule_id)) {
      rules.append(make('option', { attributes: { value: event.rule_id, label: event.rule_name } }));
    }
  }

  #trim() {
    if (this.#list.childElementCount <= MAX_SHOWN) return;
    this.#list.lastElementChild?.remove();
    const last = this.#list.lastElementChild;
    if (last instanceof HTMLElement) this.#next = last.dataset.event ?? null;
  }

  /** @param {EventEntry} event @param {HTMLElement} card @param {number} look */
  #lookForClip(event, card, look) {
    if (look >= CLIP_LOOKS_MS.length || event.video_id) return;
    setTimeout(async () => {
      if (!card.isConnected) return;
      const now = await eventsApi.find(event.event_id, this.#token).catch(() => event);
      if (now.video_id) card.replaceWith(this.#card(now));
      else this.#lookForClip(event, card, look + 1);
    }, CLIP_LOOKS_MS[look]);
  }

  /** @param {EventEntry} event @returns {HTMLElement} */
  #card(event) {
    const card = eventCard(event, {
      token: this.#token, play: (one) => this.#play(one), remove: (one) => void this.#remove(one, card),
    });
    return card;
  }

  /** @param {EventEntry} event */
  #play(event) {
    setText(byId('player-title', HTMLElement), event.rule_name);
    this.#video.src = eventsApi.clip(event.video_id ?? '');
    this.#player.showModal();
    void this.#video.play().catch(() => {});
  }

  /** @param {EventEntry} event @param {HTMLElement} card */
  async #remove(event, card) {
    try {
      await eventsApi.remove(event.event_id, this.#token);
    } catch (error) {
      this.#toasts.show(error instanceof Refused ? error.message : eventsText.failed, 'warn');
      return;
    }
    const neighbour = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    this.#say('');
    this.#toasts.show(eventsText.removed, 'good');
    (neighbour?.querySelector('button') ?? byId('room', HTMLElement)).focus();
  }

  /** @param {string} words */
  #say(words) {
    setText(byId('status', HTMLElement), words);
    const isEmpty = words === '' && this.#list.childElementCount === 0;
    const isSearched = Object.values(this.#search).some(Boolean);
    show(byId('empty', HTMLElement), isEmpty);
    setText(byId('empty-title', HTMLElement), isSearched ? eventsText.nothing : eventsText.empty);
    show(this.#more, this.#next !== null);
  }
}

document.title = `${eventsText.title} · ${text.product}`;
new EventsPage();
