// A camera for a room that has none: a clip that the page draws.
import { Session } from '../session/session.js';
import { DEMO_SIZE, drawScene } from './demo-scene.js';

/** @typedef {import('../session/session.js').SessionState} SessionState */

const PER_SECOND = 30;
const BITRATE = 1_500_000;

/** Publishes the drawn street to a room as any camera would. Owns the canvas, its stream and the session. */
export class DemoCamera {
  #canvas = document.createElement('canvas');
  #stream; #session; #timer;

  /**
   * @param {string} room @param {string|undefined} token @param {string} name what others see it called
   * @param {(state: SessionState, reason: string) => void} onState
   */
  constructor(room, token, name, onState) {
    Object.assign(this.#canvas, DEMO_SIZE);
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    const began = performance.now();
    const draw = () => drawScene(context, DEMO_SIZE.width, DEMO_SIZE.height, (performance.now() - began) / 1000);
    draw();
    // Not by the screen's own pace: it may be twice as fast, and stands still while the page is hidden.
    this.#timer = setInterval(draw, 1000 / PER_SECOND);
    this.#stream = this.#canvas.captureStream(PER_SECOND);
    this.#session = new Session(
      { room, role: 'phone', name, token, local: this.#stream, receive: false, maxBitrate: BITRATE },
      { onState: (state, reason) => onState(state, reason), onTrack: () => {}, onMessage: () => {}, onJoined: () => {} },
    );
    void this.#session.run();
  }

  async close() {
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    await this.#session.close();
  }
}
