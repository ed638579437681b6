// What this device is called.
import { text } from '../ui/text.js';

/** What others see this camera called, as far as the browser tells. */
export function deviceName() {
  return /iPhone|iPad|Android|Windows|Macintosh|CrOS|Linux/.exec(navigator.userAgent)?.[0]
    .replace('Macintosh', 'Mac').replace('CrOS', 'Chromebook') ?? text.phone.deviceName;
}
