/** Light, dark, or what the device prefers: kept on this device, set on the root element. */
const KEY = 'rtc-theme';

/** @returns {'light'|'dark'|null} */
function stored() {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

/** Puts the kept choice to work, and the button to change it. @param {HTMLElement|null} [button] */
export function startTheme(button = document.getElementById('theme')) {
  const choice = stored();
  if (choice) document.documentElement.dataset.theme = choice;
  button?.addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    const next = dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A browser that keeps nothing still shows the choice until the page is left.
    }
  });
}
