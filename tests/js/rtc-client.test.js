import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';

// The package as it is published, packed and unpacked once.
const folder = mkdtempSync(join(tmpdir(), 'rtc-client-'));
const OK = { status: 200, headers: { 'content-type': 'application/json' } };
/** @type {typeof import('../../packages/rtc-client/rtc-client.js')} */ let client;
/** @type {{method: string, url: string, headers: Record<string, string>, body: unknown}[]} */ let asked;
/** @type {(url: URL, method: string) => Response|Promise<Response>} */ let answer;
/** @type {string} */ let listed;

before(async () => {
  const source = join(import.meta.dirname, '..', '..', 'packages', 'rtc-client');
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: source, stdio: ['ignore', 'ignore', 'pipe'] });
  listed = execFileSync('tar', ['-xzvf', 'rtc-client-0.1.0.tgz'], { cwd: folder, encoding: 'utf8' });
  client = await import(join(folder, 'package', 'dist', 'rtc-client.js'));
});

after(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  asked = [];
  FakePeer.last = null;
  globalThis.RTCPeerConnection = FakePeer;
  globalThis.MediaStream = class { constructor(tracks) { this.tracks = tracks; } };
  globalThis.fetch = async (url, { method, headers, body }) => {
    asked.push({ method, url, headers, body });
    return answer(new URL(url), method);
  };
  answer = (url) => url.pathname.startsWith('/wh') ? joined() : new Response('{}', OK);
});

/** A data channel of which the test is the other end. */
class FakeChannel extends EventTarget {
  readyState = 'connecting';
  sent = [];

  send(text) {
    this.sent.push(JSON.parse(text));
    this.onSent?.(this.sent.at(-1));
  }

  open() {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }

  say(message) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

class FakePeer extends EventTarget {
  static last = null;
  iceGatheringState = 'complete';
  connectionState = 'new';
  localDescription = null;
  channels = {};
  transceivers = [];

  constructor() {
    super();
    FakePeer.last = this;
  }

  createDataChannel(label, options) {
    return (this.channels[label] = Object.assign(new FakeChannel(), { options }));
  }

  addTransceiver(track, init) {
    this.transceivers.push([track, init.direction]);
  }

  async setLocalDescription() {
    this.localDescription = { sdp: 'offer' };
  }

  async setRemoteDescription({ sdp }) {
    this.answer = sdp;
    for (const channel of Object.values(this.channels)) channel.open();
    this.dispatchEvent(Object.assign(new Event('track'), { streams: [], track: 'picture' }));
  }

  close() {
    this.connectionState = 'closed';
  }
}

function joined() {
  return new Response('answer', { status: 201, headers: { location: '/whep/demo/7' } });
}

function problem(status, body) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } });
}

function events(...blocks) {
  const text = new TextEncoder().encode(blocks.join(''));
  const stream = new ReadableStream({
    start(controller) {
      // In pieces that end anywhere, as a network cuts them.
      for (let at = 0; at < text.length; at += 7) controller.enqueue(text.slice(at, at + 7));
      controller.close();
    },
  });
  return new Response(stream, { status: 200, headers: { 'content-type': 'text/event-stream' } });
}

async function watching(options) {
  const room = await new client.RtcClient('https://rtc.example/', { token: 't', key: 'vr_k' }).watch('my room', options);
  return { room, peer: FakePeer.last, commands: FakePeer.last.channels.commands, vision: FakePeer.last.channels.vision };
}

test('package holds the module, the elements and their types, and nothing else', () => {
  assert.deepEqual(listed.trim().split('\n').sort(), [
    'LICENSE', 'README.md', 'dist/elements/rtc-camera.d.ts', 'dist/elements/rtc-camera.js', 'dist/elements/rtc-viewer.d.ts',
    'dist/elements/rtc-viewer.js', 'dist/rtc-client.d.ts', 'dist/rtc-client.js', 'package.json',
  ].map((name) => `package/${name}`));
  assert.deepEqual(Object.keys(client).sort(), ['RoomConnection', 'RtcClient', 'RtcError']);
});

test('packed elements define themselves', async () => {
  const defined = new Map();
  globalThis.HTMLElement = class {};
  globalThis.customElements = { get: (name) => defined.get(name), define: (name, type) => defined.set(name, type) };
  for (const name of ['rtc-viewer', 'rtc-camera']) await import(join(folder, 'package', 'dist', 'elements', `${name}.js`));
  assert.deepEqual([...defined.keys()], ['rtc-viewer', 'rtc-camera']);
});

test('viewer joins with its token and leaves the session that it got', async () => {
  const { room, peer, vision } = await watching({ view: 'source' });
  assert.equal(asked[0].url, 'https://rtc.example/whep/my%20room?view=source&follow=false');
  assert.deepEqual(asked[0].headers, { 'content-type': 'application/sdp', authorization: 'Bearer t' });
  assert.deepEqual([asked[0].body, peer.answer], ['offer', 'answer']);
  assert.deepEqual(peer.transceivers, [['video', 'recvonly']]);
  assert.deepEqual(vision.options, { ordered: false, maxRetransmits: 0 });
  assert.deepEqual(room.stream.tracks, ['picture']);
  const ended = new Promise((resolve) => { room.on('close', ({ detail }) => resolve(detail)); });
  room.close();
  room.close();
  assert.equal(await ended, 'It was left.');
  assert.deepEqual(asked.slice(1).map(({ method, url }) => [method, url]), [['DELETE', 'https://rtc.example/whep/demo/7']]);
  assert.equal(peer.connectionState, 'closed');
});

test('token goes along to the node that has the room, and a key does not', async () => {
  const elsewhere = (node) => new Response('{"title":"redirect"}', {
    status: 409, headers: { location: `https://${node}.rtc.example/whep/demo?view=annotated&follow=false&node=${node}~a` },
  });
  answer = (url) => (url.host === 'two.rtc.example' ? joined() : elsewhere('two'));
  await new client.RtcClient('https://rtc.example', { token: 'secret' }).watch('demo');
  assert.deepEqual(asked.map(({ url, headers }) => [url, headers.authorization]), [
    ['https://rtc.example/whep/demo?view=annotated&follow=false', 'Bearer secret'],
    ['https://two.rtc.example/whep/demo?view=annotated&follow=false&node=two~a', 'Bearer secret'],
  ]);
  assert.deepEqual(asked.map(({ body }) => body), ['offer', 'offer']);
  FakePeer.last.close();

  asked = [];
  const keys = [];
  answer = (url) => (url.host === 'two.rtc.example' ? joined() : elsewhere('two'));
  const plain = globalThis.fetch;
  globalThis.fetch = (url, request) => {
    keys.push(request.headers['x-api-key']);
    return plain(url, request);
  };
  await new client.RtcClient('https://rtc.example', { key: 'vr_k' }).watch('demo');
  assert.deepEqual(keys, ['vr_k', undefined]);
});

test('rooms that lead from node to node are given up', async () => {
  answer = ({ host }) => new Response('{"title":"redirect","detail":"The room is at node2."}', {
    status: 409, headers: { location: `https://${host}/whep/demo` },
  });
  await assert.rejects(new client.RtcClient('https://rtc.example').watch('demo'), { code: 'redirect', message: 'The room is at node2.' });
  assert.equal(asked.length, 5);
});

test('camera sends the first video track of a stream', async () => {
  const stream = { getVideoTracks: () => ['front'] };
  await new client.RtcClient('https://rtc.example').publish('demo', stream, { mode: 'focus', name: 'Hall', takeover: true });
  assert.equal(asked[0].url, 'https://rtc.example/whip/demo?mode=focus&name=Hall&takeover=true&follow=false');
  assert.deepEqual(FakePeer.last.transceivers, [['front', 'sendonly']]);
  const silent = new client.RtcClient('https://rtc.example').publish('demo', { getVideoTracks: () => [] });
  await assert.rejects(silent, { code: 'no_video' });
});

test('messages become events and anything else is ignored', async () => {
  const { room, vision } = await watching();
  const heard = [];
  for (const type of ['detections', 'stats', 'settings']) room.addEventListener(type, ({ detail }) => heard.push([type, detail]));
  vision.say({ type: 'detections', detections: [{ label: 'person' }] });
  vision.say({ type: 'settings', mode: 'focus' });
  vision.say({ type: 'tomorrow' });
  vision.dispatchEvent(new MessageEvent('message', { data: '{' }));
  vision.say({ type: 'stats', viewers: 2 });
  assert.deepEqual(heard.map(([type]) => type), ['detections', 'settings', 'stats']);
  assert.equal(heard[0][1].detections[0].label, 'person');
  assert.equal(heard[1][1].settings.mode, 'focus');
});

test('command is done with its pong, and refused by a notice that comes after it', async () => {
  const { room, commands, vision } = await watching();
  const notices = [];
  commands.onSent = ({ type, id, mode }) => {
    notices.push({ type: 'notice', code: 'target_lost', message: 'Gone.', recoverable: true });
    if (mode === 'odd') notices.push({ type: 'notice', code: 'bad_value', message: 'No such mode.', recoverable: true });
    if (type === 'ping') commands.say({ type: 'pong', id });
  };
  vision.onSent = ({ id }) => {
    for (const notice of notices.splice(0)) vision.say(notice);
    vision.say({ type: 'pong', id });
  };
  await room.configure({ mode: 'focus' });
  await Promise.all([room.select(0.25, 0.5), room.release()]);
  assert.deepEqual(commands.sent.filter(({ type }) => type !== 'ping'), [
    { mode: 'focus', type: 'configure' }, { type: 'select', x: 0.25, y: 0.5, slot: 0 }, { type: 'release' },
  ]);
  await assert.rejects(room.configure({ mode: 'odd' }), { name: 'RtcError', code: 'bad_value', message: 'No such mode.' });
  await room.configure({ mode: 'plain' });
});

test('command that can no longer be sent is refused, and none after it', async () => {
  const { room, commands } = await watching();
  commands.readyState = 'closing';
  commands.send = () => { throw new DOMException('The channel is closing.', 'InvalidStateError'); };
  await assert.rejects(room.release(), { code: 'closed' });
  // A promise that nobody awaits any more would end a process of Node.
  const stray = [];
  process.once('unhandledRejection', (error) => stray.push(error));
  room.close();
  await new Promise((resolve) => { setTimeout(resolve); });
  assert.deepEqual(stray, []);
});

test('command that waits when the connection ends is refused', async () => {
  const { room, peer } = await watching();
  const waiting = assert.rejects(room.release(), { code: 'closed' });
  await new Promise(setImmediate);
  peer.connectionState = 'failed';
  peer.dispatchEvent(new Event('connectionstatechange'));
  await waiting;
  await assert.rejects(room.release(), { code: 'closed' });
});

test('refusal is one error with the code of the server', async () => {
  const { RtcClient } = client;
  answer = () => problem(401, { title: 'token_required', detail: 'This server asks for a join token.' });
  await assert.rejects(new RtcClient('https://rtc.example').watch('demo'), {
    name: 'RtcError', code: 'token_required', status: 401, message: 'This server asks for a join token.',
  });
  assert.equal(FakePeer.last.connectionState, 'closed');
  answer = () => problem(404, { title: 'Not Found', code: 'unknown_job', detail: 'There is no such job.' });
  await assert.rejects(new RtcClient('https://rtc.example', { key: 'vr_k' }).jobResult('7'), { code: 'unknown_job', status: 404 });
  assert.deepEqual(asked.at(-1).headers, { 'x-api-key': 'vr_k' });
  answer = () => { throw new TypeError('failed to fetch'); };
  await assert.rejects(new RtcClient('https://rtc.example').rooms(), { code: 'unreachable', status: null });
});

test('job is asked for and followed to its end over a stream that breaks', async () => {
  const job = (status, progress) => `event: job\ndata: ${JSON.stringify({ job_id: '7', status, progress })}\n\n`;
  const streams = [events(job('queued', 0), job('processing', 0.5)), events(job('processing', 0.6), job('completed', 1))];
  answer = (url, method) => method === 'POST'
    ? new Response('{"job_id":"7","status":"queued"}', { ...OK, status: 202 })
    : streams.shift();
  const api = new client.RtcClient('https://rtc.example', { key: 'vr_k' });
  assert.equal(await api.createJob('v', 'analyse', { masks: false }), '7');
  assert.deepEqual(JSON.parse(asked[0].body), { video_id: 'v', kind: 'analyse', options: { masks: false } });
  const { setTimeout: wait } = globalThis;
  globalThis.setTimeout = (work) => wait(work, 0);
  const done = await api.waitForJob('7');
  globalThis.setTimeout = wait;
  assert.deepEqual([done.status, done.progress, asked.length], ['completed', 1, 3]);
});

test('events are followed past pings', async () => {
  const told = 'event: event\r\nid: 17\r\ndata: {"event_id":17,\r\ndata: "class":"person"}\r\n\r\n';
  answer = () => events('event: ping\ndata: null\n\n', told);
  const found = [];
  for await (const event of new client.RtcClient('https://rtc.example').followEvents({ room: 'demo', after: 7 })) found.push(event);
  assert.deepEqual(found, [{ event_id: 17, class: 'person' }]);
  assert.equal(asked[0].url, 'https://rtc.example/api/events/stream?room=demo&after=7');
});
