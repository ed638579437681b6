import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Poll } from '../../wwwroot/js/ui/poll.js';
import { installBrowser } from './support/browser.js';

const settle = () => new Promise(setImmediate);

test('work is done now and again, and never twice at once', async (t) => {
  const { document } = installBrowser();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ends = [];
  const poll = new Poll(() => new Promise((end) => ends.push(end)), 1_000);
  t.mock.timers.tick(5_000);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(ends.length, 1);
  ends[0]();
  await settle();
  t.mock.timers.tick(999);
  assert.equal(ends.length, 1);
  t.mock.timers.tick(1);
  assert.equal(ends.length, 2);
  poll.close();
});

test('a hidden page asks nothing until it is seen again', async (t) => {
  const { document } = installBrowser();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let times = 0;
  document.visibilityState = 'hidden';
  const poll = new Poll(async () => { times++; }, 1_000);
  t.mock.timers.tick(10_000);
  assert.equal(times, 0);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  await settle();
  assert.equal(times, 1);
  poll.close();
});

test('after its end nothing more is asked', async (t) => {
  const { document } = installBrowser();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let times = 0;
  const poll = new Poll(async () => { times++; }, 1_000);
  await settle();
  poll.close();
  t.mock.timers.tick(10_000);
  document.dispatchEvent(new Event('visibilitychange'));
  await settle();
  assert.equal(times, 1);
});
