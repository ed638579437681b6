// Sentences of the page that shows class maps.
import { milliseconds } from './language.js';

/** Of the page `/segment`. */
export const segmentText = Object.freeze({
  title: 'Segmentation',
  scene: 'The picture with its classes',
  begin: 'Show it something',
  beginHint: 'Open the camera, or choose a picture or a video.',
  tools: 'Source and picture',
  camera: 'Camera',
  file: 'Choose a file',
  numbers: 'Rate and time',
  snapshot: 'Save the picture',
  profiles: 'Profile',
  overlays: 'Overlay',
  opacity: 'Opacity',
  colours: 'Colours',
  classes: 'In the picture',
  classesHint: 'Uncheck what you don\u2019t want to see; tap a colour to change it.',
  badFile: 'This browser can’t show that file.',
  noPicture: 'There is no picture to work on.',
  inference: (/** @type {number} */ value) => `${milliseconds(value)} model`,
  colourOf: (/** @type {string} */ label) => `Colour of ${label}`,
  state: Object.freeze({ connecting: 'Connecting', live: 'Ready', returning: 'Connection lost, coming back', refused: 'The server said no', closed: 'Stopped' }),
  profile: Object.freeze({ fast: 'Fast', balanced: 'Balanced', accurate: 'Accurate', motion: 'Motion' }),
  overlay: Object.freeze({ filled: 'Filled', contour: 'Contour', 'side-by-side': 'Beside', blend: 'Blend' }),
  map: Object.freeze({ voc: 'Pascal VOC', ade20k: 'ADE20K', cityscapes: 'Cityscapes', custom: 'My own' }),
});
