// Codes of refusals and notices, by what a session does about them.

/** Refusals that asking again cannot change. */
const FINAL = new Set([
  'bad_room', 'bad_role', 'bad_view', 'bad_request', 'no_video',
  'bad_token', 'token_expired', 'token_invalid', 'token_required', 'forbidden',
]);
/** The server knows our place no longer: it waited long enough, or gave it away. */
const PLACE_GONE = new Set(['unknown_session', 'not_joined']);
/** Notices that say this server-side peer is gone, before the network would show it. */
const PEER_GONE = new Set(['peer_closed', 'server_stopping']);

/** A notice that says that this server is about to stop: the same address will lead to another, or to its successor. */
export const SERVER_DRAINING = 'server_draining';
/** The room is private now: a watcher gets the blurred picture. */
export const VIEW_CHANGED = 'view_changed';
/** The same as an answer to a join that asked for the source. */
export const VIEW_FORBIDDEN = 'view_forbidden';
/** Another phone is on air where this one wants to be. */
export const CAMERA_TAKEN = 'camera_taken';
/** Another phone has this one's place: coming back would take it again, and so on for ever. */
export const REPLACED = 'replaced';

/** Refusals that another token would change. */
const TOKEN = new Set(['token_required', 'token_expired', 'token_invalid', 'bad_token']);

/** @param {string} code of a refusal */
export function asksForToken(code) {
  return TOKEN.has(code);
}

/** Another phone is on air, and stays unless this one takes its place. @param {{code: string, message: string}} refusal */
export function isCameraTaken({ code, message }) {
  return code === 'limit_reached' && message.includes('Rooms:PhonesPerRoom');
}

/** @param {string} code of a refusal */
export function isFinal(code) {
  return FINAL.has(code);
}

/** @param {string} code of a refusal */
export function isPlaceGone(code) {
  return PLACE_GONE.has(code);
}

/** @param {string} code of a notice */
export function isPeerGone(code) {
  return PEER_GONE.has(code);
}
