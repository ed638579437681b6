// Sends a part of a file and tells how far it is, which only XMLHttpRequest does.
import { detailOf, Problem } from './library-api.js';

/** No byte for so long is a network that is gone, whatever the browser thinks. */
const STALL_MS = 30_000;

/**
 * @param {string} at the upload's address
 * @param {number} offset
 * @param {Blob} part
 * @param {(sent: number) => void} onProgress bytes of the part
 * @param {AbortSignal} signal
 * @returns {Promise<number>} the new offset; rejects with a Problem where the server says no, with any other error where it is away
 */
export function sendPart(at, offset, part, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout>|undefined} */ let stall;
    const isAlive = () => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
    };
    const abort = () => request.abort();
    request.open('PATCH', at);
    request.setRequestHeader('content-type', 'application/offset+octet-stream');
    request.setRequestHeader('upload-offset', String(offset));
    request.upload.addEventListener('progress', ({ loaded }) => {
      isAlive();
      onProgress(loaded);
    });

    // What follows is the server's work on the whole file, which takes as long as it takes.
    request.upload.addEventListener('load', () => clearTimeout(stall));
    request.addEventListener('load', () => {
      const now = request.getResponseHeader('upload-offset');
      if (request.status >= 200 && request.status < 300) resolve(Number(now));
      else reject(new Problem(request.status, detailOf(request.responseText), now === null ? null : Number(now)));
    });
    request.addEventListener('error', () => reject(new Error('away')));
    request.addEventListener('abort', () => reject(new Error(signal.aborted ? 'stopped' : 'away')));
    request.addEventListener('loadend', () => {
      clearTimeout(stall);
      signal.removeEventListener('abort', abort);
    });
    if (signal.aborted) {
      reject(new Error('stopped'));
      return;
    }
    signal.addEventListener('abort', abort);
    isAlive();
    request.send(part);
  });
}
