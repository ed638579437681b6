// Takes the room's last seconds to the studio.
import { recording } from '../session/api.js';
import { setText } from '../ui/dom.js';
import { text } from '../ui/text.js';

/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

/** A room that held nothing yet takes its time. */
const PATIENCE_MS = 45_000;

/**
 * Has the server make a clip and goes to the studio with it. A room that held nothing yet answers once it has the next seconds.
 * @param {HTMLButtonElement} button @param {string} room @param {string|undefined} token @param {Toasts} toasts
 * @param {(address: string) => void} [go]
 */
export async function openInStudio(button, room, token, toasts, go = (address) => location.assign(address)) {
  button.disabled = true;
  setText(button, text.view.clipTaking);
  try {
    const { recording_id: id, video_ids: videos = [] } = await recording('POST', room, token, {}, 'clip', PATIENCE_MS);
    go(`/studio?video=${encodeURIComponent(videos.at(-1) ?? id)}`);
  } catch (error) {
    toasts.show(error instanceof Error && error.message ? error.message : text.notice.error, 'warn');
  } finally {
    button.disabled = false;
    setText(button, text.view.clip);
  }
}
