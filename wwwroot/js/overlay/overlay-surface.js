// What a layer over the picture needs to know of the picture; the stage is one.

/**
 * @typedef {object} OverlaySurface
 * @property {import('./fit.js').Rect} rect where the picture lies, in CSS pixels
 * @property {readonly import('./fit.js').Rect[]} keepOut what lies over it, where labels would not be read
 * @property {(event: {clientX: number, clientY: number}) => {x: number, y: number}|null} locate a pointer's place in the picture
 * @property {() => void} repaint draws the lines anew on the picture that is there
 */

export {};
