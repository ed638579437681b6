import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Refusal } from '../../wwwroot/js/session/hub.js';
import { NodeAddress } from '../../wwwroot/js/session/node-address.js';
import { RoomPlace } from '../../wwwroot/js/session/room-place.js';
import { SilenceWatch } from '../../wwwroot/js/session/silence-watch.js';
import { FakeHub, installBrowser } from './support/browser.js';

beforeEach(() => installBrowser());

const ELSEWHERE = 'https://node2.example/hub?node=node2~abc';

/** A cluster in which `at(url, method)` says what the node at this address answers. */
function enterAt(at) {
  const asked = [];
  const lost = [];
  const hubs = [];
  const place = new RoomPlace(() => ({ room: 'demo', role: 'phone' }), { onMessage() {}, onLost: () => lost.push(1), onJoined() {} },
    (onMessage, onLost, url) => {
      asked.push(url);
      const server = { calls: [], away: at(url, 'open') === 'away', answer: (method) => at(url, method, hub) };
      const hub = new FakeHub(server, onMessage, onLost);
      hubs.push(hub);
      return hub;
    });
  return { asked, lost, hubs, place };
}

const reply = (more = {}) => ({ peer_id: 'p', resume: 'r', ice_servers: [], ...more });

test('a client goes where it is sent, and the hub that sent it is closed', async () => {
  const { asked, hubs, place } = enterAt((url, method, hub) => {
    if (method !== 'Join') return undefined;
    if (url === ELSEWHERE) return reply();
    hub.push({ type: 'redirect', room: 'demo', node: 'node2', url: ELSEWHERE });
    throw new Refusal('HubException: redirect: The room is at node2.');
  });
  const hub = await place.enter();
  assert.deepEqual([asked, hub === hubs[1], hubs[0].isOpen], [['/hub', ELSEWHERE], true, false]);
});

test('a node that is gone is left for the next that is known, at once', async () => {
  const nodes = ['https://node2.example/', 'https://node3.example/'];
  const away = new Set();
  const { asked, hubs, place } = enterAt((url, method) => {
    if (method === 'open') return away.has(url.split('?')[0]) ? 'away' : undefined;
    return method === 'Join' ? reply({ node: 'n~1', nodes }) : undefined;
  });
  await place.enter();
  away.add('/hub').add('https://node2.example/hub');
  hubs[0].lose();
  await place.enter();
  assert.deepEqual(asked, ['/hub', '/hub?node=n~1', 'https://node2.example/hub', 'https://node3.example/hub']);
});

test('where no node answers the client waits, and begins with its own', async () => {
  const { asked, place } = enterAt((_, method) => (method === 'open' ? 'away' : undefined));
  await assert.rejects(place.enter());
  await assert.rejects(place.enter());
  assert.deepEqual(asked, ['/hub', '/hub']);
});

test('a room that moves takes its client along', async () => {
  const { asked, lost, hubs, place } = enterAt((_, method) => (method === 'Join' ? reply() : undefined));
  await place.enter();
  hubs[0].push({ type: 'redirect', room: 'demo', node: 'node2', url: ELSEWHERE });
  assert.deepEqual([lost.length, place.hub], [1, null]);
  await place.enter();
  assert.deepEqual(asked, ['/hub', ELSEWHERE]);
});

test('nodes that send a client round and round are given up', async () => {
  const { asked, place } = enterAt((_, method, hub) => {
    if (method !== 'Join') return undefined;
    hub.push({ type: 'redirect', room: 'demo', node: 'node2', url: ELSEWHERE });
    throw new Refusal('HubException: redirect: Elsewhere.');
  });
  await assert.rejects(place.enter(), /Elsewhere/);
  assert.equal(asked.length, 7);
});

test('a hint that is over is left out', async () => {
  const { asked, place } = enterAt((url, method) => {
    if (method !== 'Join') return undefined;
    if (url.includes('old')) throw new Refusal('HubException: bad_hint: It is over.');
    return reply({ node: 'n~old' });
  });
  await place.enter();
  place.leave();
  await place.enter();
  assert.deepEqual(asked, ['/hub', '/hub?node=n~old', '/hub']);
});

test('what is no address is no redirect', () => {
  const address = new NodeAddress();
  for (const url of ['', 'hub', 'javascript:alert(1)', null, {}]) assert.equal(address.redirect(url), false);
  assert.equal(address.url, '/hub');
});

test('a node that falls silent is left for the next, which knows more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const nodes = ['https://node2.example/'];
  const { asked, lost, place } = enterAt((_, method) => (method === 'Join' ? reply({ node: 'n~1', nodes }) : undefined));
  await place.enter();
  t.mock.timers.tick(2_400);
  place.heard();
  t.mock.timers.tick(2_400);
  assert.equal(lost.length, 0);
  t.mock.timers.tick(100);
  assert.deepEqual([lost.length, place.hub], [1, null]);
  await place.enter();
  assert.deepEqual(asked, ['/hub', 'https://node2.example/hub']);
  place.leave();
});

test('silence counts in a cluster alone, and from the last word on', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let silent = 0;
  const watch = new SilenceWatch(() => silent++);
  watch.start(false);
  t.mock.timers.tick(60_000);
  assert.equal(silent, 0);
  watch.start(true);
  for (let second = 0; second < 10; second++) {
    t.mock.timers.tick(1_000);
    watch.heard();
  }
  t.mock.timers.tick(2_499);
  assert.equal(silent, 0);
  t.mock.timers.tick(1);
  assert.equal(silent, 1);
  watch.heard();
  watch.stop();
  t.mock.timers.tick(60_000);
  assert.equal(silent, 1);
});
