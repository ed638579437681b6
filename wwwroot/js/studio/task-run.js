// One task of the studio, from asking for it to its end.
import { Backoff } from '../session/backoff.js';
import { Problem } from '../library/library-api.js';

/** @typedef {import('./studio-api.js').Task} Task */
/** @typedef {import('./studio-api.js').TaskKind} TaskKind */
/** @typedef {'idle'|'asking'|'processing'|'complete'|'error'|'cancelled'} RunState */

/**
 * @typedef {object} TaskApi
 * @property {(kind: TaskKind, fields: Record<string, string>) => Promise<Task>} start
 * @property {(id: string) => Promise<Task>} task
 * @property {(id: string) => Promise<unknown>} cancel
 */

const PERIOD_MS = 400;

/** Asks for a task and reads how it stands until it is over; a server that is away is waited for. */
export class TaskRun {
  /** @type {TaskApi} */ #api;
  #onChange;
  #wait;
  #backoff = new Backoff();
  /** The question that is looked after; an older one ends by itself. */ #round = 0;
  /** @type {{kind: TaskKind, fields: Record<string, string>, isCancelled: boolean}|null} */ #asked = null;

  /** @type {RunState} */ state = 'idle';
  /** @type {Task|null} */ task = null;
  /** Why it failed, in the server's words. */ error = '';

  /**
   * @param {TaskApi} api @param {(run: TaskRun) => void} onChange
   * @param {(ms: number) => Promise<unknown>} [wait]
   */
  constructor(api, onChange, wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); })) {
    this.#api = api;
    this.#onChange = onChange;
    this.#wait = wait;
  }

  get isBusy() {
    return this.state === 'asking' || this.state === 'processing';
  }

  /** It was asked for here, so that it can be asked for once more. */
  get canRetry() {
    return this.#asked !== null && (this.state === 'error' || this.state === 'cancelled');
  }

  /** @param {TaskKind} kind @param {Record<string, string>} fields */
  async start(kind, fields) {
    const round = ++this.#round;
    const asked = { kind, fields, isCancelled: false };
    this.#asked = asked;
    this.task = null;
    this.error = '';
    this.#to('asking');
    try {
      const task = await this.#api.start(kind, fields);
      // Before it had a name; one that was merely left goes on.
      if (asked.isCancelled) await this.#api.cancel(task.task_id).catch(() => {});
      else await this.#watch(round, task);
    } catch (error) {
      if (round === this.#round) this.#fail(error);
    }
  }

  retry() {
    if (this.#asked) void this.start(this.#asked.kind, this.#asked.fields);
  }

  /** A task that an earlier page asked for. @param {string} id */
  async resume(id) {
    const round = ++this.#round;
    this.#asked = null;
    this.error = '';
    try {
      const task = await this.#read(round, id);
      if (task) await this.#watch(round, task);
    } catch {
      // Its hours are over, or it is another's.
      if (round === this.#round) this.#to('idle');
    }
  }

  async cancel() {
    if (!this.isBusy) return;
    this.#round++;
    if (this.#asked) this.#asked.isCancelled = true;
    const id = this.task?.task_id;
    this.#to('cancelled');
    if (id) await this.#api.cancel(id).catch(() => {});
  }

  /** Forgets it; on the server it goes on. */
  leave() {
    this.#round++;
    this.task = null;
    this.#asked = null;
    this.#to('idle');
  }

  /** @param {number} round @param {Task} first */
  async #watch(round, first) {
    /** @type {Task} */ let task = first;
    while (round === this.#round) {
      this.task = task;
      if (task.status === 'complete') return this.#to('complete');
      if (task.status === 'error') {
        this.error = task.error ?? '';
        return this.#to('error');
      }
      this.#to('processing');
      await this.#wait(PERIOD_MS);
      task = await this.#read(round, task.task_id) ?? task;
    }
  }

  /** @param {number} round @param {string} id @returns {Promise<Task|null>} null where nobody asks any more */
  async #read(round, id) {
    while (round === this.#round) {
      try {
        const task = await this.#api.task(id);
        this.#backoff.reset();
        return task;
      } catch (error) {
        if (error instanceof Problem && !error.isPassing) throw error;
        await this.#wait(this.#backoff.next());
      }
    }
    return null;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.error = error instanceof Problem ? error.detail : '';
    this.#to('error');
  }

  /** @param {RunState} state */
  #to(state) {
    this.state = state;
    this.#onChange(this);
  }
}
