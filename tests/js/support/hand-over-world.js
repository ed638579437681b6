// A room in virtual time: a camera, a server that detects or rests, and a page with a worker, each with its delays.
import { readFileSync } from 'node:fs';
import { HandOver } from '../../../wwwroot/js/handover/hand-over.js';
import { alignIds } from '../../../wwwroot/js/vision/track/align-ids.js';
import { PictureTracker } from '../../../wwwroot/js/vision/track/picture-tracker.js';
import { isTrackerState } from '../../../wwwroot/js/vision/track/tracker-state.js';

const PICTURE_MS = 1000 / 30;
const [WIDTH, HEIGHT] = [640, 480];
const TURN = constantsOf(new URL('../../../src/Rtc.Pipeline/Remote/RemoteTurn.cs', import.meta.url));
const TICK_MS = 10;

/** Numbers that look random and are the same for the same seed. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The server's own figures, so that this rule and that one cannot part. @param {URL} file @returns {Record<string, number>} */
function constantsOf(file) {
  const found = [...readFileSync(file, 'utf8').matchAll(/const (?:int|double) (\w+) = ([\d.]+);/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, Number(value)]));
}

/** The server's rule by which its own detector rests, as Rtc.Pipeline's RemoteTurn has it. */
class RemoteTurn {
  #last = -Infinity; #interval = 0; #deviation = 0; #knows = false; #row = 0; #until = -Infinity;

  get #patience() { return this.#interval + Math.min(TURN.GraceMs + TURN.Deviations * this.#deviation, TURN.MaxGraceMs); }

  rests(now) { return now < this.#until; }

  accepted(now) {
    const gap = now - this.#last;
    this.#last = now;
    if (!(gap <= TURN.PauseMs)) { this.#row = 1; this.#knows = false; return 0; }
    const isLate = this.#knows && gap > this.#patience;
    this.#learn(gap);
    this.#row = isLate ? 1 : this.#row + 1;
    this.#until = this.#row >= TURN.Overlap && this.#interval <= TURN.MaxIntervalMs ? now + this.#patience : -Infinity;
    return this.#until - now;
  }

  #learn(gap) {
    if (!this.#knows) { this.#interval = gap; this.#deviation = 0; this.#knows = true; return; }
    const off = Math.min(gap - this.#interval, TURN.MaxGraceMs);
    this.#interval += TURN.Smoothing * off;
    this.#deviation += TURN.Smoothing * (Math.abs(off) - this.#deviation);
  }

  end() { this.#row = 0; this.#knows = false; this.#last = -Infinity; this.#until = -Infinity; }
}

export class World {
  now = 0;
  #events = [];
  #random;
  // The server.
  serverLives = true;
  serverMs = 25;
  #turn = new RemoteTurn();
  #serverTracker = new PictureTracker(0.5);
  #newest = null;
  #serverBusy = false;
  /** @type {(() => void)[]} */ #waiting = [];
  #reported = -Infinity;
  #remote = -Infinity;
  serverRuns = 0;
  /** Stamps of what the room was told. */
  told = [];
  // The page.
  workerMs = 45;
  #pageTracker = new PictureTracker(0.5);
  #shadow = new PictureTracker(0.5);
  #workerBusy = false;
  #workerTurn = 0;
  #mine = new Map();
  /** What the page showed, in order. */
  shown = [];
  phases = [];

  constructor(seed, wish = 'auto') {
    this.#random = randomOf(seed);
    this.over = new HandOver(wish, (phase, cause) => this.#onPhase(phase, cause));
    this.#at(0, () => this.#picture());
    this.#at(0, () => this.#tick());
    this.over.live(true, 0);
    this.over.workerIs('ready', 0, this.workerMs);
  }

  run(ms) {
    const end = this.now + ms;
    while (this.#events.length > 0 && this.#events[0].at <= end) {
      const { at, act } = this.#events.shift();
      this.now = at;
      act();
    }
    this.now = end;
  }

  /** Its worker is gone; the next one is ready after so long. */
  killWorker(restartMs) {
    this.#workerTurn++;
    this.#workerBusy = false;
    this.over.workerIs('opening', this.now);
    this.#pageTracker = new PictureTracker(0.5);
    this.#at(restartMs, () => this.over.workerIs('ready', this.now));
  }

  #at(inMs, act) {
    const at = this.now + inMs;
    let place = this.#events.length;
    while (place > 0 && this.#events[place - 1].at > at) place--;
    this.#events.splice(place, 0, { at, act });
  }

  get #netMs() { return 14 + 8 * this.#random(); }

  #tick() {
    this.over.review(this.now);
    this.#offer();
    this.#at(TICK_MS, () => this.#tick());
  }

  #picture() {
    const stamp = this.now;
    this.#at(PICTURE_MS, () => this.#picture());
    this.#at(this.#netMs, () => {
      if (!(this.#newest?.stamp > stamp)) this.#newest = { stamp };
      this.#serve();
    });
    this.over.picture(stamp);
    this.#onShow = stamp;
    this.#offer();
  }

  #onShow = -Infinity;
  #offered = -Infinity;

  /** The picture on show goes to the worker where one is wanted and it is free. */
  #offer() {
    if (this.#workerBusy || this.#onShow <= this.#offered || !this.over.detects(this.now)) return;
    this.#offered = this.#onShow;
    this.#push(this.#onShow);
  }

  /** Three people who walk, by the picture's own time. */
  #seen(stamp) {
    const jitter = () => (this.#random() - 0.5) * 2;
    return [0, 1, 2].map((person) => {
      const left = 40 + 190 * person + 30 * Math.sin(stamp / 900 + person);
      const top = 100 + 20 * Math.cos(stamp / 700 + 2 * person);
      const box = { left: left + jitter(), top: top + jitter(), right: left + 90 + jitter(), bottom: top + 220 + jitter() };
      return { classId: 0, score: 0.8 + 0.1 * this.#random(), box };
    });
  }

  // The server.
  #serve() {
    if (!this.serverLives || this.#serverBusy || !this.#newest || this.#turn.rests(this.now)) return;
    const { stamp } = this.#newest;
    this.#newest = null;
    if (stamp <= this.#reported) return;
    this.#serverBusy = true;
    this.serverRuns++;
    this.#at(this.serverMs, () => {
      this.#serverBusy = false;
      const waiting = this.#waiting.splice(0);
      if (!this.serverLives) return;
      this.#tell('server', stamp, this.#serverTracker.update(this.#seen(stamp), WIDTH, HEIGHT, stamp, ['person']));
      for (const adopt of waiting) adopt();
      this.#serve();
    });
  }

  #hearRemote(stamp, boxes) {
    if (!this.serverLives || stamp <= this.#remote) return;
    this.#remote = stamp;
    const rests = this.#turn.accepted(this.now);
    if (rests > 0) this.#at(rests, () => this.#serve());
    const adopt = () => {
      if (stamp <= this.#reported) return;
      this.#serverTracker.follow(boxes, WIDTH, HEIGHT, stamp);
      this.#tell('browser', stamp, boxes);
    };
    // One loop looks at pictures and takes what members found.
    if (this.#serverBusy) this.#waiting.push(adopt);
    else adopt();
  }

  #tell(source, stamp, boxes) {
    this.#reported = stamp;
    this.told.push(stamp);
    this.#at(this.#netMs, () => this.#hear(source, stamp, boxes));
  }

  // The page.
  #onPhase(phase, cause) {
    const before = this.phases.at(-1)?.phase ?? 'server';
    this.phases.push({ phase, cause, at: this.now });
    if (before === 'page') this.#at(this.#netMs, () => { this.#turn.end(); this.#serve(); });
    if (before === 'server') this.#resume();
  }

  #resume() {
    const state = structuredClone(this.#shadow.save());
    if (!isTrackerState(state)) throw new Error('the state is none');
    this.#pageTracker.restore(state);
  }

  #push(stamp) {
    if (this.over.phase === 'server') this.#resume();
    this.#workerBusy = true;
    this.over.pushed(this.now);
    const turn = this.#workerTurn;
    this.#at(this.workerMs * (0.9 + 0.2 * this.#random()), () => {
      if (turn !== this.#workerTurn) return;
      this.#workerBusy = false;
      const boxes = this.#pageTracker.update(this.#seen(stamp), WIDTH, HEIGHT, stamp, ['person']);
      this.#mine.set(stamp, boxes);
      this.over.pageResult(this.now);
      if (this.over.reports) this.#at(this.#netMs, () => this.#hearRemote(stamp, boxes));
      this.#show('page', stamp, boxes);
      this.#offer();
    });
  }

  #hear(source, stamp, boxes) {
    const mine = this.#mine.get(stamp);
    if (mine && (source === 'browser' || this.over.phase !== 'page')) this.#pageTracker.rename(alignIds(mine, boxes));
    if (source === 'server') this.over.serverResult(this.now);
    this.#show('server', stamp, boxes);
  }

  #show(source, stamp, boxes) {
    if (!this.over.takes(source, stamp, this.now)) return;
    this.#shadow.follow(boxes, WIDTH, HEIGHT, stamp);
    this.shown.push({ source, stamp, at: this.now, boxes });
  }
}
