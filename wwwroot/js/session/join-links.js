// The addresses that lead into a room.

/** What the server takes as a room's name. */
const ROOM_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** @param {string} room */
export function isRoomName(room) {
  return ROOM_NAME.test(room);
}

/**
 * phone: for the QR code and the link · shown: the same without its scheme · the others lead on from the start page
 * @typedef {{phone: string, shown: string, openPhone: string, openView: string, selftest: string}} JoinLinks
 */

/** @param {string} phoneBase where a phone reaches this server @param {string} room a valid name @returns {JoinLinks} */
export function joinLinks(phoneBase, room) {
  const url = new URL(phoneBase);
  url.pathname = '/phone';
  url.searchParams.set('room', room);
  return {
    phone: url.href,
    shown: url.href.replace(/^https?:\/\//, ''),
    openPhone: `/phone?room=${room}`,
    openView: `/view?room=${room}`,
    selftest: `/selftest?room=${room}`,
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
