// One clip under work: its pictures, the clicks in them, the task and what came of it.
import { libraryApi } from '../library/library-api.js';
import { byId, setText, show } from '../ui/dom.js';
import { Segments } from '../ui/segments.js';
import { studioText } from '../ui/studio-text.js';
import { Tabs } from '../ui/tabs.js';
import { ClickPoints } from './click-points.js';
import { ClickStage } from './click-stage.js';
import { ClipPlayer } from './clip-player.js';
import { FrameTimes } from './frame-times.js';
import { MaskPreview } from './mask-preview.js';
import { StepList } from './step-list.js';
import { studioApi } from './studio-api.js';
import { TaskRun } from './task-run.js';

/** @typedef {import('../library/library-api.js').Video} Video */
/** @typedef {import('./mask-preview.js').Outline} Outline */
/** @typedef {import('./studio-api.js').Task} Task */
/** @typedef {import('./studio-api.js').TaskKind} TaskKind */

/** @type {Readonly<Record<string, {kind: TaskKind, words: string}>>} */
const TASKS = {
  track: { kind: 'track-point', words: studioText.follow },
  text: { kind: 'text-to-video', words: studioText.find },
  remove: { kind: 'remove-object', words: studioText.remove },
};

/**
 * @typedef {object} WorkbenchListener
 * @property {(words: string, tone: 'good'|'warn'|'bad') => void} say
 * @property {(error: unknown) => void} onError
 * @property {(task: string|null) => void} onTask the address of what is at work
 */

export class Workbench {
  #listener;
  #points = new ClickPoints();
  #prompt = byId('prompt', HTMLInputElement);
  #go = byId('go', HTMLButtonElement);
  #outlined = byId('outlined', HTMLElement);
  #tab = 'track';
  /** What was tracked while the clip was recorded. @type {import('./track-boxes.js').TrackBoxes|null} */ #boxes = null;
  /** @type {FrameTimes|null} */ #times = null;
  /** @type {Video|null} */ #video = null;
  /** @type {Outline|null} */ #outline = null;
  /** @type {import('./result-view.js').ResultView|null} */ #result = null;
  /** The task whose result is shown. @type {string|null} */ #shown = null;
  #player = new ClipPlayer(() => this.#draw());
  #stage = new ClickStage(byId('overlay', HTMLCanvasElement), (place, subtract) => this.#click(place, subtract));
  #steps = new StepList({ cancel: () => void this.#run.cancel(), again: () => this.#run.retry() });
  #run = new TaskRun(studioApi, () => this.#onTask());
  #mode;

  #preview = new MaskPreview((clicks) => studioApi.preview(this.#video?.video_id ?? '', clicks), {
    onOutline: (outline) => this.#onOutline(outline),
    onError: (error) => {
      setText(this.#outlined, '');
      this.#listener.onError(error);
    },
    onBusy: (busy) => show(byId('outlining', HTMLElement), busy),
  });

  /** @param {WorkbenchListener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#prompt.placeholder = studioText.promptHint;
    this.#mode = new Segments(byId('click-mode', HTMLElement), 'click-mode', [
      { value: 'add', label: studioText.adds }, { value: 'take', label: studioText.takes, hint: studioText.takesHint },
    ], () => {});
    this.#mode.value = 'add';
    new Tabs(byId('tabs', HTMLElement), () => studioText.tabs, (tab) => {
      this.#tab = tab;
      this.#showTab();
    });
    byId('undo', HTMLElement).addEventListener('click', () => this.undo());
    byId('clear', HTMLElement).addEventListener('click', () => this.#clear());
    byId('back-to', HTMLElement).addEventListener('click', () => this.#player.show(this.#points.frame));
    this.#prompt.addEventListener('input', () => this.#showTab());
    byId('ask', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#go.disabled) this.#start();
    });
    this.#go.addEventListener('click', () => this.#start());
  }

  /** The clip that is open. */
  get video() {
    return this.#video;
  }

  get player() {
    return this.#player;
  }

  /** Rejects where the studio does not work on it. @param {Video} video @param {string|null} task that an earlier page asked for */
  async open(video, task) {
    this.#video = video;
    this.#boxes = null;
    this.#clear();
    this.#forgetResult();
    this.#run.leave();
    setText(byId('clip-name', HTMLElement), video.name);
    this.#player.open(video);
    const { width, height, times, fps } = await studioApi.preview(video.video_id);
    if (this.#video !== video) return;
    this.#stage.open(width, height);
    this.#times = new FrameTimes(times ?? [0], fps);
    this.#player.begin(this.#times);
    byId('work', HTMLElement).dataset.clip = video.video_id;
    this.#showTab();
    if (video.has_sidecar) void this.#readBoxes(video);
    if (task) void this.#run.resume(task);
  }

  /** Most clips have none, so what draws them is loaded with the first that has. @param {Video} video */
  async #readBoxes(video) {
    const [{ TrackBoxes }, lines] = await Promise.all([import('./track-boxes.js'), libraryApi.sidecar(video.video_id).catch(() => '')]);
    if (this.#video !== video) return;
    this.#boxes = new TrackBoxes(lines);
    this.#draw();
  }

  /** Back to the choice of a clip; a task goes on. */
  leave() {
    this.#video = null;
    this.#boxes = null;
    this.#clear();
    this.#forgetResult();
    this.#run.leave();
    this.#player.empty();
    delete byId('work', HTMLElement).dataset.clip;
  }

  undo() {
    this.#points.undo();
    this.#ask();
  }

  #clear() {
    this.#points.clear();
    this.#ask();
  }

  /** @param {{x: number, y: number}} place @param {boolean} second */
  #click(place, second) {
    if (this.#tab === 'text' || !this.#video) return;
    this.#player.pause();
    if (this.#points.isFull && this.#points.frame === this.#player.frame) return this.#listener.say(studioText.full, 'warn');
    const box = this.#boxes?.find(this.#times?.startOf(this.#player.frame) ?? 0, place) ?? null;
    this.#points.add(this.#player.frame, place, second !== (this.#mode.value === 'take'), box);
    this.#ask();
  }

  #ask() {
    const { fields } = this.#points;
    this.#outline = null;
    setText(this.#outlined, '');
    if (fields) this.#preview.show(fields);
    else {
      this.#preview.forget();
      this.#mode.value = 'add';
    }
    this.#draw();
  }

  /** @param {Outline} outline */
  #onOutline(outline) {
    this.#outline = outline;
    const { found, engine, took, alpha, width, height } = outline;
    setText(this.#outlined, found ? studioText.outlined(engine, took) : '');
    this.#outlined.dataset.ms = String(Math.round(took));
    const last = this.#points.list.at(-1);
    const isHit = !last || last.subtract || alpha[pixel(last.y, height) * width + pixel(last.x, width)];
    if (!found) this.#listener.say(studioText.nothing, 'warn');
    else if (!isHit) this.#listener.say(studioText.missed, 'warn');
    this.#draw();
  }

  /** Clicks and outline belong to one picture and are shown on no other. */
  #draw() {
    const { frame, list, track } = this.#points;
    const isThere = frame === this.#player.frame && this.#tab !== 'text';
    const boxes = this.#tab === 'text' ? null : this.#boxes;
    const seconds = this.#times?.startOf(this.#player.frame) ?? 0;
    this.#stage.show(isThere ? this.#outline : null, isThere ? list : [],
      boxes && ((context, rect, scale) => boxes.draw(context, rect, scale, seconds, track)));
    const { dataset } = byId('overlay', HTMLElement);
    dataset.outlined = String(isThere && this.#outline?.found === true);
    dataset.boxes = String(boxes?.at(seconds).length ?? 0);
    setText(byId('clicks-text', HTMLElement), list.length > 0 ? studioText.clicks(list.length, frame, track) : studioText.noClick);
    show(byId('back-to', HTMLElement), list.length > 0 && frame !== this.#player.frame);
    for (const id of ['undo', 'clear']) byId(id, HTMLButtonElement).disabled = list.length === 0;
    this.#showGo();
  }

  #showTab() {
    const isText = this.#tab === 'text';
    show(byId('clicks', HTMLElement), !isText);
    this.#stage.enabled = !isText;
    setText(this.#go, TASKS[this.#tab].words);
    this.#draw();
  }

  #showGo() {
    const isAsked = this.#tab === 'text' ? this.#prompt.value.trim() !== '' : this.#points.fields !== null;
    this.#go.disabled = !isAsked || this.#run.isBusy || !byId('work', HTMLElement).dataset.clip;
  }

  #start() {
    if (!this.#video) return;
    this.#player.pause();
    this.#forgetResult();
    const fields = this.#tab === 'text' ? { prompt: this.#prompt.value.trim() } : this.#points.form;
    void this.#run.start(TASKS[this.#tab].kind, { video_id: this.#video.video_id, ...fields });
    byId('progress', HTMLElement).scrollIntoView({ block: 'nearest' });
  }

  #onTask() {
    const { state, task, error } = this.#run;
    this.#steps.update(this.#run);
    this.#showGo();
    this.#listener.onTask(task?.task_id ?? null);
    if (state === 'error') this.#listener.say(studioText.broken(error), 'bad');
    if (state === 'complete' && task && this.#shown !== task.task_id) void this.#showResult(task);
  }

  /** @param {Task} task */
  async #showResult(task) {
    this.#forgetResult();
    this.#shown = task.task_id;

    // Nothing of it is needed before there is something to show.
    const { ResultView } = await import('./result-view.js');
    if (this.#shown !== task.task_id || !this.#video) return;
    this.#result = new ResultView(task, this.#video, (words) => this.#listener.say(words, 'warn'));
    byId('result-body', HTMLElement).replaceChildren(this.#result.element);
    const card = byId('result', HTMLElement);
    show(card, true);
    card.dataset.kind = task.kind;
    if (task.found !== false) this.#listener.say(studioText.done[task.kind], 'good');
    card.scrollIntoView({ block: 'nearest' });
  }

  #forgetResult() {
    this.#result?.close();
    this.#result = null;
    this.#shown = null;
    show(byId('result', HTMLElement), false);
  }

  close() {
    this.leave();
    this.#stage.close();
    this.#player.close();
  }
}

/** @param {number} percent @param {number} side */
function pixel(percent, side) {
  return Math.min(side - 1, Math.floor((percent / 100) * side));
}

/** The video of an address. @param {string} id */
export const videoOf = (id) => libraryApi.video(libraryApi.at(id));
