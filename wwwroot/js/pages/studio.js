// The page that works on clips: one is chosen, clicked on, and what came of it taken along.
import { KeyDialog } from '../library/dialogs.js';
import { libraryApi, Problem } from '../library/library-api.js';
import { ClipPicker } from '../studio/clip-picker.js';
import { videoOf, Workbench } from '../studio/workbench.js';
import { applyText } from '../ui/apply-text.js';
import { byId, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';
import { Shortcuts } from '../ui/shortcuts.js';
import { studioText } from '../ui/studio-text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../library/library-api.js').Video} Video */

const RETRY_MS = 2_000;
const KEY_REFUSED = [400, 401];

applyText(document, { library: libraryText, studio: studioText });
startPage();

const toasts = new Toasts();
const status = byId('status', HTMLElement);
const key = new KeyDialog(async (given) => {
  try {
    await libraryApi.enter(given);
  } catch (error) {
    if (!(error instanceof Problem && KEY_REFUSED.includes(error.status))) toasts.show(studioText.refused(''), 'bad');
    return false;
  }
  void load();
  return true;
});

/** @param {unknown} error */
function onError(error) {
  if (error instanceof Problem && error.status === 401) key.ask();
  else toasts.show(studioText.refused(error instanceof Problem ? error.detail : ''), 'bad');
}

const workbench = new Workbench({ say: (words, tone) => toasts.show(words, tone), onError, onTask: (task) => setPlace({ task }) });
const picker = new ClipPicker({ onClip: (video) => void open(video, null), say: (words, tone) => toasts.show(words, tone) });

/** What the page's address says, so that a reload comes back here. @param {Record<string, string|null>} changes */
function setPlace(changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(null, '', url);
}

/** @param {boolean} isOpen */
function showWork(isOpen) {
  show(byId('work', HTMLElement), isOpen);
  show(byId('choose', HTMLElement), !isOpen);
}

/** @param {Video} video @param {string|null} task */
async function open(video, task) {
  showWork(true);
  setText(status, studioText.opening);
  setPlace({ video: video.video_id });
  try {
    await workbench.open(video, task);
  } catch (error) {
    onError(error);
    if (workbench.video === video) choose();
  }
  if (workbench.video === video) setText(status, '');
}

function choose() {
  workbench.leave();
  setPlace({ video: null, task: null });
  setText(status, '');
  showWork(false);
}

/** @param {string} id @param {string|null} task */
async function openNamed(id, task) {
  try {
    await open(await videoOf(id), task);
  } catch (error) {
    if (error instanceof Problem && error.status !== 404) onError(error);
    else toasts.show(studioText.unknown, 'warn');
    choose();
  }
}

async function load() {
  try {
    const session = await libraryApi.session();
    show(byId('enter', HTMLElement), session.user === null);
    if (session.user === null) {
      setText(status, '');
      key.ask();
      return;
    }
    const place = new URLSearchParams(location.search);
    const named = workbench.video ? null : place.get('video');
    if (named) void openNamed(named, place.get('task'));
    else if (!workbench.video) showWork(false);
    await picker.load(session);
    if (!named) setText(status, '');
  } catch (error) {
    if (error instanceof Problem && error.status === 401) key.ask();
    setText(status, studioText.failed);
    setTimeout(() => void load(), RETRY_MS);
  }
}

byId('enter', HTMLElement).addEventListener('click', () => key.ask());
byId('other', HTMLElement).addEventListener('click', () => {
  choose();
  byId('file', HTMLElement).focus();
});
new Shortcuts({
  ',': () => workbench.player.step(-1),
  '.': () => workbench.player.step(1),
  backspace: () => workbench.undo(),
  ' ': (event) => {
    // A button is pressed by it, and a video of a result plays.
    if (event.target instanceof HTMLButtonElement || event.target instanceof HTMLVideoElement) return;
    event.preventDefault();
    workbench.player.toggle();
  },
});
addEventListener('pagehide', ({ persisted }) => {
  // A browser that keeps the page brings it back as it was.
  if (persisted) return;
  workbench.close();
  picker.close();
});
void load();
