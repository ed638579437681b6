/**
 * The colours of tracks: the same twenty, in the same order, that the server draws with, so that an object keeps its
 * colour between the annotated picture and the overlay.
 */
const HUES = [212, 28, 135, 318, 52, 186, 0, 268, 88, 345];

const COLOURS = [
  ...HUES.map((hue) => ({ hue, saturation: 92, lightness: 56 })),
  ...HUES.map((_, i) => ({ hue: (HUES[(i + 3) % HUES.length] + 14) % 360, saturation: 62, lightness: i % 2 === 0 ? 38 : 76 })),
];

/** @param {number} id @returns {{hue: number, saturation: number, lightness: number}} */
export function toneOf(id) {
  return COLOURS[(id >>> 0) % COLOURS.length];
}

/** @param {number} id @param {number} [alpha] @returns {string} */
export function colourOf(id, alpha = 1) {
  const { hue, saturation, lightness } = toneOf(id);
  return `hsl(${hue} ${saturation}% ${lightness}% / ${alpha})`;
}

/** Ink that is readable on a track's colour. @param {number} id */
export function inkOn(id) {
  const { hue, lightness } = toneOf(id);
  return lightness < 50 || (hue > 200 && lightness < 70) ? '#ffffff' : '#071014';
}

/** A steady number for a name, for the colour of a zone. @param {string} name */
export function numberOf(name) {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return hash;
}
