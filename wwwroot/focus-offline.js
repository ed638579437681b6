// Serves the page /focus, its workers and what they load when the server is away. Its scopes hold no other page.
const CACHE = 'rtc-focus';
/** A network that hangs is one that is away. */
const PATIENCE_MS = 4_000;
const KEPT = /^\/(?:focus|built|js|css|icons|lib)(?:\/|$)/;

addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

addEventListener('message', (event) => {
  if (event.data?.type === 'keep') event.waitUntil(keep(event.data.urls).then((kept) => event.ports[0]?.postMessage(kept)));
});

addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin || !KEPT.test(pathname)) return;
  event.respondWith(answer(event.request));
});

/** The server first, so that an update shows at once; what is kept where it does not answer. */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (!kept) return fetch(request);
  const asked = fetch(request).then((response) => (response.status >= 500 ? kept : response), () => kept);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([asked, late]);
}

/** All of them or not at all: half a page is none. */
async function keep(urls) {
  try {
    const cache = await caches.open(CACHE);
    await cache.addAll(urls.map((url) => new Request(url, { cache: 'no-cache' })));
    const wanted = new Set(urls.map((url) => new URL(url, location.origin).pathname));
    for (const key of await cache.keys()) if (!wanted.has(new URL(key.url).pathname)) await cache.delete(key);
    return true;
  } catch {
    return false;
  }
}
