// The page that stands in for every other while the server is away.

const EVERY_MS = 3_000;
/** Asked by its head, which no worker answers. */
const PROBE = '/icons/favicon.svg';

/** Goes on to the page that was wanted as soon as the server answers. */
async function ask() {
  try {
    const { ok } = await fetch(PROBE, { method: 'HEAD', cache: 'no-store' });
    if (ok && location.pathname === '/offline') location.replace('/');
    else if (ok) location.reload();
    if (ok) return;
  } catch {
    // Still away.
  }
  setTimeout(ask, EVERY_MS);
}

setTimeout(ask, EVERY_MS);
