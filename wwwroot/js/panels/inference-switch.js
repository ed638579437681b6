// Who detects, as the user chose.
import { byId, setAddress, setText, tokenOfAddress } from '../ui/dom.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/messages.js').Message} Message */
/** @typedef {'server'|'auto'|'browser'} Wish */
/** @typedef {{hear: (message: Message) => boolean, wish: Wish, close: () => void}} Inference */
/** @typedef {{post: (body: object) => boolean, handOver: () => void, state: string}} Reporter */

/**
 * What the page has; asked again and again, so that it need not tell.
 * @typedef {object} PageParts
 * @property {boolean} isCamera whether this page's own camera is what is looked at
 * @property {() => Reporter|null} session
 * @property {() => import('../session/messages.js').RoomSettings|null} settings
 * @property {() => HTMLVideoElement|MediaStream|null} source the undrawn picture: a viewer's video, or the camera itself
 * @property {() => boolean} mayAct false for a watcher
 * @property {(message: import('../session/messages.js').DetectionsMessage) => void} onResult
 */
/** @typedef {PageParts & {token: string|undefined, onState: (words: string) => void}} InferenceParts */
/** @typedef {new (wish: Wish, parts: InferenceParts) => Inference} InferenceMaker */
/** @typedef {PageParts & {load: () => Promise<{PageInference: InferenceMaker}>, onWish?: () => void}} SwitchParts */

const WISHES = /** @type {const} */ (['server', 'auto', 'browser']);

/** The choice; what detects in the page is loaded with the first choice that needs it. */
export class InferenceSwitch {
  #select = byId('inference', HTMLSelectElement);
  #parts;
  /** @type {Inference|null} */ #inference = null;
  #turn = 0;

  /** @param {SwitchParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const wish of WISHES) this.#select.add(new Option(text.inference[wish], wish));
    this.#select.addEventListener('change', () => {
      setAddress('inference', this.wish);
      void this.#choose();
    });
    const asked = WISHES.find((wish) => wish === new URLSearchParams(location.search).get('inference'));
    if (asked) this.#select.value = asked;
    // Once the page stands.
    if (this.isWanted) queueMicrotask(() => void this.#choose());
  }

  get wish() {
    return /** @type {Wish} */ (this.#select.value);
  }

  /** Whether the page itself may come to detect. */
  get isWanted() {
    return this.wish !== 'server';
  }

  /** Whether the page is to take the message as it came. @param {Message} message */
  hear(message) {
    return this.#inference?.hear(message) ?? true;
  }

  /** Another room, or none: begins anew. */
  restart() {
    this.close();
    void this.#choose();
  }

  async #choose() {
    const turn = ++this.#turn;
    const { wish } = this;
    this.#parts.onWish?.();
    if (this.#inference) {
      this.#inference.wish = wish;
      return;
    }
    if (wish === 'server') return;
    const { PageInference } = await this.#parts.load();
    const inference = new PageInference(wish, {
      ...this.#parts, token: tokenOfAddress(), onState: (words) => setText(byId('inference-note', HTMLElement), words),
    });
    if (turn === this.#turn) this.#inference = inference;
    else inference.close();
  }

  close() {
    this.#turn++;
    this.#inference?.close();
    this.#inference = null;
  }
}
