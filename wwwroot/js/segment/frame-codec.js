// Binary messages of the frame socket: 16 bytes of header, little-endian, then a file.
const HEADER = 16;
const VERSION = 1;
const JPEG = 1;

/** What an answer's file is, by its kind. @type {Readonly<Record<number, string>>} */
const TYPES = Object.freeze({ 1: 'image/jpeg', 2: 'image/png', 3: 'image/png' });

/** @param {number} id @param {number} timestamp milliseconds @param {ArrayBuffer} jpeg @returns {ArrayBuffer} */
export function encodeFrame(id, timestamp, jpeg) {
  const message = new Uint8Array(HEADER + jpeg.byteLength);
  const view = new DataView(message.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, JPEG);
  view.setUint32(4, id, true);
  view.setFloat64(8, timestamp, true);
  message.set(new Uint8Array(jpeg), HEADER);
  return message.buffer;
}

/**
 * @param {ArrayBuffer} message
 * @returns {{id: number, timestamp: number, file: Blob}|null} null where it is none of ours
 */
export function decodeAnswer(message) {
  if (message.byteLength <= HEADER) return null;
  const view = new DataView(message);
  const type = TYPES[view.getUint8(1)];
  if (view.getUint8(0) !== VERSION || type === undefined) return null;
  return { id: view.getUint32(4, true), timestamp: view.getFloat64(8, true), file: new Blob([new Uint8Array(message, HEADER)], { type }) };
}
