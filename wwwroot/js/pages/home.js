import { api } from '../session/api.js';
import { setTone, showDetector, showLevel } from '../panels/chips.js';
import { byId, icon, make, setText, show } from '../ui/dom.js';
import { Poll } from '../ui/poll.js';
import { applyText, text } from '../ui/text.js';
import { startTheme } from '../ui/theme.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../session/api.js').RoomEntry} RoomEntry */

const POLL_MS = 2_000;
const ROOM_NAME = /^[A-Za-z0-9_-]{1,64}$/;

applyText();
startTheme();

const toasts = new Toasts();
const address = byId('address', HTMLAnchorElement);
const qr = byId('qr', HTMLImageElement);
const roomInput = byId('room', HTMLInputElement);
const server = byId('server', HTMLElement);
const rooms = byId('rooms', HTMLElement);
/** @type {Map<string, RoomCard>} */
const cards = new Map();
let phoneBase = new URL('/phone', location.href).href;
let secure = window.isSecureContext;

/** One room on air: its picture, its numbers and the way in. */
class RoomCard {
  #picture = make('img', { attributes: { alt: '' } });
  #level = make('span', { class: 'chip' });
  #facts = make('p', { class: 'room-facts' });
  #wait = make('span', { text: text.home.noPicture });
  /** @type {HTMLElement} */ element;

  /** @param {string} room */
  constructor(room) {
    this.#picture.alt = text.home.thumbAlt(room);
    this.#picture.hidden = true;
    this.#picture.addEventListener('load', () => { this.#picture.hidden = false; });
    this.#picture.addEventListener('error', () => { this.#picture.hidden = true; });
    const view = `/view?room=${encodeURIComponent(room)}`;
    const watch = make('a', { class: 'button button-main', attributes: { href: view, 'aria-label': text.home.watchNamed(room) } }, icon('eye'), text.home.watch);
    this.element = make('li', { class: 'card room', attributes: { 'data-room': room } },
      make('div', { class: 'room-picture' }, this.#wait, this.#picture),
      make('div', { class: 'room-body' }, make('div', { class: 'room-title' }, make('h3', { text: room }), this.#level), this.#facts, watch));
  }

  /** @param {RoomEntry} entry */
  update(entry) {
    // Until the first picture was decoded there is no thumbnail to ask for.
    if (entry.phones > 0 && entry.width > 0) this.#picture.src = api.thumbnail(entry.room, Date.now());
    showLevel(this.#level, entry.level);
    const facts = [text.home.phones(entry.phones), text.home.viewers(entry.viewers)];
    if (entry.width > 0) facts.push(`${entry.width}×${entry.height}`, text.fps(entry.fps));
    this.#facts.replaceChildren(...facts.map((fact) => make('span', { text: fact })));
  }
}

function showAddress() {
  const room = roomInput.value.trim();
  const valid = ROOM_NAME.test(room);
  roomInput.setAttribute('aria-invalid', String(!valid));
  if (!valid) return;
  const url = new URL(phoneBase);
  url.pathname = '/phone';
  url.searchParams.set('room', room);
  address.href = url.href;
  setText(address, url.href.replace(/^https?:\/\//, ''));
  qr.src = api.qr(url.href);
  qr.alt = text.home.qrAlt(url.href);
  show(qr, true);
  show(byId('insecure', HTMLElement), !secure);
  byId('open-phone', HTMLAnchorElement).href = `/phone?room=${room}`;
  byId('open-view', HTMLAnchorElement).href = `/view?room=${room}`;
  byId('check', HTMLAnchorElement).href = `/selftest?room=${room}`;
}

async function readServer() {
  const [info, health] = await Promise.all([api.joinInfo(), api.health()]);
  const changed = info.phone_url !== phoneBase || info.secure !== secure;
  phoneBase = info.phone_url;
  secure = info.secure;
  if (changed) showAddress();
  showDetector(byId('detector', HTMLElement), health.model, health.provider);
  setTone(server, 'good');
  setText(byId('server-text', HTMLElement), `${text.home.health} ${health.version ?? ''}`.trim());
}

async function readRooms() {
  const entries = await api.rooms();
  for (const [name, card] of cards) {
    if (entries.some(({ room }) => room === name)) continue;
    card.element.remove();
    cards.delete(name);
  }
  for (const entry of entries) {
    let card = cards.get(entry.room);
    if (!card) {
      card = new RoomCard(entry.room);
      cards.set(entry.room, card);
      rooms.append(card.element);
    }
    card.update(entry);
  }
  show(byId('empty', HTMLElement), entries.length === 0);
}

roomInput.value = new URLSearchParams(location.search).get('room') ?? 'demo';
roomInput.title = text.home.roomHint;
roomInput.addEventListener('input', showAddress);
byId('copy', HTMLElement).addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(address.href);
    toasts.show(text.home.copied, 'good');
  } catch {
    getSelection()?.selectAllChildren(address);
  }
});
showAddress();
showDetector(byId('detector', HTMLElement), undefined, undefined);

new Poll(async () => {
  try {
    await Promise.all([readServer(), readRooms()]);
  } catch {
    setTone(server, 'bad');
    setText(byId('server-text', HTMLElement), text.home.serverDown);
  }
}, POLL_MS);
