// The page that sends its pictures over a WebSocket and lays what comes back over them.
import { cameraAdvice } from '../camera/camera-advice.js';
import { FrameLink } from '../segment/frame-link.js';
import { FrameSource } from '../segment/frame-source.js';
import { Legend } from '../segment/legend.js';
import { MaskPainter } from '../segment/mask-painter.js';
import { applyText } from '../ui/apply-text.js';
import { byId, setText, show, tokenOfAddress } from '../ui/dom.js';
import { Segments } from '../ui/segments.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../segment/mask-painter.js').Overlay} Overlay */

const WIDTH = 640;
const HEIGHT = 480;
const PROFILES = /** @type {const} */ (['fast', 'balanced', 'accurate', 'motion']);

// Frames that wait for their answer; more would only hold memory.
const MAX_WAITING = 4;

/** Its token is missing, or over. */
const UNAUTHORISED = 'UNAUTHORISED';

applyText();
startPage();

const canvas = byId('scene', HTMLCanvasElement);
const toasts = new Toasts();
const painter = new MaskPainter(canvas);
/** @type {Map<number, ImageBitmap>} */ const waiting = new Map();
/** @type {{picture: ImageBitmap, mask: ImageBitmap}|null} */ let shown = null;
/** @type {string[]} */ let labels = [];
/** @type {Record<string, string>} */ const ownColours = {};
/** @type {Overlay} */ let overlay = 'filled';
let opacity = 0.6;
let profile = '';
let initialised = false;

const link = new FrameLink(address(), {
  onState: (state) => {
    const sign = byId('state', HTMLElement);
    sign.className = `chip ${state === 'live' ? 'chip-good' : state === 'refused' ? 'chip-bad' : 'chip-warn'}`;
    setText(byId('state-text', HTMLElement), text.segment.state[state]);
    if (state !== 'live') forget();
  },
  onConnected: (message) => {
    if (message.mode === null) {
      offer(message.available, message.unavailable);
      if (!initialised) {
        initialised = true;
        link.init(message.available[0] ?? null, WIDTH, HEIGHT);
      }
      return;
    }
    if (profile !== message.mode) legend.reset();
    profile = message.mode;
    labels = message.labels;
    profiles.value = profile;
  },
  onAnswer: (facts, file) => void draw(facts, file),
  onError: (error) => {
    // The server's sentence is for programs.
    if (error.code === UNAUTHORISED) void import('../panels/token-dialog.js').then(({ askForToken }) => askForToken(''));
    else toasts.show(error.message, error.recoverable ? 'warn' : 'bad');
  },
  onDropped: (id) => drop(id),
});

const source = new FrameSource(byId('picture', HTMLVideoElement), () => link.isFree, ({ id, jpeg, picture }) => {
  if (!link.send(id, jpeg)) {
    picture.close();
    return;
  }
  waiting.set(id, picture);
  for (const old of waiting.keys()) if (waiting.size > MAX_WAITING) drop(old);
}, () => void openCamera());

const legend = new Legend(byId('classes', HTMLElement), () => link.changeView({ class_filter: legend.filter(labels) }), (label, colour) => {
  ownColours[label] = colour;
  byId('colormap', HTMLSelectElement).value = 'custom';
  link.changeView({ colormap: 'custom', custom_colormap: ownColours });
});

const profiles = new Segments(
  byId('profiles', HTMLElement),
  'profile',
  PROFILES.map((value) => ({ value, label: text.segment.profile[value] })),
  (value) => link.changeMode(value),
);
const overlays = new Segments(
  byId('overlays', HTMLElement),
  'overlay',
  /** @type {const} */ (['filled', 'contour', 'side-by-side', 'blend']).map((value) => ({ value, label: text.segment.overlay[value] })),
  (value) => {
    overlay = /** @type {Overlay} */ (value);
    repaint();
  },
);
overlays.value = overlay;

function address() {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = tokenOfAddress();
  if (token) url.searchParams.set('token', token);
  return url.href;
}

/** @param {string[]} available @param {Record<string, string>} unavailable */
function offer(available, unavailable) {
  for (const input of byId('profiles', HTMLElement).querySelectorAll('input')) {
    input.disabled = !available.includes(input.value);
    const row = input.closest('label');
    if (row) row.title = unavailable[input.value] ?? '';
  }
}

/** @param {import('../segment/frame-messages.js').Segmentation} facts @param {Blob} file */
async function draw(facts, file) {
  const picture = waiting.get(facts.id);
  waiting.delete(facts.id);
  if (!picture) return;
  /** @type {ImageBitmap} */ let mask;
  try {
    mask = await createImageBitmap(file);
  } catch {
    picture.close();
    return;
  }
  shown?.picture.close();
  shown?.mask.close();
  shown = { picture, mask };
  byId('stage', HTMLElement).style.aspectRatio = `${picture.width} / ${picture.height}`;
  repaint();
  show(byId('waiting', HTMLElement), false);
  legend.update(facts.classes);
  setText(byId('rate', HTMLElement), text.fps(facts.fps));
  setText(byId('time', HTMLElement), text.segment.inference(facts.inferenceMs));
  setText(byId('model', HTMLElement), facts.model);
  canvas.dataset.frame = String(facts.id);
}

function repaint() {
  if (shown) painter.paint(shown.picture, shown.mask, overlay, opacity);
}

/** @param {number} id */
function drop(id) {
  waiting.get(id)?.close();
  waiting.delete(id);
}

/** A picture whose mask will never come is not shown. */
function forget() {
  for (const id of [...waiting.keys()]) drop(id);
}

/** @param {() => Promise<void>} open @param {(error: unknown) => string} words for why it failed */
async function start(open, words) {
  try {
    await open();
  } catch (error) {
    toasts.show(words(error), 'bad');
  }
}

/** Nothing where another file was chosen before this one began. @param {unknown} error */
function fileError(error) {
  return error instanceof DOMException && error.name === 'AbortError' ? '' : text.segment.badFile;
}

/** Asked for once more where it was taken away: it is there again, or the browser says why not. */
function openCamera() {
  return start(async () => {
    if (!navigator.mediaDevices) throw new Error('no camera over plain http');
    await source.openCamera();
  }, cameraAdvice);
}

byId('camera', HTMLButtonElement).addEventListener('click', () => void openCamera());
const fileInput = byId('file', HTMLInputElement);
fileInput.addEventListener('change', () => {
  const file = fileInput.files?.[0];
  if (file) void start(() => source.openFile(file), fileError);
});
const opacityInput = byId('opacity', HTMLInputElement);
opacityInput.addEventListener('input', () => {
  opacity = Number(opacityInput.value);
  setText(byId('opacity-value', HTMLElement), text.percent(opacity));
  repaint();
});
const mapSelect = byId('colormap', HTMLSelectElement);
const maps = /** @type {const} */ (['voc', 'ade20k', 'cityscapes', 'custom']);
for (const value of maps) mapSelect.add(new Option(text.segment.map[value], value));
mapSelect.addEventListener('change', () => link.changeView({ colormap: mapSelect.value, custom_colormap: ownColours }));
const chips = byId('chips', HTMLInputElement);
chips.addEventListener('change', () => show(byId('numbers', HTMLElement), chips.checked));
byId('snapshot', HTMLButtonElement).addEventListener('click', () => {
  if (!shown) {
    toasts.show(text.segment.noPicture, 'warn');
    return;
  }
  canvas.toBlob((blob) => {
    if (!blob) return;
    const anchor = document.createElement('a');
    anchor.href = URL.createObjectURL(blob);
    anchor.download = `segment-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}.png`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
  }, 'image/png');
});
addEventListener('online', () => link.hurry());
// Back from the browser's memory, where all was closed.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
addEventListener('pagehide', () => {
  source.close();
  link.close();
});
