// The page of one video's analysis: seen on the video, on a timeline and as scenes; asked for, followed and exported.
import { AnalysisForm } from '../analysis/analysis-form.js';
import { AnalysisLayer } from '../analysis/analysis-layer.js';
import { classesOf } from '../analysis/counts.js';
import { FilterPanel } from '../analysis/filter-panel.js';
import { JobBoard } from '../analysis/job-board.js';
import { ObjectFilter } from '../analysis/object-filter.js';
import { isOver, models, resultOf, startJob } from '../analysis/result-api.js';
import { jobsOf, Results } from '../analysis/results.js';
import { SceneList } from '../analysis/scene-list.js';
import { ScenePictures } from '../analysis/scene-pictures.js';
import { Seeker } from '../analysis/seeker.js';
import { Timeline } from '../analysis/timeline.js';
import { KeyDialog } from '../library/dialogs.js';
import { libraryApi, Problem } from '../library/library-api.js';
import { analysisText } from '../ui/analysis-text.js';
import { applyText } from '../ui/apply-text.js';
import { byId, make, setAddress, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';
import { Segments } from '../ui/segments.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../analysis/result-api.js').FollowedJob} FollowedJob */
/** @typedef {import('../library/library-api.js').Video} Video */

const RETRY_MS = 2_000;
const KEY_REFUSED = [400, 401];
const FORMATS = [['json', 'JSON'], ['coco', 'COCO'], ['mot', 'MOT'], ['csv', 'CSV']];
const ASPECTS = ['9:16', '1:1', '4:5'];

applyText(document, { library: libraryText, analysis: analysisText });
startPage();

const id = location.pathname.split('/')[2] ?? '';
const status = byId('status', HTMLElement);
const toasts = new Toasts();
const key = new KeyDialog(async (given) => {
  try {
    await libraryApi.enter(given);
  } catch (error) {
    if (!(error instanceof Problem && KEY_REFUSED.includes(error.status))) toasts.show(libraryText.failed, 'bad');
    return false;
  }
  void load();
  return true;
});

/** Everything that needs the video's facts. @param {Video} video @param {readonly string[]} kinds of jobs that the server has */
function open(video, kinds) {
  const element = byId('video', HTMLVideoElement);
  const fps = video.fps > 0 ? video.fps : 25;
  const facts = { ...video, fps, duration: video.duration_seconds, frames: video.total_frames };
  const filter = new ObjectFilter();
  const seeker = new Seeker(element, fps);
  const jump = (/** @type {number} */ seconds) => seeker.to(seconds);
  const scenes = new SceneList(fps, jump, new ScenePictures(libraryApi.file(id)));
  const timeline = new Timeline(facts, filter, { onJump: jump, onTrack: chooseTrack });
  const panel = new FilterPanel(filter, repaint, chooseTrack);
  const layer = new AnalysisLayer(byId('overlay', HTMLCanvasElement), element, facts, filter, (seconds) => {
    const frame = Math.round(seconds * fps);
    setText(byId('place', HTMLElement), analysisText.place(seconds, frame));
    timeline.show(seconds);
    scenes.show(frame);
  });
  const board = new JobBoard({ onChange: (job) => void onJob(job), onError: askKeyWhere });
  /** @type {Results|null} */ let results = null;

  function repaint() {
    layer.repaint();
    timeline.repaint();
  }

  /** @param {string|null} track */
  function chooseTrack(track) {
    filter.track = track;
    panel.showTrack();
    layer.repaint();
    timeline.reveal();
  }

  /** @param {'all'|'frames'|'masks'} what */
  function onResults(what) {
    if (!results) return;
    if (what !== 'masks') {
      panel.show(classesOf(results.frames.frames), results.tracks);
      timeline.use(results.frames, results.tracks, results.scenes);
    }
    if (what === 'all') scenes.use(results.scenes);
    showFacts(results);
    layer.repaint();
  }

  /** @param {string} job @param {boolean} isOpen */
  function use(job, isOpen) {
    results?.close();
    results = new Results(video, job, isOpen, { onChange: onResults, wanted: () => Math.round(layer.at * fps) });
    filter.track = null;
    filter.hidden.clear();
    for (const part of ['timeline', 'results']) show(byId(part, HTMLElement), true);
    show(byId('export-label', HTMLElement).parentElement ?? status, !isOpen);
    show(byId('reframe', HTMLElement), !isOpen && kinds.includes('reframe'));
    byId('exports', HTMLElement).replaceChildren(...FORMATS.map(([format, name]) => make('a', {
      class: 'button button-small', text: name,
      attributes: { href: results?.exportAt(format) ?? '', download: '', 'aria-label': analysisText.exportAs(name) },
    })));
    layer.use(results.frames, results.masks);
    setText(byId('ask-title', HTMLElement), analysisText.ask);
    setText(status, '');
    scenes.use([]);
    onResults('frames');
    if (!isOpen) void results.load().catch(askKeyWhere);
  }

  /** @param {Results} shown */
  function showFacts({ summary, frames, isOpen }) {
    const words = summary ? [...analysisText.facts(summary), analysisText.model(summary)]
      : isOpen ? [analysisText.reading(frames.frames.length)] : [];
    byId('facts', HTMLElement).replaceChildren(...words.map((text) => make('li', { text })));
    setText(byId('notice', HTMLElement), summary?.notice ? analysisText.notice(summary.notice) : '');
    show(byId('notice', HTMLElement), Boolean(summary?.notice));
    show(byId('show-masks', HTMLElement), isOpen || (summary?.masks ?? 0) > 0);
  }

  /** @param {FollowedJob} job */
  async function onJob(job) {
    if (job.kind === 'analyse' && !isOver(job)) {
      if (results?.job !== job.job_id) use(job.job_id, true);
      void results?.extend();
    }
    if (!isOver(job)) return;
    const name = analysisText.job(job.kind);
    if (job.status === 'completed') toasts.show(analysisText.done(name), 'good');
    if (job.status === 'cancelled') toasts.show(analysisText.cancelled(name), 'plain');
    if (job.status === 'completed' && job.kind === 'reframe') {
      board.panel(job.kind)?.link(`/library/${(await resultOf(job.job_id)).video_id}`);
    }
    if (job.kind === 'analyse') await showNewest();
  }

  /** The results of the newest analysis that is complete, or of the one in the address. */
  async function showNewest() {
    const complete = (await jobsOf(id)).filter(({ kind, status: state }) => kind === 'analyse' && state === 'completed');
    const wanted = new URLSearchParams(location.search).get('job');
    const shown = complete.find(({ job_id: job }) => job === wanted) ?? complete[0];
    listAnalyses(complete, shown?.job_id);
    if (shown) use(shown.job_id, false);
    else {
      results?.close();
      results = null;
      layer.use(null, null);
      for (const part of ['timeline', 'results', 'reframe', 'scenes-part']) show(byId(part, HTMLElement), false);
      setText(status, analysisText.empty);
      setText(byId('ask-title', HTMLElement), analysisText.askFirst);
      byId('ask', HTMLDetailsElement).open = true;
    }
  }

  /** @param {readonly FollowedJob[]} jobs @param {string|undefined} shown */
  function listAnalyses(jobs, shown) {
    const which = byId('which', HTMLSelectElement);
    show(byId('which-field', HTMLElement), jobs.length > 1);
    which.replaceChildren(...jobs.map(({ job_id: value, created_at: created }) =>
      make('option', { text: analysisText.analysisAt(new Date(created)), attributes: { value } })));
    which.value = shown ?? '';
  }

  /** @param {string} kind @param {object} options */
  async function begin(kind, options) {
    const job = await startJob(id, kind, options);
    board.follow(kind, job);
  }

  bindTools(element, jump, layer, timeline, fps);
  byId('which', HTMLSelectElement).addEventListener('change', ({ target }) => {
    const { value } = /** @type {HTMLSelectElement} */ (target);
    setAddress('job', value);
    use(value, false);
  });
  const form = new AnalysisForm(element, fps, async (options) => {
    await begin('analyse', options);
    history.replaceState(null, '', location.pathname);
    byId('ask', HTMLDetailsElement).open = false;
    byId('jobs', HTMLElement).scrollIntoView({ block: 'nearest' });
  });
  void models().then((all) => form.listModels(all), () => {});
  const aspects = new Segments(byId('aspects', HTMLElement), 'aspect', ASPECTS.map((value) => ({ value, label: value })), () => {});
  [aspects.value] = ASPECTS;
  byId('reframe-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    await begin('reframe', { aspect: aspects.value }).catch((error) => {
      askKeyWhere(error);
      toasts.show(error.message || analysisText.startFailed, 'bad');
    });
  });
  show(byId('ask', HTMLElement), kinds.includes('analyse'));
  return async () => {
    await showNewest();
    const jobs = await jobsOf(id);
    for (const kind of ['analyse', 'reframe']) {
      const newest = jobs.find((job) => job.kind === kind);
      if (newest && !isOver(newest)) board.follow(kind, newest.job_id);
      else if (newest?.status === 'failed') board.show(newest);
    }
  };
}

/**
 * @param {HTMLVideoElement} video @param {(seconds: number) => void} jump @param {AnalysisLayer} layer @param {Timeline} timeline
 * @param {number} fps
 */
function bindTools(video, jump, layer, timeline, fps) {
  const press = (/** @type {string} */ name, /** @type {() => void} */ work) =>
    byId(name, HTMLButtonElement).addEventListener('click', work);
  const step = (/** @type {number} */ pictures) => () => {
    video.pause();
    jump(Math.max(0, layer.at + pictures / fps));
  };
  const cut = (/** @type {-1|1} */ direction) => () => {
    const seconds = timeline.cut(direction);
    if (seconds !== undefined) jump(seconds);
  };
  press('previous-picture', step(-1));
  press('next-picture', step(1));
  press('previous-cut', cut(-1));
  press('next-cut', cut(1));
  for (const what of /** @type {const} */ (['boxes', 'masks'])) {
    press(`show-${what}`, () => {
      layer[what] = !layer[what];
      byId(`show-${what}`, HTMLElement).setAttribute('aria-pressed', String(layer[what]));
      layer.repaint();
    });
  }
}

/** @param {Video} video */
function play(video) {
  const element = byId('video', HTMLVideoElement);
  setText(byId('name', HTMLElement), video.name);
  document.title = `${video.name} · ${analysisText.title}`;
  element.setAttribute('aria-label', video.name);
  byId('stage', HTMLElement).style.aspectRatio = `${video.width} / ${video.height}`;
  element.addEventListener('error', () => {
    setText(byId('problem', HTMLElement), analysisText.unplayable);
    show(byId('problem', HTMLElement), true);
  });
  element.src = libraryApi.file(video.video_id);
  show(byId('body', HTMLElement), true);
}

/** @param {unknown} error */
function askKeyWhere(error) {
  if (error instanceof Problem && error.status === 401) key.ask();
}

/** Set with the first answer of the server. @type {(() => Promise<void>)|null} */ let refresh = null;

async function load() {
  try {
    const session = await libraryApi.session();
    show(byId('enter', HTMLElement), session.user === null);
    if (session.user === null) {
      setText(status, '');
      key.ask();
      return;
    }
    const video = await libraryApi.video(libraryApi.at(id));
    if (!refresh) {
      play(video);
      refresh = open(video, session.job_kinds);
    }
    setText(status, '');
    await refresh();
  } catch (error) {
    askKeyWhere(error);
    if (error instanceof Problem && error.status === 404) {
      setText(status, analysisText.gone);
      return;
    }
    setText(status, analysisText.failed);
    setTimeout(() => void load(), RETRY_MS);
  }
}

byId('enter', HTMLElement).addEventListener('click', () => key.ask());
if (id) void load();
else location.replace('/library');
