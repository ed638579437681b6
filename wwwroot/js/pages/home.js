// The start page: the code for a phone, and the rooms on air.
import { api } from '../session/api.js';
import { isRoomName, joinLinks, tokenFrom } from '../session/join-links.js';
import { setTone, showDetector } from '../panels/chips.js';
import { ModelNotice } from '../panels/model-notice.js';
import { RoomCard } from '../panels/room-card.js';
import { byId, setText, show, tokenOfAddress } from '../ui/dom.js';
import { Poll } from '../ui/poll.js';
import { applyText } from '../ui/apply-text.js';
import { isMotion } from '../session/messages.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

const POLL_MS = 2_000;

applyText();
startPage();

const toasts = new Toasts();
const address = byId('address', HTMLAnchorElement);
const qr = byId('qr', HTMLImageElement);
const roomInput = byId('room', HTMLInputElement);
const roomNote = byId('room-note', HTMLElement);
const notice = new ModelNotice(byId('stand', HTMLElement), (model) => toasts.show(text.stand.done(model), 'good'));
const tokenInput = byId('token', HTMLInputElement);
const server = byId('server', HTMLElement);
const rooms = byId('rooms', HTMLElement);
/** @type {Map<string, RoomCard>} */
const cards = new Map();
let phoneBase = new URL('/phone', location.href).href;
let secure = window.isSecureContext;
/** The rooms on air; null where the server does not tell. @type {string[]|null} */
let onAir = null;

function showAddress() {
  const room = roomInput.value.trim();
  const valid = isRoomName(room);
  roomInput.setAttribute('aria-invalid', String(!valid));
  setText(roomNote, !valid ? text.home.roomBad : onAir && !onAir.includes(room) ? text.home.roomEmpty : '');
  for (const id of ['open-phone', 'open-view']) byId(id, HTMLAnchorElement).setAttribute('aria-disabled', String(!valid));
  if (!valid) {
    for (const id of ['open-phone', 'open-view']) byId(id, HTMLAnchorElement).removeAttribute('href');
    return;
  }
  const links = joinLinks(phoneBase, room, tokenFrom(tokenInput.value) ?? tokenOfAddress());
  address.href = links.phone;
  setText(address, links.shown);
  qr.src = api.qr(links.phone);
  qr.alt = text.home.qrAlt(links.phone);
  show(qr, true);
  show(byId('insecure', HTMLElement), !secure);
  byId('open-phone', HTMLAnchorElement).href = links.openPhone;
  byId('open-view', HTMLAnchorElement).href = links.openView;
  byId('check', HTMLAnchorElement).href = links.selftest;
}

async function readServer() {
  const [info, health] = await Promise.all([api.joinInfo(), api.health()]);
  const changed = info.phone_url !== phoneBase || info.secure !== secure;
  phoneBase = info.phone_url;
  secure = info.secure;
  if (changed) showAddress();
  show(byId('token-row', HTMLElement), health.tokens_required === true);
  showDetector(byId('detector', HTMLElement), health.model, health.provider);
  // What lies on the disk matters only where no model is at work.
  if (isMotion(health.model)) notice.models = await api.models();
  notice.update(health.model);
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
  // Where tokens are asked for nothing is told of rooms.
  onAir = byId('token-row', HTMLElement).hidden ? entries.filter(({ phones }) => phones > 0).map(({ room }) => room) : null;
  showAddress();
}

roomInput.value = new URLSearchParams(location.search).get('room') ?? 'demo';
roomInput.title = text.home.roomHint;
roomInput.addEventListener('input', showAddress);
tokenInput.value = tokenOfAddress() ?? '';
tokenInput.addEventListener('input', showAddress);
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
