import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Backoff } from '../../wwwroot/js/session/backoff.js';
import { isFinal, isPeerGone, isPlaceGone } from '../../wwwroot/js/session/codes.js';
import { Refusal } from '../../wwwroot/js/session/hub.js';
import { KeptPlace } from '../../wwwroot/js/session/kept-place.js';
import { RoomPlace } from '../../wwwroot/js/session/room-place.js';
import { FakeHub, installBrowser } from './support/browser.js';

let browser;
beforeEach(() => { browser = installBrowser(); });

function place(servers) {
  const joins = [];
  const server = { calls: [], answer: (method, body) => {
    if (method === 'Join') joins.push(body);
    return { peer_id: 'p', resume: 'r', ice_servers: servers };
  } };
  const request = () => ({ room: 'demo', role: 'phone' });
  const listener = { onMessage() {}, onLost() {}, onJoined() {} };
  return { joins, made: new RoomPlace(request, listener, (...listeners) => new FakeHub(server, ...listeners)) };
}

test('passwords of relays are asked for again after 45 minutes', async (t) => {
  const { joins, made } = place([{ urls: ['turn:relay.example'], credential: 'secret' }]);
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 });
  await made.enter();
  t.mock.timers.tick(44 * 60_000);
  await made.renewServers();
  assert.equal(joins.length, 1);
  t.mock.timers.tick(2 * 60_000);
  await made.renewServers();
  assert.deepEqual(joins.map(({ resume }) => resume), [undefined, 'r']);
});

test('servers without a password stay as they are', async (t) => {
  const { joins, made } = place([{ urls: ['stun:stun.example'] }]);
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 });
  await made.enter();
  t.mock.timers.tick(24 * 3_600_000);
  await made.renewServers();
  assert.equal(joins.length, 1);
});

test('a page that crashed leaves its place to the next one of its tab', async () => {
  const crashed = new KeptPlace('demo', 'phone');
  crashed.keep('r1');
  await new Promise(setImmediate);
  browser.navigator.locks.held.clear();
  assert.equal(await new KeptPlace('demo', 'phone').read(), 'r1');
});

test('a copied tab does not take the place of the one that lives', async () => {
  new KeptPlace('demo', 'phone').keep('r1');
  await new Promise(setImmediate);
  assert.equal(await new KeptPlace('demo', 'phone').read(), undefined);
});

test('a place is kept by room and role, and forgotten on purpose', async () => {
  const kept = new KeptPlace('demo', 'phone');
  kept.keep('r1');
  await new Promise(setImmediate);
  assert.equal(await new KeptPlace('demo', 'viewer').read(), undefined);
  assert.equal(await new KeptPlace('other', 'phone').read(), undefined);
  kept.forget();
  assert.deepEqual([browser.stored.size, await new KeptPlace('demo', 'phone').read()], [0, undefined]);
});

test('without locks no place is taken up', async () => {
  delete browser.navigator.locks;
  browser.stored.set('rtc-place phone demo', 'r1');
  assert.equal(await new KeptPlace('demo', 'phone').read(), undefined);
});

test('a wait ends early when the network is back', async () => {
  const backoff = new Backoff();
  const waiting = backoff.wait();
  backoff.hurry();
  await waiting;
  assert.equal(backoff.attempt, 1);
});

test('waits of a crowd differ by half around their middle', () => {
  assert.deepEqual([0, 1].map((random) => new Backoff().next(() => random)), [375, 625]);
});

test('a refusal is read out of what SignalR says around it', () => {
  const around = "An unexpected error occurred invoking 'Join' on the server. ";
  const refusal = new Refusal(`${around}HubException: bad_room: A room's name has letters.\nAnd more.`);
  assert.deepEqual([refusal.code, refusal.message], ['bad_room', "A room's name has letters.\nAnd more."]);
  for (const raw of ['HubException: No colon here', 'HubException: Busy: later']) assert.equal(new Refusal(raw).code, 'refused');
});

test('codes are final, or about the place, or about the peer', () => {
  assert.deepEqual(['token_expired', 'forbidden'].map(isFinal), [true, true]);
  assert.deepEqual(['limit_reached', 'busy', 'overloaded', 'draining'].map(isFinal), [false, false, false, false]);
  assert.deepEqual(['not_joined', 'unknown_session', 'bad_sdp'].map(isPlaceGone), [true, true, false]);
  assert.deepEqual(['peer_closed', 'server_stopping', 'server_draining'].map(isPeerGone), [true, true, false]);
});
