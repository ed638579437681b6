// The addresses that lead into a room.

/** What the server takes as a room's name. */
const ROOM_NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/;

/** A further camera's room: "demo.2" to "demo.9" beside "demo". */
const FURTHER = /\.[2-9]$/;
const MAX_CAMERAS = 9;

/** @param {string} room */
export function isRoomName(room) {
  return ROOM_NAME.test(room);
}

/**
 * A page of a room, with the token along that this page was opened with.
 * @param {string} path
 * @param {string} room
 * @param {string} [token]
 */
export function roomLink(path, room, token) {
  return `${path}?room=${encodeURIComponent(room)}${token ? `&token=${encodeURIComponent(token)}` : ''}`;
}

/**
 * The name for one more camera beside those that are there.
 * @param {string} room
 * @param {readonly {room: string}[]} cameras
 * @returns {string}
 */
export function furtherRoom(room, cameras) {
  const first = room.replace(FURTHER, '');
  for (let number = 2; number < MAX_CAMERAS; number++) {
    if (!cameras.some((camera) => camera.room === `${first}.${number}`)) return `${first}.${number}`;
  }
  return `${first}.${MAX_CAMERAS}`;
}

/** What somebody typed or pasted for a token: itself, or a link that has one in it. @param {string} typed @returns {string|null} */
export function tokenFrom(typed) {
  const plain = typed.trim();
  const token = URL.canParse(plain) ? new URL(plain).searchParams.get('token') ?? '' : plain;
  return /^[A-Za-z0-9_-]{16,}$/.test(token) ? token : null;
}

/**
 * phone: for the QR code and the link · shown: the same without its scheme · the others lead on from the start page
 * @typedef {{phone: string, shown: string, openPhone: string, openView: string, selftest: string}} JoinLinks
 */

/**
 * @param {string} phoneBase where a phone reaches this server
 * @param {string} room a valid name
 * @param {string} [token]
 * @returns {JoinLinks}
 */
export function joinLinks(phoneBase, room, token) {
  const url = new URL(phoneBase);
  url.pathname = '/phone';
  url.searchParams.set('room', room);
  if (token) url.searchParams.set('token', token);
  return {
    phone: url.href,
    shown: url.href.replace(/^https?:\/\//, ''),
    openPhone: roomLink('/phone', room, token),
    openView: roomLink('/view', room, token),
    selftest: roomLink('/selftest', room, token),
  };
}

/**
 * This very page where a browser lends it the camera: the first https address that the server tells.
 * @param {{phone_url?: unknown, urls?: unknown}} info the answer of /api/join-info @param {string} search the page's own query
 * @returns {string|null} null where the server has none
 */
export function secureLink(info, search) {
  const all = [info.phone_url, ...(Array.isArray(info.urls) ? info.urls : [])];
  const secure = all.find((url) => typeof url === 'string' && url.startsWith('https:') && URL.canParse(url));
  if (typeof secure !== 'string') return null;
  const url = new URL(secure);
  url.pathname = '/phone';
  url.search = search;
  return url.href;
}
