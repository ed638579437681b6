// Shows a page of its own while the server is away. Whatever the server answers is shown as it is: nothing else is ever kept.
const CACHE = 'rtc-offline';
const PAGE = '/offline';
const PARTS = ['/css/base.css', '/js/pages/offline.js', '/icons/favicon.svg'];
/** A proxy's words for a server that is away. */
const AWAY = new Set([502, 503, 504]);

/** Whether this run of the worker has asked the server for them: once is often enough. */
let isFresh = false;

addEventListener('install', (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
addEventListener('activate', (event) => event.waitUntil(self.registration.navigationPreload?.enable()));

addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (mode === 'navigate') event.respondWith(open(event));
  else if (PARTS.includes(pathname)) event.respondWith(fetch(event.request).catch((error) => kept(pathname, error)));
});

async function open(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (AWAY.has(answer.status)) return await kept(PAGE).catch(() => answer);
    // In the language that was chosen meanwhile, and of the server that runs now.
    if (!isFresh) event.waitUntil(keep().catch(() => {}));
    return answer;
  } catch (error) {
    return kept(PAGE, error);
  }
}

/** All of them or none. */
async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...PARTS].map((path) => new Request(path, { cache: 'no-cache' })));
  isFresh = true;
}

async function kept(path, error = new Error(`${path} is not kept`)) {
  const answer = await (await caches.open(CACHE)).match(path, { ignoreVary: true });
  if (!answer) throw error;
  return answer;
}
