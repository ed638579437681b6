// How long a file plays, before it is sent anywhere.
const PATIENCE_MS = 3_000;

/** In seconds; 0 where this browser can't tell, and the server will. @param {File} file @returns {Promise<number>} */
export async function lengthOf(file) {
  const at = URL.createObjectURL(file);
  const video = document.createElement('video');
  video.preload = 'metadata';
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(0), PATIENCE_MS);
      const end = (/** @type {number} */ seconds) => {
        clearTimeout(timer);
        resolve(Number.isFinite(seconds) ? seconds : 0);
      };
      video.addEventListener('loadedmetadata', () => end(video.duration), { once: true });
      video.addEventListener('error', () => end(0), { once: true });
      video.src = at;
    });
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(at);
  }
}
