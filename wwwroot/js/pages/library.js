// The page of a user's videos: brought in, looked at, deleted.
import { DeleteDialog, KeyDialog } from '../library/dialogs.js';
import { bindDrop } from '../library/file-drop.js';
import { JobWatch } from '../library/job-watch.js';
import { isClip, libraryApi, Problem } from '../library/library-api.js';
import { Player } from '../library/player.js';
import { ThumbnailQueue } from '../library/thumbnail-queue.js';
import { UploadList } from '../library/upload-list.js';
import { VideoCard } from '../library/video-card.js';
import { applyText } from '../ui/apply-text.js';
import { byId, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../library/library-api.js').Video} Video */

const RETRY_MS = 2_000;
const KEY_REFUSED = [400, 401];

applyText(document, { library: libraryText });
startPage();

const toasts = new Toasts();
const list = byId('videos', HTMLElement);
const more = byId('more', HTMLButtonElement);
const status = byId('status', HTMLElement);
const thumbnails = new ThumbnailQueue();
const player = new Player();
const deletion = new DeleteDialog();
/** @type {Map<string, VideoCard>} */ const cards = new Map();
/** @type {string|null} */ let next = null;
const pages = { analysis: false, studio: (/** @type {Video} */ _video) => false };

const uploads = new UploadList(byId('uploads', HTMLElement), {
  onVideo: (video) => {
    add(video, true);
    showState();
    jobs?.hurry();
    toasts.show(libraryText.uploaded(video.name), 'good');
  },
  onCount: (count) => show(byId('uploads-part', HTMLElement), count > 0),
  say: (words) => toasts.show(words, 'warn'),
});

/** Once it is known whose they are. @type {JobWatch|null} */ let jobs = null;

function watchJobs() {
  jobs ??= new JobWatch((watch) => {
    for (const [id, card] of cards) card.showJobs(watch.of(id));
  }, askKeyWhere);
}

const key = new KeyDialog(async (given) => {
  try {
    await libraryApi.enter(given);
  } catch (error) {
    if (error instanceof Problem && KEY_REFUSED.includes(error.status)) return false;
    toasts.show(libraryText.failed, 'bad');
    return false;
  }
  void load();
  return true;
});

/** @param {unknown} error */
function askKeyWhere(error) {
  if (error instanceof Problem && error.status === 401) key.ask();
}

/** @param {Video} video @param {boolean} [isNew] */
function add(video, isNew = false) {
  if (cards.has(video.video_id)) return;
  const card = new VideoCard(video, {
    play: (one) => player.open(one),
    remove: (one) => void remove(one),
    cancelJob: ({ job_id: id }) => void libraryApi.cancelJob(id).then(() => jobs?.hurry(), askKeyWhere),
    loadThumbnail: (image, source) => thumbnails.add(image, source),
    pages,
  }, new Date());
  cards.set(video.video_id, card);
  card.showJobs(jobs?.of(video.video_id) ?? []);
  if (isNew) list.prepend(card.element);
  else list.append(card.element);
}

/** @param {Video} video */
async function remove(video) {
  if (!(await deletion.ask(video.name))) return;
  try {
    await libraryApi.remove(libraryApi.at(video.video_id));
  } catch (error) {
    askKeyWhere(error);
    if (!(error instanceof Problem && error.status === 404)) {
      toasts.show(libraryText.removeFailed(video.name), 'bad');
      return;
    }
  }
  const card = cards.get(video.video_id);
  const neighbour = card?.element.nextElementSibling ?? card?.element.previousElementSibling;
  card?.element.remove();
  cards.delete(video.video_id);
  showState();
  toasts.show(libraryText.removed(video.name), 'good');

  // The button that had the focus is gone.
  (neighbour?.querySelector('button') ?? byId('file', HTMLElement)).focus();
}

function showState() {
  show(byId('empty', HTMLElement), cards.size === 0 && next === null);
  show(more, next !== null);
  setText(byId('count', HTMLElement), cards.size === 0 ? '' : `${cards.size}${next === null ? '' : '+'}`);
}

async function readPage() {
  const page = await libraryApi.videos(next ?? undefined);
  next = page.next;
  for (const video of page.videos) add(video);
  showState();
}

async function load() {
  try {
    const session = await libraryApi.session();
    pages.analysis = session.pages.includes('analysis') && session.job_kinds.includes('analyse');
    pages.studio = (video) => session.pages.includes('studio') && isClip(video, session);
    uploads.maxMegabytes = session.max_video_megabytes;
    const { retain_days: days } = session;
    const accepts = libraryText.accepts(session.max_video_megabytes);
    setText(byId('accepts', HTMLElement), days > 0 ? `${accepts} ${libraryText.retained(days)}` : accepts);
    setText(byId('user', HTMLElement), session.user ?? '');
    show(byId('account', HTMLElement), session.user !== null && session.user !== 'local');
    show(byId('enter', HTMLElement), session.user === null);
    list.replaceChildren();
    cards.clear();
    next = null;
    if (session.user === null) {
      setText(status, '');
      key.ask();
      return;
    }
    await readPage();
    setText(status, '');
    watchJobs();
    await uploads.restore();
  } catch (error) {
    askKeyWhere(error);
    setText(status, libraryText.failed);
    setTimeout(() => void load(), RETRY_MS);
  }
}

bindDrop(byId('file', HTMLInputElement), byId('drop', HTMLElement), byId('drop-words', HTMLElement), (files) => uploads.add(files));
more.addEventListener('click', async () => {
  more.disabled = true;
  try {
    await readPage();
  } catch (error) {
    askKeyWhere(error);
    toasts.show(libraryText.failed, 'warn');
  }
  more.disabled = false;
});
byId('enter', HTMLElement).addEventListener('click', () => key.ask());
byId('sign-out', HTMLElement).addEventListener('click', async () => {
  await libraryApi.leave().catch(() => {});
  void load();
});
void load();
