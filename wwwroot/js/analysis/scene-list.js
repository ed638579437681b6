// The scenes as cards.
import { analysisText } from '../ui/analysis-text.js';
import { byId, make, show } from '../ui/dom.js';

/** @typedef {import('./result-api.js').Scene} Scene */

const MAX_IMPORTANCE = 10;

/** A card a scene; the one that plays is marked, a click jumps to its start. */
export class SceneList {
  #fps;
  #onJump;
  #pictures;
  #list = byId('scenes', HTMLElement);
  /** @type {{scene: Scene, card: HTMLElement}[]} */ #cards = [];
  /** @type {HTMLElement|null} */ #current = null;

  /**
   * @param {number} fps @param {(seconds: number) => void} onJump
   * @param {{add: (canvas: HTMLCanvasElement, seconds: number) => void, clear: () => void}} pictures paints a picture of the video
   */
  constructor(fps, onJump, pictures) {
    this.#fps = fps;
    this.#onJump = onJump;
    this.#pictures = pictures;
  }

  /** @param {readonly Scene[]} scenes */
  use(scenes) {
    this.#pictures.clear();
    this.#current = null;
    this.#cards = scenes.map((scene) => ({ scene, card: this.#card(scene) }));
    this.#list.replaceChildren(...this.#cards.map(({ card }) => card));
    show(byId('scenes-part', HTMLElement), scenes.length > 0);
  }

  /** The picture of this number is shown. @param {number} frame */
  show(frame) {
    const now = this.#cards.find(({ scene }) => frame >= scene.start_frame && frame <= scene.end_frame)?.card ?? null;
    if (now === this.#current) return;
    this.#current?.removeAttribute('aria-current');
    now?.setAttribute('aria-current', 'true');
    this.#current = now;
  }

  /** @param {Scene} scene */
  #card(scene) {
    const { scene_number: number, start_frame: start, end_frame: end, description, importance, scene_type: type } = scene;
    const canvas = make('canvas', { attributes: { 'aria-hidden': 'true' } });
    const jump = make('button', {
      class: 'scene-picture', attributes: { type: 'button', 'aria-label': analysisText.sceneJump(number) },
      on: { click: () => this.#onJump(start / this.#fps) },
    }, canvas);
    const meter = make('meter', {
      attributes: { min: '0', max: String(MAX_IMPORTANCE), value: String(importance), 'aria-label': analysisText.importance(importance),
        title: analysisText.importance(importance) },
    });
    const card = make('li', { class: 'card scene', attributes: { 'data-scene': String(number) } }, jump,
      make('div', { class: 'scene-body' },
        make('div', { class: 'scene-head' }, make('h3', { text: analysisText.sceneNumber(number) }), meter,
          make('span', { class: 'scene-times', text: analysisText.sceneTimes(start / this.#fps, (end + 1) / this.#fps) })),
        make('p', { text: description }),
        make('span', { class: 'chip', text: analysisText.sceneType(type) }),
        ...this.#elements(scene)));
    this.#pictures.add(canvas, (start + Math.min(end - start, this.#fps)) / this.#fps);
    return card;
  }

  /** @param {Scene} scene */
  #elements({ replaceable_elements: elements }) {
    if (elements.length === 0) return [];
    return [make('details', { class: 'elements' }, make('summary', { text: `${analysisText.elements} (${elements.length})` }),
      make('ul', {}, ...elements.map(({ description, difficulty }) =>
        make('li', {}, make('span', { text: description }), make('span', { class: 'note', text: analysisText.difficulty(difficulty) })))))];
  }
}
