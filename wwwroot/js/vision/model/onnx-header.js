// What an ONNX file says of itself, read without its weights.

const MODEL_GRAPH = 7;
const MODEL_METADATA = 14;
const MAX_FIELD = 1 << 20;
const UTF8 = new TextDecoder();

/**
 * The metadata of a model's file, by onnx.proto3's field numbers; null where the bytes are no ONNX model.
 * @param {Uint8Array} bytes @returns {Map<string, string>|null}
 */
export function readMetadata(bytes) {
  /** @type {Map<string, string>} */
  const metadata = new Map();
  let hasGraph = false;
  const whole = eachField(bytes, (field, content) => {
    hasGraph ||= field === MODEL_GRAPH && content !== null;
    if (field !== MODEL_METADATA || content === null || content.length > MAX_FIELD) return;
    let key = '';
    let value = '';
    eachField(content, (inner, part) => {
      if (inner === 1 && part) key = UTF8.decode(part);
      if (inner === 2 && part) value = UTF8.decode(part);
    });
    metadata.set(key, value);
  });
  return whole && hasGraph ? metadata : null;
}

/**
 * @param {Uint8Array} bytes @param {(field: number, content: Uint8Array|null) => void} visit null for a field that is a number
 * @returns {boolean} false where the bytes end within a field or are none
 */
function eachField(bytes, visit) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      if (at >= bytes.length) return -1;
      const next = bytes[at++];
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
    return -1;
  };
  while (at < bytes.length) {
    const head = varint();
    const field = Math.floor(head / 8);
    const wire = head % 8;
    if (head < 0 || field === 0) return false;
    if (wire === 0) {
      if (varint() < 0) return false;
      visit(field, null);
      continue;
    }
    const length = wire === 1 ? 8 : wire === 2 ? varint() : wire === 5 ? 4 : -1;
    if (length < 0 || length > bytes.length - at) return false;
    visit(field, wire === 2 ? bytes.subarray(at, at + length) : null);
    at += length;
  }
  return true;
}
