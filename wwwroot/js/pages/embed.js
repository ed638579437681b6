// A room's picture for the frame of another page.
import { Stage } from '../picture/stage.js';
import { Session } from '../session/session.js';
import { applyText } from '../ui/apply-text.js';
import { byId, roomOfAddress, setText, show, tokenOfAddress } from '../ui/dom.js';
import { embedText } from '../ui/embed-text.js';

/** @typedef {import('../session/messages.js').Message} Message */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

/** What it shows, as its address says: view is annotated or source; over the source, overlay is full, boxes or none. */
class EmbedPage {
  #video = byId('picture', HTMLVideoElement);
  #stage = new Stage({ video: this.#video, scene: byId('scene', HTMLCanvasElement), overlay: byId('overlay', HTMLCanvasElement) });
  #waiting = byId('waiting', HTMLElement);
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {Session} */ #session;
  #overlay;

  constructor() {
    const query = new URLSearchParams(location.search);
    const view = query.get('view') === 'source' ? 'source' : 'annotated';
    this.#overlay = query.get('overlay');
    this.#show(view);
    this.#video.addEventListener('resize', () => this.#describe());
    this.#session = new Session({ room: roomOfAddress(), role: 'viewer', view, token: tokenOfAddress(), receive: true }, {
      onState: (state, reason) => this.#describe(state, reason),
      onTrack: (stream, receiver) => this.#stage.setStream(stream, receiver),
      onMessage: (message) => this.#onMessage(message),
      onJoined: ({ settings }) => this.#onSettings(settings),
    });
    window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
    queueMicrotask(() => void this.#session.run());
  }

  /** @param {'annotated'|'source'} view */
  #show(view) {
    const drawn = { none: 'bare', boxes: 'boxes' }[this.#overlay ?? ''] ?? 'overlay';
    this.#stage.setMode(view === 'annotated' ? 'drawn' : /** @type {'bare'|'boxes'|'overlay'} */ (drawn));
  }

  /** @param {Message} message */
  #onMessage(message) {
    if (message.type === 'detections') this.#stage.addResult(message);
    else if (message.type === 'settings') this.#onSettings(message.settings);
    // The room became private: the server sends what it has drawn itself.
    else if (message.type === 'notice' && message.code === 'view_changed') this.#show('annotated');
  }

  /** @param {Partial<RoomSettings>} changed */
  #onSettings(changed) {
    this.#settings = /** @type {RoomSettings} */ ({ ...this.#settings, ...changed });
    this.#stage.setSettings(this.#settings);
  }

  /** @param {string} [state] @param {string} [reason] */
  #describe(state = this.#session.state, reason = '') {
    document.documentElement.dataset.state = state;
    const words = { connecting: embedText.connecting, live: embedText.waiting, refused: reason }[state] ?? embedText.away;
    setText(this.#waiting, words);
    show(this.#waiting, state !== 'live' || this.#video.videoWidth === 0);
  }
}

applyText(document, { embed: embedText });
new EmbedPage();
