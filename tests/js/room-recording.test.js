import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openInStudio } from '../../wwwroot/js/panels/room-clip.js';
import { RoomRecording } from '../../wwwroot/js/panels/room-recording.js';
import { text } from '../../wwwroot/js/ui/text.js';

class FakeElement extends EventTarget {
  hidden = false;
  textContent = '';
  attributes = {};
  toggleAttribute(_name, on) {
    this.hidden = on;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
}

let elements;
let asked;
let answers;
let said;
beforeEach(() => {
  elements = { 'room-record': new FakeElement(), 'room-record-time': new FakeElement(), 'room-clip': new FakeElement() };
  elements['room-record-time'].hidden = true;
  asked = [];
  answers = [];
  said = [];
  globalThis.HTMLElement = FakeElement;
  globalThis.HTMLButtonElement = FakeElement;
  globalThis.document = { getElementById: (id) => elements[id] };
  globalThis.fetch = async (path, { method, headers, body }) => {
    asked.push([method, path, headers.authorization, body]);
    const [status, answer] = await answers.shift();
    return { status, ok: status < 400, json: async () => answer };
  };
});

function open(t, view = 'source') {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const recording = new RoomRecording('demo', 'secret', { show: (message) => said.push(message) }, () => view);
  t.after(() => recording.close());
  return recording;
}

test('the button begins and ends, and the time is shown between', async (t) => {
  const recording = open(t);
  answers.push([201, { duration_seconds: 0 }], [200, { duration_seconds: 61.4 }]);
  await recording.toggle();
  assert.deepEqual(asked[0], ['POST', '/api/rooms/demo/recording', 'Bearer secret', '{"view":"source"}']);
  assert.equal(recording.isOn, true);
  assert.equal(elements['room-record'].textContent, text.view.roomRecordStop);
  assert.equal(elements['room-record-time'].hidden, false);
  assert.equal(elements['room-record-time'].textContent, '0:00');
  await recording.toggle();
  assert.equal(asked[1][0], 'DELETE');
  assert.equal(recording.isOn, false);
  assert.equal(elements['room-record-time'].hidden, true);
  assert.deepEqual(said, [text.view.roomRecorded(61)]);
});

test('a page that comes later shows the time that the recording has', (t) => {
  const recording = open(t);
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 75 } });
  assert.equal(recording.isOn, true);
  assert.equal(elements['room-record-time'].textContent, '1:15');
  recording.hear({ type: 'stats' });
  assert.equal(recording.isOn, false);
});

test('what others begin and end is shown at once', (t) => {
  const recording = open(t);
  recording.hear({ type: 'notice', code: 'recording_started' });
  assert.equal(elements['room-record-time'].textContent, '0:00');
  recording.hear({ type: 'notice', code: 'recording_ended' });
  assert.equal(recording.isOn, false);
});

test('another room has a recording of its own', async (t) => {
  const recording = open(t);
  answers.push([201, { duration_seconds: 0 }], [200, { duration_seconds: 5 }]);
  await recording.toggle();
  recording.room = 'demo.2';
  assert.equal(recording.isOn, false);
  recording.hear({ type: 'notice', code: 'recording_started' });
  const ending = recording.toggle();
  assert.deepEqual(asked[1].slice(0, 2), ['DELETE', '/api/rooms/demo.2/recording']);
  recording.room = 'demo';
  recording.hear({ type: 'notice', code: 'recording_started' });
  await ending;
  assert.equal(recording.isOn, true, 'an answer of the room that was left changes nothing');
  assert.deepEqual(said, [text.view.roomRecorded(5)]);
});

test('a refusal is said in the server’s words, and changes nothing', async (t) => {
  const recording = open(t);
  answers.push([409, { detail: 'The room is recorded already.' }]);
  await recording.toggle();
  assert.deepEqual(said, ['The room is recorded already.']);
  assert.equal(recording.isOn, false);
});

test('what the server told before it heard of the button changes nothing', async (t) => {
  const recording = open(t);
  let answer;
  answers.push(new Promise((done) => { answer = done; }));
  const asking = recording.toggle();
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 3 } });
  await recording.toggle();
  answer([201, { duration_seconds: 0 }]);
  await asking;
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 1 } });
  assert.equal(asked.length, 1);
  assert.equal(recording.isOn, true);
});

test('what the server told before it answered changes nothing after the answer', async (t) => {
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  const recording = open(t);
  answers.push([201, { duration_seconds: 0 }], [200, { duration_seconds: 1 }]);
  await recording.toggle();
  recording.hear({ type: 'stats' });
  assert.equal(recording.isOn, true);
  await recording.toggle();
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 1 } });
  assert.equal(recording.isOn, false);
  now += 2000;
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 1 } });
  assert.equal(recording.isOn, true);
});

test('a watcher sees the time and has no button', (t) => {
  const recording = open(t);
  recording.setReadOnly(true);
  recording.hear({ type: 'stats', recording: { view: 'source', duration_seconds: 5 } });
  assert.equal(elements['room-record'].hidden, true);
  assert.equal(elements['room-record-time'].hidden, false);
});

test('the last seconds of the room open in the studio, and the button says how it stands', async () => {
  const places = [];
  const button = elements['room-clip'];
  let answer;
  answers.push(new Promise((resolve) => { answer = resolve; }));
  const taken = openInStudio(button, 'a b', 'secret', { show: (message) => said.push(message) }, (place) => places.push(place));
  assert.deepEqual([button.disabled, button.textContent], [true, text.view.clipTaking]);
  answer([201, { recording_id: 'first', video_ids: ['first', 'turned'] }]);
  await taken;
  assert.deepEqual(asked, [['POST', '/api/rooms/a%20b/clip', 'Bearer secret', '{}']]);
  assert.deepEqual([places, button.disabled, button.textContent], [['/studio?video=turned'], false, text.view.clip]);
  answers.push([409, { detail: 'The room has no camera on air.' }]);
  await openInStudio(button, 'demo', undefined, { show: (message) => said.push(message) }, (place) => places.push(place));
  assert.deepEqual([said, places.length, button.disabled], [['The room has no camera on air.'], 1, false]);
});
