// Sentences of the page with the analysis of a video.
import { clock, counted as countedIn, dateAndTime, length, number, percent, spoken, tenths } from './language.js';

/** @param {number} count @param {string} one */
const counted = (count, one) => countedIn(count, one, `${one}s`);

/** Of the page `/library/{id}`. */
export const analysisText = spoken('analysis', Object.freeze({
  title: 'Analysis',
  back: 'Library',
  loading: 'Reading the video',
  failed: 'The server does not answer. Trying again.',
  gone: 'There is no such video. It may have been deleted.',
  unplayable: 'This browser can’t play this kind of file. What was found in it is below all the same.',
  empty: 'Nothing was looked for in this video yet.',
  stage: 'Picture',

  boxes: 'Boxes',
  masks: 'Masks',
  previousCut: 'Previous scene',
  nextCut: 'Next scene',
  previousPicture: 'Previous picture',
  nextPicture: 'Next picture',
  place: (/** @type {number} */ seconds, /** @type {number} */ frame) => `${clock(seconds)} · picture ${frame}`,
  box: (/** @type {{label: string, track_id: number, score: number}} */ { label, track_id: id, score }) =>
    `${label}${id > 0 ? ` ${id}` : ''} · ${percent(score)}`,

  timeline: 'Timeline',
  time: 'Time',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  lanes: 'Tracks: arrow keys choose one, Enter jumps to its start, Escape chooses none',
  timelineHint: 'A click jumps there. Triangles are cuts, bars are tracked objects.',
  track: (/** @type {{track_id: string, class: string, start_frame: number, end_frame: number, avg_confidence: number}} */ span, /** @type {number} */ fps) =>
    `${span.class} ${Number(span.track_id.match(/\d+$/)?.[0] ?? 0)}, ${length(span.start_frame / fps)} to ${length(span.end_frame / fps)}, mean confidence ${percent(span.avg_confidence)}`,
  chartAlt: (/** @type {{classes: string[], top: number}} */ { classes, top }) =>
    (classes.length === 0 ? 'No objects' : `Objects over time, up to ${Math.ceil(top)} at once: ${classes.join(', ')}`),

  results: 'What was found',
  facts: (/** @type {{frames: number, detections: number, tracks: number, scenes: number}} */ { frames, detections, tracks, scenes }) =>
    [counted(detections, 'object'), counted(tracks, 'track'), counted(scenes, 'scene'), `${counted(frames, 'picture')} looked at`],
  model: (/** @type {{model: string, provider: string}} */ { model, provider }) => `${model} on ${provider}`,
  notice: (/** @type {string} */ words) => `Note: ${words}.`,
  reading: (/** @type {number} */ frames) => `${counted(frames, 'picture')} read so far`,
  which: 'Which analysis',
  analysisAt: dateAndTime,

  filter: 'Show',
  classes: 'Classes',
  noClasses: 'No objects were found.',
  confidence: 'Confidence from',
  percent: (/** @type {number} */ share) => percent(share),
  trackLabel: 'Track',
  allTracks: 'All tracks',
  trackNamed: (/** @type {{track_id: string, class: string}} */ { class: name, track_id: id }) => `${name} ${Number(id.match(/\d+$/)?.[0] ?? 0)}`,
  moreTracks: (/** @type {number} */ count) => `and ${counted(count, 'more track')}: choose them on the timeline`,

  scenes: 'Scenes',
  sceneNumber: (/** @type {number} */ number) => `Scene ${number}`,
  sceneTimes: (/** @type {number} */ from, /** @type {number} */ to) => `${length(from)} to ${length(to)}`,
  sceneJump: (/** @type {number} */ number) => `Jump to scene ${number}`,
  importance: (/** @type {number} */ of) => `Importance ${of} of 10`,
  sceneType: (/** @type {string} */ type) => ({ person: 'People', product: 'Products', both: 'People and products', none: 'Neither people nor products' })[type] ?? type,
  elements: 'Could be replaced',
  difficulty: (/** @type {string} */ difficulty) => ({ easy: 'easy', medium: 'some work', hard: 'hard' })[difficulty] ?? difficulty,

  export: 'Export',
  exportAs: (/** @type {string} */ format) => `Export as ${format}`,

  ask: 'New analysis',
  askFirst: 'Analyse this video',
  modelLabel: 'Model',
  modelAuto: 'The server’s choice',
  modelMotion: 'What moves (no weights)',
  every: 'Look at every',
  everyHint: (/** @type {number} */ every, /** @type {number} */ fps) =>
    (every === 1 ? 'Every picture is looked at.' : `One picture in ${every} is looked at: ${number(fps / every, 1)} a second.`),
  confidenceAsk: 'Least confidence',
  labels: 'Other names for classes',
  labelsHint: 'One a line: bottle = product',
  labelsWrong: (/** @type {string} */ line) => `“${line}” is no pair of names. Write: bottle = product`,
  masksAsk: 'Cut objects out (masks)',
  scenesAsk: 'Scenes',
  scenesCuts: 'Cuts',
  scenesLanguage: 'Described by the language model',
  scenesNone: 'None',
  region: 'Only a part of the picture',
  regionHint: 'Draw it on the picture, or enter it in per cent.',
  regionLeft: 'Left',
  regionTop: 'Top',
  regionWidth: 'Width',
  regionHeight: 'Height',
  start: 'Start',
  startFailed: 'The analysis could not be started. Try again.',

  reframe: 'Reframe',
  reframeHint: 'A new video in another shape, which follows what each scene is about.',
  aspect: 'Shape',
  render: 'Render',
  reframeOpen: 'Open the new video',

  job: (/** @type {string} */ kind) => ({ analyse: 'Analysis', reframe: 'Reframing' })[kind] ?? kind,
  jobStatus: Object.freeze({ queued: 'waits for its turn', processing: 'at work', completed: 'done', failed: 'failed', cancelled: 'cancelled' }),
  step: Object.freeze({ pending: 'to do', processing: 'at work', complete: 'done', error: 'failed' }),
  seconds: (/** @type {number} */ seconds) => (seconds < 60 ? tenths(seconds) : length(seconds)),
  progress: (/** @type {string} */ kind) => `Progress of the ${kind.toLowerCase()}`,
  cancel: 'Cancel',
  cancelNamed: (/** @type {string} */ kind) => `Cancel the ${kind.toLowerCase()}`,
  attempt: (/** @type {number} */ attempt) => `Attempt ${attempt}`,
  dismiss: 'Close',
  done: (/** @type {string} */ kind) => `${kind} is done`,
  failedBecause: (/** @type {string} */ kind, /** @type {string|null} */ error) => `${kind} failed: ${error ?? 'the server gave no reason'}`,
  cancelled: (/** @type {string} */ kind) => `${kind} is cancelled`,
}));
