// What a page lends to whatever detects in it.

/** @typedef {'server'|'auto'|'browser'} Wish who is to detect */
/** @typedef {{post: (body: object) => boolean, handOver: () => void, state: string}} Reporter */

/**
 * Asked again and again, so that the page need not tell.
 * @typedef {object} PageParts
 * @property {boolean} isCamera whether this page's own camera is what is looked at
 * @property {() => Reporter|null} session
 * @property {() => import('./messages.js').RoomSettings|null} settings
 * @property {() => HTMLVideoElement|MediaStream|null} source the undrawn picture: a viewer's video, or the camera itself
 * @property {() => boolean} mayAct false for a watcher
 * @property {(message: import('./messages.js').DetectionsMessage) => void} onResult
 */
/** @typedef {PageParts & {token: string|undefined, onState: (words: string) => void}} InferenceParts */
/** @typedef {{hear: (message: import('./messages.js').Message) => boolean, wish: Wish, close: () => void}} Inference */
/** @typedef {new (wish: Wish, parts: InferenceParts) => Inference} InferenceMaker */
/** @typedef {PageParts & {load: () => Promise<{PageInference: InferenceMaker}>, onWish?: () => void}} SwitchParts */

export {};
