// What of a picture is blurred.
import { boxesAlpha, placement, soften, softEllipse } from './mask-blur.js';
import { unroll } from './mask-runs.js';

/** @typedef {import('./timeline.js').Moment} Moment */
/** @typedef {import('./timeline.js').Timeline} Timeline */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */
/** @typedef {import('../session/messages.js').WireMask} WireMask */
/** @typedef {import('./painter.js').Alpha} Alpha */
/** @typedef {import('./painter.js').Effect} Effect */

const WHOLE = Object.freeze([0, 0, 1, 1]);
const PRIVACY_SIDE = 128;

/** Decides what of a picture is blurred, from the room's settings and what is where in it. */
export class Effects {
  /** @type {WeakMap<WireMask, Alpha|null>} Each mask is unrolled once, however many pictures it serves. */
  #unrolled = new WeakMap();

  /**
   * @param {Pick<RoomSettings, 'mode'|'blur'>|null} settings @param {Moment|null} moment @param {Timeline} timeline
   * @returns {Effect|null}
   */
  of(settings, moment, timeline) {
    if (!settings || !moment) return null;
    const strength = settings.blur;
    if (settings.mode === 'privacy') {
      const people = moment.boxes.filter(({ label }) => label === 'person' || label === 'face');
      if (people.length === 0) return null;
      const alpha = boxesAlpha(people, PRIVACY_SIDE, PRIVACY_SIDE);
      return { alpha, place: WHOLE, strength: Math.max(0.5, strength), inside: true };
    }
    if (settings.mode !== 'focus' && settings.mode !== 'focus+annotate') return null;
    const held = moment.boxes.find(({ track_id: id }) => id === moment.message.target_id);
    if (!held) return null;
    const outline = timeline.maskOf(moment.message, held.track_id);
    const alpha = outline && this.#alphaOf(outline.mask);
    if (outline && alpha) return { alpha, place: placement(outline.box, held), strength };
    const width = Math.max(0.001, held.xmax - held.xmin);
    const height = Math.max(0.001, held.ymax - held.ymin);
    return { alpha: softEllipse(), place: [-held.xmin / width, -held.ymin / height, 1 / width, 1 / height], strength };
  }

  /** @param {WireMask} mask */
  #alphaOf(mask) {
    let alpha = this.#unrolled.get(mask);
    if (alpha === undefined) {
      const hard = unroll(mask);
      alpha = hard && { width: mask.width, height: mask.height, alpha: soften(hard, mask.width, mask.height) };
      this.#unrolled.set(mask, alpha);
    }
    return alpha;
  }
}
