// The buttons that have the server record the room, with the time that it has, and take its last seconds to the studio.
import { api } from '../session/api.js';
import { byId, setText, show } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

const CLOCK_MS = 500;
/** What the server told before it answered may come after the answer. */
const SETTLE_MS = 2_000;

/**
 * Owns the button and its time. How it stands is told with the room's statistics once a second, whoever began it and whenever this page
 * came; the notices tell it a little sooner.
 */
export class RoomRecording {
  /** @type {string} */ #room;
  /** @type {string|undefined} */ #token;
  /** @type {Toasts} */ #toasts;
  /** @type {() => 'annotated'|'source'} */ #view;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #clock;
  /** Its own request is on the way: what the server told before means nothing. */ #asks = false;
  #startedMs = 0;
  #settledMs = 0;
  #abort = new AbortController();

  /**
   * @param {string} room
   * @param {string|undefined} token
   * @param {Toasts} toasts
   * @param {() => 'annotated'|'source'} view what is recorded
   */
  constructor(room, token, toasts, view) {
    this.#room = room;
    this.#token = token;
    this.#toasts = toasts;
    this.#view = view;
    byId('room-record', HTMLElement).addEventListener('click', () => void this.toggle(), { signal: this.#abort.signal });
    languageChanges.addEventListener('change', () => this.#name(), { signal: this.#abort.signal });
    byId('room-clip', HTMLElement).addEventListener('click', () => void this.#clip(), { signal: this.#abort.signal });
  }

  /** The page shows another room, which has a recording of its own. @param {string} room */
  set room(room) {
    this.#room = room;
    this.#asks = false;
    this.#settledMs = 0;
    this.#show(null);
  }

  get isOn() {
    return this.#clock !== undefined;
  }

  /** A watcher sees that it is recorded, and may not change it. @param {boolean} only */
  setReadOnly(only) {
    for (const id of ['room-record', 'room-clip']) show(byId(id, HTMLElement), !only);
  }

  /** @param {import('../session/messages.js').Message} message any of the room's */
  hear(message) {
    if (this.#asks) return;
    if (message.type === 'stats' && performance.now() >= this.#settledMs) this.#show(message.recording?.duration_seconds ?? null);
    else if (message.type === 'notice' && message.code === 'recording_started') this.#show(0);
    else if (message.type === 'notice' && message.code === 'recording_ended') this.#show(null);
  }

  async toggle() {
    if (this.#asks) return;
    this.#asks = true;
    const room = this.#room;
    const wasOn = this.isOn;
    try {
      const { duration_seconds: seconds } = wasOn
        ? await api.stopRecording(room, this.#token)
        : await api.record(room, this.#view(), this.#token);
      if (wasOn) this.#toasts.show(text.view.roomRecorded(Math.round(seconds)), 'good');
      if (room === this.#room) this.#settle(wasOn ? null : seconds);
    } catch (error) {
      this.#toasts.show(error instanceof Error && error.message ? error.message : text.notice.error, 'warn');
    } finally {
      if (room === this.#room) this.#asks = false;
    }
  }

  /** @param {number|null} seconds as the server answered */
  #settle(seconds) {
    this.#show(seconds);
    this.#settledMs = performance.now() + SETTLE_MS;
  }

  async #clip() {
    const { openInStudio } = await import('./room-clip.js');
    await openInStudio(byId('room-clip', HTMLButtonElement), this.#room, this.#token, this.#toasts);
  }

  /** @param {number|null} seconds null: nothing is recorded */
  #show(seconds) {
    clearInterval(this.#clock);
    const on = seconds !== null;
    this.#startedMs = performance.now() - (seconds ?? 0) * 1000;
    this.#clock = on ? setInterval(() => this.#showTime(), CLOCK_MS) : undefined;
    show(byId('room-record-time', HTMLElement), on);
    if (on) this.#showTime();
    byId('room-record', HTMLElement).setAttribute('aria-pressed', String(on));
    this.#name();
  }

  #name() {
    setText(byId('room-record', HTMLElement), this.isOn ? text.view.roomRecordStop : text.view.roomRecord);
  }

  #showTime() {
    const seconds = Math.floor((performance.now() - this.#startedMs) / 1000);
    setText(byId('room-record-time', HTMLElement), `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`);
  }

  /** The recording itself goes on. */
  close() {
    this.#abort.abort();
    clearInterval(this.#clock);
  }
}
