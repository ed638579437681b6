import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScreenLock } from '../../wwwroot/js/camera/screen-lock.js';
import { installBrowser } from './support/browser.js';

test('a lock that comes after it was wanted is let go', async () => {
  const { navigator } = installBrowser();
  let give;
  let released = false;
  navigator.wakeLock = { request: () => new Promise((resolve) => { give = resolve; }) };
  const lock = new ScreenLock();
  const kept = lock.keep();
  await lock.release();
  give({ release: async () => { released = true; } });
  assert.equal(await kept, false);
  assert.ok(released);
});
