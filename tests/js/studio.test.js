import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installBrowser, until } from './support/browser.js';

installBrowser();
const { isClip, Problem } = await import('../../wwwroot/js/library/library-api.js');
const { ClickPoints } = await import('../../wwwroot/js/studio/click-points.js');
const { FrameTimes } = await import('../../wwwroot/js/studio/frame-times.js');
const { MaskPreview } = await import('../../wwwroot/js/studio/mask-preview.js');
const { TrackBoxes } = await import('../../wwwroot/js/studio/track-boxes.js');
const { StemMixer } = await import('../../wwwroot/js/studio/stem-mixer.js');
const { TaskRun } = await import('../../wwwroot/js/studio/task-run.js');
const { peaksOf } = await import('../../wwwroot/js/studio/waveform.js');

test('a video is a clip up to the limits, and not a little over them', () => {
  const session = { max_clip_seconds: 10, max_clip_megabytes: 100 };
  assert.equal(isClip({ bytes: 100e6, duration_seconds: 10.1 }, session), true);
  assert.equal(isClip({ bytes: 100e6 + 1, duration_seconds: 10 }, session), false);
  assert.equal(isClip({ bytes: 1, duration_seconds: 10.2 }, session), false);
});

test('a time belongs to the picture that is shown then, also where pictures last unevenly', () => {
  const times = new FrameTimes([0, 0.1, 0.6, 0.7], 10);
  assert.deepEqual([0, 0.05, 0.0999, 0.1, 0.59, 0.61, 5].map((at) => times.at(at)), [0, 0, 1, 1, 1, 2, 3]);
  for (let frame = 0; frame < times.count; frame++) assert.equal(times.at(times.middleOf(frame)), frame);
  assert.deepEqual([-3, 9].map((frame) => times.clamp(frame)), [0, 3]);
});

test('the first click adds, whatever was chosen, and a click in another picture begins anew', () => {
  const points = new ClickPoints();
  assert.equal(points.fields, null);
  points.add(4, { x: 0.5, y: 0.25 }, true);
  assert.deepEqual(points.fields, { x: 50, y: 25, frame_idx: 4 });
  points.add(4, { x: 1.2, y: -1 }, true);
  points.add(4, { x: 0.1, y: 0.1 }, false);
  assert.deepEqual(points.fields.points, [{ x: 100, y: 0, subtract: true }, { x: 10, y: 10, subtract: false }]);
  assert.deepEqual(points.form, { x: '50', y: '25', frame_idx: '4', points: JSON.stringify(points.fields.points) });
  points.add(5, { x: 0.2, y: 0.2 }, false);
  assert.deepEqual(points.fields, { x: 20, y: 20, frame_idx: 5 });
});

test('undo takes clicks back one by one, and no more are taken than the server takes', () => {
  const points = new ClickPoints();
  for (let i = 0; i < 40; i++) points.add(0, { x: 0.5, y: 0.5 }, i > 0);
  assert.equal(points.list.length, 33);
  assert.equal(points.isFull, true);
  for (let i = 0; i < 33; i++) points.undo();
  assert.deepEqual([points.frame, points.fields], [-1, null]);
});

test('a click on a tracked box means all of it and keeps its number; undone, it means nothing', () => {
  const line = (seconds, ...detections) => JSON.stringify({ presentation_time: seconds, view: 'source', detections });
  const box = (id, xmin, ymin, xmax, ymax) => ({ track_id: id, label: 'person', score: 0.9, xmin, ymin, xmax, ymax });
  const boxes = new TrackBoxes([line(1, box(7, 0.2, 0.1, 0.6, 0.9), box(9, 0.3, 0.3, 0.4, 0.5)), line(1.5, box(7, 0.4, 0.1, 0.8, 0.9))].join('\n'));
  assert.equal(boxes.at(1.04).length, 2);
  assert.equal(boxes.at(1.25).length, 0);
  assert.equal(boxes.find(1, { x: 0.35, y: 0.4 })?.id, 9);
  assert.equal(boxes.find(1.5, { x: 0.35, y: 0.4 }), null);
  const points = new ClickPoints();
  points.add(30, { x: 0.5, y: 0.5 }, false, boxes.find(1, { x: 0.5, y: 0.5 }));
  const track = { box: { xmin: 20, ymin: 10, xmax: 60, ymax: 90 }, track_id: 7 };
  assert.deepEqual(points.fields, { x: 50, y: 50, frame_idx: 30, ...track });
  assert.deepEqual([points.form.track_id, points.form.box, points.track], ['7', JSON.stringify(track.box), 7]);
  points.add(30, { x: 0.35, y: 0.4 }, true, boxes.find(1, { x: 0.35, y: 0.4 }));
  assert.equal(points.fields.track_id, 7);
  for (let i = 0; i < 2; i++) points.undo();
  points.add(30, { x: 0.1, y: 0.1 }, false, null);
  assert.deepEqual(points.fields, { x: 10, y: 10, frame_idx: 30 });
});

/** Answers when it is told to. */
function asked() {
  const calls = [];
  const ask = (clicks) => new Promise((resolve, reject) => { calls.push({ clicks, resolve, reject }); });
  return { calls, ask };
}

const seen = (frame, rle = [1, 2, 1]) => ({ frame_idx: frame, frames: 9, width: 2, height: 2, fps: 10, found: true, rle, engine: { mask: 'grabcut' } });

test('outlines are asked for one at a time, and only the newest clicks are answered', async () => {
  const { calls, ask } = asked();
  const outlines = [];
  let now = 100;
  const preview = new MaskPreview(ask, { onOutline: (one) => outlines.push(one), onError: assert.fail, onBusy: () => {} }, () => now);
  for (const x of [1, 2, 3]) preview.show({ x, y: 1, frame_idx: 0 });
  assert.equal(calls.length, 1);
  now = 180;
  calls[0].resolve(seen(0));
  await until(() => calls.length === 2);
  assert.equal(calls[1].clicks.x, 3);
  assert.equal(outlines.length, 0);
  calls[1].resolve(seen(0));
  await until(() => outlines.length === 1);
  assert.deepEqual([...outlines[0].alpha], [0, 255, 255, 0]);
  assert.deepEqual([outlines[0].took, outlines[0].engine, outlines[0].found], [80, 'grabcut', true]);
});

test('an outline that was forgotten or is damaged is not shown', async () => {
  const { calls, ask } = asked();
  const errors = [];
  const preview = new MaskPreview(ask, { onOutline: assert.fail, onError: (error) => errors.push(error), onBusy: () => {} });
  preview.show({ x: 1, y: 1, frame_idx: 0 });
  preview.forget();
  calls[0].resolve(seen(0));
  await until(() => true);
  preview.show({ x: 1, y: 1, frame_idx: 0 });
  await until(() => calls.length === 2);
  calls[1].resolve(seen(0, [9, 9]));
  await until(() => errors.length === 1);
});

/** A server with one task; each read takes the next of what the test prepared. */
class FakeTasks {
  asked = [];
  /** @type {(object|Error)[]} */ reads = [];

  start = async (kind, fields) => {
    this.asked.push(['start', kind, fields]);
    if (this.refusal) throw this.refusal;
    return { task_id: 't', kind, status: 'processing', progress: 0, steps: [], error: null };
  };

  task = async (id) => {
    this.asked.push(['task', id]);
    const next = this.reads.shift();
    if (next instanceof Error) throw next;
    return { task_id: id, kind: 'track-point', status: 'processing', progress: 0.5, steps: [], error: null, ...next };
  };

  cancel = async (id) => { this.asked.push(['cancel', id]); };
}

function runOf(tasks) {
  const states = [];
  const run = new TaskRun(tasks, ({ state }) => { if (states.at(-1) !== state) states.push(state); }, () => new Promise(setImmediate));
  return { run, states };
}

test('a task is read until it is complete, over a server that is away for a while', async () => {
  const tasks = new FakeTasks();
  tasks.reads = [{}, new TypeError('Failed to fetch'), new Problem(503, 'store'), { status: 'complete', progress: 1 }];
  const { run, states } = runOf(tasks);
  await run.start('track-point', { x: '1' });
  assert.deepEqual(states, ['asking', 'processing', 'complete']);
  assert.equal(run.task.progress, 1);
});

test('a refusal is told in the server’s words and can be tried again', async () => {
  const tasks = new FakeTasks();
  tasks.refusal = new Problem(429, 'A user has 20 tasks at most (Studio:MaxTasks).');
  const { run, states } = runOf(tasks);
  await run.start('remove-object', { x: '1' });
  assert.deepEqual(states, ['asking', 'error']);
  assert.match(run.error, /Studio:MaxTasks/);
  assert.equal(run.canRetry, true);
  delete tasks.refusal;
  tasks.reads = [{ status: 'complete' }];
  run.retry();
  await until(() => run.state === 'complete');
  assert.deepEqual(tasks.asked.filter(([what]) => what === 'start').map((call) => call.slice(1)), Array(2).fill(['remove-object', { x: '1' }]));
});

test('a task that fails says why', async () => {
  const tasks = new FakeTasks();
  tasks.reads = [{ status: 'error', error: 'The file is damaged: it can’t be decoded.' }];
  const { run } = runOf(tasks);
  await run.start('track-point', {});
  assert.deepEqual([run.state, run.error, run.canRetry], ['error', 'The file is damaged: it can’t be decoded.', true]);
});

test('a cancelled task is cancelled at the server, also where it had no name yet', async () => {
  const tasks = new FakeTasks();
  const { run } = runOf(tasks);
  const started = run.start('track-point', {});
  await run.cancel();
  await started;
  assert.deepEqual(tasks.asked.map(([what]) => what), ['start', 'cancel']);
  void run.start('track-point', {});
  await until(() => run.state === 'processing');
  await run.cancel();
  assert.deepEqual([run.state, tasks.asked.at(-1)[0], run.canRetry], ['cancelled', 'cancel', true]);
});

test('a task that is still asked for when its clip is left goes on', async () => {
  const tasks = new FakeTasks();
  const { run, states } = runOf(tasks);
  const started = run.start('track-point', {});
  run.leave();
  await started;
  assert.deepEqual(tasks.asked.map(([what]) => what), ['start']);
  assert.deepEqual([run.task, states], [null, ['asking', 'idle']]);
});

test('a task of an earlier page is waited for while the server is away', async () => {
  const tasks = new FakeTasks();
  tasks.reads = [new TypeError('Failed to fetch'), new Problem(503, 'starting'), { status: 'complete' }];
  const { run } = runOf(tasks);
  await run.resume('t');
  assert.equal(run.state, 'complete');
});

test('a task of an earlier page is gone on with, and one that is gone is none', async () => {
  const tasks = new FakeTasks();
  tasks.reads = [{}, { status: 'complete' }, new Problem(404, 'There is no such task.')];
  const { run } = runOf(tasks);
  await run.resume('t');
  assert.deepEqual([run.state, run.canRetry], ['complete', false]);
  await run.resume('old');
  assert.equal(run.state, 'idle');
});

test('a waveform has the loudest of each stretch of all channels', () => {
  const left = Float32Array.of(0, 0.5, 0, 0, 0.25, 0);
  const right = Float32Array.of(0, 0, -1, 0, 0, 0);
  assert.deepEqual([...peaksOf([left, right], 3)], [0.5, 1, 0.25]);
  assert.deepEqual([...peaksOf([], 2)], [0, 0]);
});

/** An AudioContext whose clock the test moves. */
function fakeAudio() {
  const started = [];
  const context = {
    currentTime: 0, destination: {},
    resume: async () => {},
    close: async () => {},
    createGain: () => ({ gain: { value: 1 }, connect() {}, disconnect() {} }),
    createBufferSource: () => {
      const source = { connect(gain) { source.to = gain; }, start: (at, offset) => started.push({ at, offset, source }), stop() { source.stopped = true; } };
      return source;
    },
  };
  return { context, started };
}

test('stems start on the same sample, and a solo silences the others while they play', async () => {
  const { context, started } = fakeAudio();
  const mixer = new StemMixer(['drums', 'vocals'].map((name) => ({ name, buffer: { duration: 4 } })), () => context);
  await mixer.play();
  assert.deepEqual(started.map(({ at, offset }) => [at, offset]), [[0, 0], [0, 0]]);
  mixer.toggleSolo('vocals');
  assert.deepEqual(started.map(({ source }) => source.to.gain.value), [0, 1]);
  assert.deepEqual([mixer.isHeard('drums'), mixer.isSolo('vocals')], [false, true]);
  mixer.toggleSolo('vocals');
  assert.deepEqual(started.map(({ source }) => source.to.gain.value), [1, 1]);
});

test('stems go on where they were stopped or sought to, and begin anew after their end', async () => {
  const { context, started } = fakeAudio();
  const mixer = new StemMixer([{ name: 'drums', buffer: { duration: 4 } }], () => context);
  await mixer.play();
  context.currentTime = 1.5;
  mixer.pause();
  assert.equal(mixer.place, 1.5);
  await mixer.play();
  assert.equal(started.at(-1).offset, 1.5);
  await mixer.seek(3);
  assert.deepEqual([started.length, started.at(-1).offset, mixer.isPlaying], [3, 3, true]);
  context.currentTime = 9;
  assert.equal(mixer.place, 4);
  mixer.pause();
  await mixer.play();
  assert.equal(started.at(-1).offset, 0);
});
