// Keys of the viewer's page.
import { byId } from '../ui/dom.js';
import { Shortcuts } from '../ui/shortcuts.js';

/**
 * Binds them, and the box that switches single letters off.
 * @param {import('./picture-tools.js').PictureTools} tools
 * @param {Record<string, (event: KeyboardEvent) => void>} more
 */
export function bindViewKeys(tools, more) {
  const keys = new Shortcuts({
    s: () => void tools.saveSnapshot(),
    r: () => void tools.toggleRecording(),
    p: () => void tools.toggleSmallWindow(),
    f: () => void tools.toggleFullScreen(),
    ...more,
  });
  const letters = byId('letter-keys', HTMLInputElement);
  letters.checked = keys.letters;
  letters.addEventListener('change', () => { keys.letters = letters.checked; });
}
