// Sends pictures to the server's frame socket as binary messages and writes a mask for each.
//
//   node examples/js/segment.mjs ws://localhost:8080/ws masks street.jpg people.jpg
//
// Needs nothing but Node 22 (or 20 with --experimental-websocket), whose WebSocket is that of browsers: the class below works in a page as well.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

const HEADER = 16;

/** The frame socket: one question at a time, each with its answer. */
class FrameSocket {
  #socket;
  #arrived = [];
  #waiting = [];

  constructor(address) {
    this.#socket = new WebSocket(address);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', ({ data }) => this.#put(typeof data === 'string' ? JSON.parse(data) : data));
    this.#socket.addEventListener('close', () => this.#put({ type: 'error', code: 'CLOSED', message: 'the server closed the connection' }));
  }

  /** Waits for the server's greeting, and for its word that the profile stands. Without a mode it chooses. */
  async init(mode) {
    const { available_models: available } = await this.#next('connected');
    this.#socket.send(JSON.stringify({ type: 'init', config: mode ? { model_mode: mode } : {} }));
    const { model_mode: chosen } = await this.#next('connected');
    return { available, chosen };
  }

  /** @returns {Promise<{metadata: object, file: Uint8Array}>} */
  async segment(jpeg, id) {
    const message = new Uint8Array(HEADER + jpeg.byteLength);
    const view = new DataView(message.buffer);
    view.setUint8(0, 1);
    view.setUint8(1, 1);
    view.setUint32(4, id, true);
    view.setFloat64(8, Date.now(), true);
    message.set(jpeg, HEADER);
    this.#socket.send(message);
    const { metadata } = await this.#next('segmentation');
    return { metadata, file: new Uint8Array(await this.#next('binary'), HEADER) };
  }

  close() {
    this.#socket.close();
  }

  #put(message) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(message);
    else this.#arrived.push(message);
  }

  async #next(type) {
    for (;;) {
      const message = this.#arrived.shift() ?? (await new Promise((resolve) => { this.#waiting.push(resolve); }));
      if (message instanceof ArrayBuffer ? type === 'binary' : message.type === type) return message;
      if (message.type === 'error') throw new Error(`${message.code}: ${message.message}`);
    }
  }
}

const [address, folder, ...pictures] = process.argv.slice(2);
if (!address || !folder || pictures.length === 0) {
  console.error('usage: node segment.mjs ADDRESS FOLDER PICTURE…');
  process.exit(2);
}

await mkdir(folder, { recursive: true });
const socket = new FrameSocket(address);
const { available, chosen } = await socket.init(process.env.MODE);
console.log(`profiles: ${available.join(', ')}; using ${chosen}`);
for (const [number, picture] of pictures.entries()) {
  const { metadata, file } = await socket.segment(await readFile(picture), number + 1);
  const mask = join(folder, `${basename(picture, extname(picture))}.png`);
  await writeFile(mask, file);
  const found = Object.entries(metadata.coverage).map(([label, share]) => `${label} ${(share * 100).toFixed(1)} %`);
  console.log(`${basename(picture)}: ${found.join(', ') || 'nothing'} (${metadata.inference_time_ms} ms) -> ${mask}`);
}
socket.close();
