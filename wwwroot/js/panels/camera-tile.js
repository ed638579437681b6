// One camera of the room.
import { api } from '../session/api.js';
import { roomLink } from '../session/join-links.js';
import { Session } from '../session/session.js';
import { Stage } from '../picture/stage.js';
import { make, setText, show } from '../ui/dom.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/api.js').CameraEntry} CameraEntry */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */
/** @typedef {import('./tile-plan.js').TileKind} TileKind */

/**
 * A camera's tile: live with the boxes of its own tracks, or its newest thumbnail. Owns the viewer's session behind it, which
 * is there only while the tile is live. It watches the source, which the server forwards as it is: a tile costs no encode.
 */
export class CameraTile {
  /** @type {string} */ #room;
  /** @type {string|undefined} */ #token;
  #picture = make('img', { attributes: { alt: '' } });
  #video = make('video', { attributes: { autoplay: '', playsinline: '', tabindex: '-1', 'aria-hidden': 'true' } });
  #name = make('span', { class: 'camera-name' });
  /** @type {HTMLAnchorElement} */ element;
  /** @type {Stage} */ #stage;
  /** @type {Session|null} */ #session = null;
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {TileKind} */ #kind = 'none';

  /** @param {string} room @param {string|undefined} token @param {(room: string) => void} onChoose */
  constructor(room, token, onChoose) {
    this.#room = room;
    this.#token = token;
    this.#picture.hidden = true;
    this.#picture.addEventListener('load', () => { this.#picture.hidden = false; });
    this.#picture.addEventListener('error', () => { this.#picture.hidden = true; });
    this.#video.muted = true;
    const scene = make('canvas', { attributes: { hidden: '' } });
    const overlay = make('canvas', { class: 'overlay', attributes: { 'aria-hidden': 'true' } });
    const stage = make('span', { class: 'stage tile-stage' }, this.#video, scene, overlay);
    this.element = make('a', {
      class: 'camera-tile',
      attributes: { href: roomLink('/view', room, token), 'data-room': room },
    }, this.#picture, stage, this.#name);
    this.element.addEventListener('click', (event) => {
      // With a key held down it is the browser's: another tab, another window.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      onChoose(room);
    });
    this.#stage = new Stage({ video: this.#video, scene, overlay });
    this.#stage.labels = false;
    this.#stage.setMode('boxes');
    this.#show();
  }

  get kind() {
    return this.#kind;
  }

  /** @param {CameraEntry} camera @param {TileKind} kind @param {MediaStream|null} large what the large view shows */
  update({ room, name, on_air: onAir, fps }, kind, large) {
    setText(this.#name, text.cameras.tile(room, name, onAir, Math.round(fps)));
    this.#become(kind);
    if (kind === 'large') this.#stage.setStream(large);
    else if (kind === 'thumbnail') this.#picture.src = api.thumbnail(room, Date.now(), this.#token);
  }

  /** @param {TileKind} kind */
  #become(kind) {
    if (kind === this.#kind) return;
    this.#kind = kind;
    void this.#session?.close();
    this.#session = null;
    this.#stage.setStream(null);
    if (kind === 'large') this.element.setAttribute('aria-current', 'true');
    else this.element.removeAttribute('aria-current');
    if (kind === 'live') this.#session = this.#open();
    this.#show();
  }

  #open() {
    const session = new Session({ room: this.#room, role: 'viewer', view: 'source', token: this.#token, receive: true }, {
      onState: () => {},
      onTrack: (stream, receiver) => {
        if (session === this.#session) this.#stage.setStream(stream, receiver);
      },
      onMessage: (message) => {
        if (session !== this.#session) return;
        if (message.type === 'detections') this.#stage.addResult(message);
        else if (message.type === 'settings' && this.#settings) this.#setSettings({ ...this.#settings, ...message.settings });
      },
      onJoined: ({ settings }) => this.#setSettings(settings),
    });
    void session.run();
    return session;
  }

  /** @param {RoomSettings} settings */
  #setSettings(settings) {
    this.#settings = settings;
    this.#stage.setSettings(settings);
  }

  #show() {
    this.element.dataset.kind = this.#kind;
    show(this.#video, this.#kind === 'live' || this.#kind === 'large');
  }

  /** The page sleeps, or shows the room elsewhere: the connection goes, the last picture stays. */
  rest() {
    this.#become('none');
  }

  close() {
    this.rest();
    this.#stage.close();
    this.element.remove();
  }
}
