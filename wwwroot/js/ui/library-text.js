// Sentences of the page with a user's videos.
import { dateAndTime, day, size, spoken } from './language.js';

const DAY_MS = 86_400_000;

/** @param {number} seconds */
function remaining(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min left` : `${Math.round(seconds / 3600)} h left`;
}

/** Of the page `/library`. */
export const libraryText = spoken('library', Object.freeze({
  title: 'Library',
  drop: 'Drop videos here',
  add: 'Add videos',
  dropNow: 'Let go to upload',
  choose: 'Choose videos',
  accepts: (/** @type {number} */ megabytes) => `MP4, MOV, MKV, WebM or AVI, up to ${size(megabytes * 1e6)} each.`,
  retained: (/** @type {number} */ days) => (days === 1 ? 'A video is kept for a day.' : `A video is kept for ${days} days.`),
  uploads: 'Uploads',
  videos: 'Your videos',
  empty: 'No videos yet',
  emptyHint: 'Drop a file on this page, or choose one. An upload that breaks off goes on where it was.',
  more: 'Show more',
  loading: 'Reading your videos',
  failed: 'The server does not answer. Trying again.',

  progress: (/** @type {string} */ name) => `Upload of ${name}`,
  sent: (/** @type {number} */ bytes, /** @type {number} */ total) => (bytes === 0 ? size(total) : `${size(bytes)} of ${size(total)}`),
  rate: (/** @type {number} */ perSecond) => `${size(perSecond)}/s`,
  remaining,
  state: Object.freeze({
    queued: 'Waiting for its turn',
    sending: 'Uploading',
    checking: 'Reading the video',
    paused: 'Paused',
    away: 'Connection lost, going on when it is back',
    kept: 'Interrupted: choose the same file again to go on',
    failed: 'Not uploaded',
    done: 'Done',
  }),
  unreadable: 'The file has changed or can’t be read any more: choose it once more',
  pause: 'Pause',
  resume: 'Go on',
  again: 'Try again',
  chooseAgain: 'Choose the file',
  cancel: 'Cancel',
  pauseNamed: (/** @type {string} */ name) => `Pause the upload of ${name}`,
  resumeNamed: (/** @type {string} */ name) => `Go on with the upload of ${name}`,
  againNamed: (/** @type {string} */ name) => `Try again to upload ${name}`,
  chooseNamed: (/** @type {string} */ name) => `Choose ${name} again`,
  cancelNamed: (/** @type {string} */ name) => `Cancel the upload of ${name}`,
  uploaded: (/** @type {string} */ name) => `${name} is uploaded`,
  otherFile: (/** @type {string} */ name) => `That is not the file that was interrupted. Choose ${name}.`,
  tooLarge: (/** @type {string} */ name, /** @type {number} */ megabytes) =>
    `${name} is too large: a video has ${size(megabytes * 1e6)} at most (Store:MaxVideoMegabytes).`,
  noBytes: (/** @type {string} */ name) => `${name} has no bytes.`,
  refused: (/** @type {string} */ why) => why || 'The server refused it.',

  play: (/** @type {string} */ name, /** @type {string} */ time) => `Play ${name}, ${time}`,
  analysis: 'Analysis',
  analysisOf: (/** @type {string} */ name) => `Analysis of ${name}`,
  studio: 'Studio',
  studioOf: (/** @type {string} */ name) => `Open ${name} in the studio`,
  found: 'What was found',
  download: 'Download',
  downloadNamed: (/** @type {string} */ name) => `Download ${name}`,
  remove: (/** @type {string} */ name) => `Delete ${name}`,
  removeTitle: 'Delete this video?',
  removeHint: (/** @type {string} */ name) => `“${name}” goes for good, with all that was found in it.`,
  removeYes: 'Delete',
  removeNo: 'Keep it',
  removed: (/** @type {string} */ name) => `${name} is deleted`,
  removeFailed: (/** @type {string} */ name) => `${name} could not be deleted. Try again.`,
  unplayable: 'This browser can’t play this kind of file. Download it to see it.',
  boxes: 'Boxes',
  expires: (/** @type {Date} */ end, /** @type {Date} */ now) => {
    const days = Math.ceil((end.getTime() - now.getTime()) / DAY_MS);
    return days <= 0 ? 'Goes within the hour' : days === 1 ? 'Goes within a day' : `Goes in ${days} days`;
  },
  expiresAt: dateAndTime,
  added: day,

  job: Object.freeze({ queued: 'waits', processing: 'at work', completed: 'done', failed: 'failed', cancelled: 'cancelled' }),
  kind: (/** @type {string} */ kind) => ({ analyse: 'Analysis', reframe: 'Reframing' })[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1),
  jobNamed: (/** @type {string} */ kind, /** @type {string} */ video) => `${kind} of ${video}`,
  jobCancel: (/** @type {string} */ kind, /** @type {string} */ video) => `Cancel the ${kind.toLowerCase()} of ${video}`,

  keyTitle: 'This server asks for a key',
  keyHint: 'Whoever runs the server made one for you: vr_ and some letters. This browser keeps it until it is closed.',
  keyLabel: 'Key',
  keyEnter: 'Open my videos',
  keyBad: 'The server does not know this key.',
  keyAsk: 'Enter a key',
  signedIn: (/** @type {string} */ user) => user,
  signOut: 'Forget the key',
}));
