// Stems that play as one, each louder or silent at any time.

/** @typedef {{name: string, buffer: AudioBuffer}} Stem */

/** Starts all stems on the same sample, so that they never drift; where nothing is soloed all are heard. */
export class StemMixer {
  #stems;
  #makeContext;
  /** @type {AudioContext|null} */ #context = null;
  /** @type {Map<string, {source: AudioBufferSourceNode, gain: GainNode}>} */ #playing = new Map();
  /** @type {Set<string>} */ #solos = new Set();
  #startedAt = 0;
  #offset = 0;

  /** @param {Stem[]} stems @param {() => AudioContext} [makeContext] */
  constructor(stems, makeContext = () => new AudioContext()) {
    this.#stems = stems;
    this.#makeContext = makeContext;
  }

  get seconds() {
    return Math.max(0, ...this.#stems.map(({ buffer }) => buffer.duration));
  }

  get isPlaying() {
    return this.#playing.size > 0;
  }

  /** Where it stands, in seconds. */
  get place() {
    if (!this.isPlaying || !this.#context) return this.#offset;
    return Math.min(this.seconds, this.#offset + this.#context.currentTime - this.#startedAt);
  }

  /** @param {string} name */
  isHeard(name) {
    return this.#solos.size === 0 || this.#solos.has(name);
  }

  /** @param {string} name */
  isSolo(name) {
    return this.#solos.has(name);
  }

  /** @param {string} name */
  toggleSolo(name) {
    if (!this.#solos.delete(name)) this.#solos.add(name);
    for (const [other, { gain }] of this.#playing) gain.gain.value = this.isHeard(other) ? 1 : 0;
  }

  /** From where it stands, or anew from its end. Needs a gesture of the user. */
  async play() {
    this.#context ??= this.#makeContext();
    const context = this.#context;
    await context.resume();
    if (this.isPlaying) return;
    if (this.#offset >= this.seconds - 0.02) this.#offset = 0;
    this.#startedAt = context.currentTime;
    for (const { name, buffer } of this.#stems) {
      const source = context.createBufferSource();
      const gain = context.createGain();
      source.buffer = buffer;
      gain.gain.value = this.isHeard(name) ? 1 : 0;
      source.connect(gain);
      gain.connect(context.destination);
      source.start(this.#startedAt, this.#offset);
      this.#playing.set(name, { source, gain });
    }
  }

  pause() {
    this.#offset = this.place;
    for (const { source, gain } of this.#playing.values()) {
      source.stop();
      gain.disconnect();
    }
    this.#playing.clear();
  }

  /** @param {number} seconds */
  async seek(seconds) {
    const wasPlaying = this.isPlaying;
    this.pause();
    this.#offset = Math.min(this.seconds, Math.max(0, seconds));
    if (wasPlaying) await this.play();
  }

  close() {
    this.pause();
    void this.#context?.close();
  }
}
