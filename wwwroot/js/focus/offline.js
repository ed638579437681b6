// What makes the page work without its server.

const WORKER = '/focus-offline.js';
/** The page, and the scripts of workers, whose requests go by their own address. No other page lies below these. */
const SCOPES = Object.freeze(['/focus', '/built/vision/', '/js/vision/', '/lib/onnxruntime/']);

/**
 * Has everything kept that page and worker loaded, so that both start again without the server.
 * @param {readonly string[]} resources addresses that the worker loaded
 * @returns {Promise<boolean>} whether the page would start offline now
 */
export async function keepOffline(resources) {
  if (!('serviceWorker' in navigator)) return false;
  try {
    const registrations = await Promise.all(SCOPES.map((scope) => navigator.serviceWorker.register(WORKER, { scope })));
    const worker = await activeOf(registrations[0]);
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
    const own = [location.origin + location.pathname, ...loaded, ...resources].filter(isStatic);
    return await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data === true);
      worker.postMessage({ type: 'keep', urls: [...new Set(own)] }, [port2]);
    });
  } catch {
    return false;
  }
}

/** Files of the page, not what the server says of itself. @param {string} address */
function isStatic(address) {
  const { origin, pathname } = new URL(address, location.origin);
  return origin === location.origin && /^\/(?:focus|built|js|css|icons|lib)(?:\/|$)/.test(pathname);
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<ServiceWorker>} */
async function activeOf(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  if (!worker) throw new Error('no service worker');
  if (worker.state !== 'activated') {
    await new Promise((resolve, reject) => {
      worker.addEventListener('statechange', () => {
        if (worker.state === 'activated') resolve(undefined);
        if (worker.state === 'redundant') reject(new Error('replaced'));
      });
    });
  }
  return worker;
}
