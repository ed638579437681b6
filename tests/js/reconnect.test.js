import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Refusal } from '../../wwwroot/js/session/hub.js';
import { Link } from '../../wwwroot/js/session/link.js';
import { Session } from '../../wwwroot/js/session/session.js';
import { FakeHub, FakeLink, installBrowser, until } from './support/browser.js';

let browser;
let server;
let hubs;
let links;
let states;
let messages;
let session;

/** What the server answers unless a test says otherwise: a place, always the same. */
function reply(changes = {}) {
  return { peer_id: 'p1', resume: 'r1', rights: 'operator', ice_servers: [], settings: {}, models: [], ...changes };
}

function open(options = {}) {
  session = new Session({ room: 'demo', role: 'viewer', token: 't', view: 'source', ...options }, {
    onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state),
    onTrack: () => {},
    onMessage: (message) => messages.push(message),
    onJoined: () => {},
  }, {
    makeHub: (onMessage, onLost) => hubs[hubs.push(new FakeHub(server, onMessage, onLost)) - 1],
    makeLink: (_, linkOptions, listener) => links[links.push(new FakeLink(server, linkOptions, listener)) - 1],
  });
  void session.run();
  return until(() => session.state === 'live', 'live');
}

const calls = (method) => server.calls.filter(([name]) => name === method).map(([, body]) => body);
const notice = (code) => ({ type: 'notice', code, message: code, recoverable: true });

beforeEach(() => {
  browser = installBrowser();
  server = { away: false, repairs: true, calls: [], answer: (method) => (method === 'Join' ? reply() : {}) };
  [hubs, links, states, messages] = [[], [], [], []];
});

afterEach(() => session?.close());

test('a session joins, connects and is live', async () => {
  await open();
  assert.deepEqual(states, ['connecting', 'live']);
  assert.deepEqual(calls('Join'), [{ room: 'demo', role: 'viewer', name: undefined, token: 't', view: 'source', resume: undefined }]);
  assert.equal(links.length, 1);
});

test('lost signalling is taken up again while the picture goes on', async () => {
  await open();
  hubs[0].lose();
  await until(() => calls('Join').length === 2 && session.state === 'live');
  assert.equal(calls('Join')[1].resume, 'r1');
  assert.deepEqual([links.length, links[0].closed, states.includes('returning')], [1, false, false]);
});

test('another peer after a join needs another connection', async () => {
  await open();
  server.answer = (method) => (method === 'Join' ? reply({ peer_id: 'p2', resume: 'r2' }) : {});
  hubs[0].lose();
  await until(() => links.length === 2 && session.state === 'live');
  assert.deepEqual([links[0].closed, calls('Restart').length], [true, 1]);
});

test('a broken path is mended on the same connection', async () => {
  await open();
  links[0].fail('broken');
  await until(() => states.length === 4);
  assert.deepEqual(states, ['connecting', 'live', 'repairing', 'live']);
  assert.deepEqual([links.length, links[0].repairs, calls('Join').length], [1, 1, 1]);
});

test('what cannot be mended is made anew in the same place', async () => {
  await open();
  server.repairs = false;
  links[0].fail('broken');
  await until(() => links.length === 2 && session.state === 'live');
  assert.deepEqual([links[0].closed, calls('Restart').length, calls('Join').length], [true, 1, 1]);
});

test('a server that is away is asked again until it is back', async () => {
  await open();
  server.away = true;
  links[0].isConnected = false;
  hubs[0].lose();
  await until(() => hubs.length > 4);
  assert.equal(session.state, 'returning');
  server.away = false;
  await until(() => session.state === 'live');
  assert.equal(calls('Join').at(-1).resume, 'r1');
});

test('a final refusal ends the session with its reason', async () => {
  await open();
  server.answer = (method) => {
    if (method === 'Join') throw new Refusal('HubException: token_expired: The join token has expired.');
    return {};
  };
  hubs[0].lose();
  await until(() => session.state === 'refused');
  const asked = calls('Join').length;
  for (let i = 0; i < 20; i++) await until(() => true);
  assert.equal(states.at(-1), 'refused: The join token has expired.');
  assert.equal(calls('Join').length, asked);
});

test('a refusal that may pass is asked about again', async () => {
  let refusals = 3;
  server.answer = (method) => {
    if (method === 'Join' && refusals-- > 0) throw new Refusal('HubException: limit_reached: Full.');
    return method === 'Join' ? reply() : {};
  };
  await open();
  assert.equal(calls('Join').length, 4);
  assert.ok(states.includes('connecting: Full.'));
});

test('a phone that finds another on air may take its place once', async () => {
  const taken = 'limit_reached: The server\'s limit Rooms:PhonesPerRoom=1 is reached. On air is "Hall".';
  server.answer = (method, body) => {
    if (method === 'Join' && !body.takeover && !body.resume) throw new Refusal(`HubException: ${taken}`);
    return method === 'Join' ? reply() : {};
  };
  void open({ role: 'phone' }).catch(() => {});
  await until(() => session.state === 'refused');
  assert.match(states.at(-1), /On air is "Hall"/);
  await open({ role: 'phone', takeover: true });
  hubs.at(-1).lose();
  await until(() => calls('Join').length === 3 && session.state === 'live');
  assert.deepEqual(calls('Join').map(({ takeover }) => takeover), [undefined, true, undefined]);
});

test('a place that the server forgot is joined anew on the same hub', async () => {
  await open();
  server.repairs = false;
  let forgotten = true;
  server.answer = (method) => {
    if (method === 'Restart' && forgotten) throw new Refusal('HubException: unknown_session: There is no such session.');
    if (method === 'Join') forgotten = false;
    return method === 'Join' ? reply() : {};
  };
  links[0].fail('closed');
  await until(() => calls('Join').length === 2 && session.state === 'live');
  assert.equal(hubs.length, 1);
});

test('a server about to stop is left and joined again as new', async () => {
  await open();
  hubs[0].push(notice('server_draining'));
  await until(() => calls('Join').length === 2 && session.state === 'live');
  assert.deepEqual([calls('Leave').length, calls('Join')[1].resume], [1, undefined]);
  assert.deepEqual([links[0].closed, hubs.length], [true, 2]);
});

test('a replaced phone stays away', async () => {
  await open({ role: 'phone' });
  hubs[0].push(notice('replaced'));
  await until(() => session.state === 'refused');
  for (let i = 0; i < 20; i++) await until(() => true);
  assert.equal(calls('Join').length, 1);
  assert.ok(links[0].closed);
});

test('a watcher of a private room asks for the other view', async () => {
  server.answer = (method, body) => {
    if (method === 'Join' && body.view === 'source') throw new Refusal('HubException: view_forbidden: The room is private.');
    return method === 'Join' ? reply() : {};
  };
  await open();
  assert.deepEqual(calls('Join').map(({ view }) => view), ['source', 'annotated']);
  assert.deepEqual(messages.map(({ code }) => code), ['view_changed']);
});

test('another view is another place, another camera is not', async () => {
  await open();
  session.reconnect({ receive: false });
  await until(() => links.length === 2 && session.state === 'live');
  assert.deepEqual([calls('Join').length, links[1].options.receive], [1, false]);
  session.reconnect({ view: 'annotated' });
  await until(() => links.length === 3 && session.state === 'live');
  assert.deepEqual(calls('Join').map(({ view, resume }) => [view, resume]), [['source', undefined], ['annotated', undefined]]);
});

test('the end of an old connection is void', async () => {
  await open();
  server.repairs = false;
  links[0].fail('broken');
  await until(() => links.length === 2 && session.state === 'live');
  const told = states.length;
  links[0].listener.onError('closed');
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  assert.deepEqual([session.state, states.length, links.length], ['live', told, 2]);
});

test('the end of an old hub is void', async () => {
  await open();
  hubs[0].lose();
  await until(() => hubs.length === 2 && session.state === 'live');
  hubs[0].onLost();
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  assert.deepEqual([hubs.length, calls('Join').length], [2, 2]);
});

test('a place is taken again where a browser keeps nothing', async () => {
  delete browser.navigator.locks;
  await open();
  hubs[0].lose();
  await until(() => calls('Join').length === 2 && session.state === 'live');
  assert.equal(calls('Join')[1].resume, 'r1');
});

test('a device without network says so', async () => {
  await open();
  browser.navigator.onLine = false;
  links[0].fail('broken');
  await until(() => states.includes('offline'));
  assert.ok(!states.includes('repairing'));
});

test('a network that was away for a moment leaves no sign of it', async () => {
  await open();
  browser.navigator.onLine = false;
  browser.window.dispatchEvent(new Event('offline'));
  assert.equal(session.state, 'offline');
  browser.navigator.onLine = true;
  browser.window.dispatchEvent(new Event('online'));
  await until(() => session.state === 'live');
  assert.deepEqual([links.length, links[0].repairs], [1, 1]);
});

test('another camera is no error where the connection is being made anew', async () => {
  const away = async () => { throw new DOMException('The peer connection is closed.', 'InvalidStateError'); };
  const sender = { replaceTrack: away, getParameters: () => ({ encodings: [{}] }), setParameters: away };
  globalThis.RTCPeerConnection = class {
    createDataChannel = () => ({});
    addTransceiver = () => ({ sender });
    close = () => {};
  };
  const link = new Link({}, { iceServers: [], local: null, receive: true, maxBitrate: 1 }, { onError: () => {} });
  await assert.rejects(link.replaceCamera({}, 1));
  const late = link.replaceCamera({}, 1);
  link.close();
  await late;
  await link.replaceCamera({}, 1);
});

test('a session that is closed while it joins makes no connection', async () => {
  let join;
  server.answer = (method) => (method === 'Join' ? new Promise((resolve) => { join = resolve; }) : {});
  const opened = open().catch(() => {});
  await until(() => join);
  const closing = session.close();
  join(reply());
  await closing;
  assert.deepEqual([links.length, browser.stored.size], [0, 0]);
  states.push('live');
  await Promise.race([opened, new Promise(setImmediate)]);
});

test('a page that sleeps with a dead connection mends it on waking', async () => {
  await open();
  links[0].peerConnection.connectionState = 'failed';
  browser.document.dispatchEvent(new Event('visibilitychange'));
  await until(() => links[0].repairs === 1);
});

test('close leaves the room and ends every wait', async () => {
  await open();
  await session.close();
  assert.equal(states.at(-1), 'closed');
  assert.deepEqual([calls('Leave').length, links[0].closed, hubs[0].isOpen], [1, true, false]);
  assert.equal(browser.stored.size, 0);
});
