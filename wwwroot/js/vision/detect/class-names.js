// What a model's class numbers mean.

/** COCO's 80 classes, whose order most detectors share. */
export const COCO = Object.freeze(`person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,
parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,
snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,
bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,
laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,
toothbrush`.replaceAll('\n', '').split(','));

const KEYS = ['names', 'classes', 'labels', 'class_names'];
const MAX_CLASSES = 100_000;

/** @param {ReadonlyMap<string, string>} metadata @param {number} count 0 where the outputs do not tell @returns {readonly string[]} */
export function namesFor(metadata, count) {
  for (const key of KEYS) {
    const names = parseNames(metadata.get(key) ?? '');
    if (names && (count === 0 || names.length >= count)) return names;
  }
  return count === 0 || count === COCO.length ? COCO : Array.from({ length: count }, (_, id) => `class ${id}`);
}

/**
 * Reads {0: 'person', 1: …} as Python prints it, a JSON object or array, or names between commas.
 * @param {string} written @returns {string[]|null}
 */
export function parseNames(written) {
  const line = written.trim();
  if (line === '') return null;
  if (!line.startsWith('{') && !line.startsWith('[')) return line.split(/[,\n]/).map((name) => name.trim()).filter(Boolean);
  return parseJson(line) ?? parsePython(line);
}

/** @param {string} line */
function parseJson(line) {
  try {
    const value = JSON.parse(line);
    if (Array.isArray(value)) return value.length > 0 ? value.map(String) : null;
    return inOrder(Object.entries(value).map(([id, name]) => [Number(id), String(name)]));
  } catch {
    return null;
  }
}

/** @param {string} line */
function parsePython(line) {
  /** @type {[number, string][]} */
  const entries = [];
  // A number before the quote, as in a dictionary; none, as in a list.
  for (const [, id, single, double] of line.matchAll(/(?:(\d+)\s*:\s*)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)) {
    const next = entries.length > 0 ? entries[entries.length - 1][0] + 1 : 0;
    entries.push([id === undefined ? next : Number(id), (single ?? double).replaceAll("\\'", "'")]);
  }
  return inOrder(entries);
}

/** @param {[number, string][]} entries @returns {string[]|null} */
function inOrder(entries) {
  const known = new Map(entries.filter(([id]) => Number.isInteger(id) && id >= 0));
  const last = Math.max(-1, ...known.keys());
  if (last < 0 || last >= MAX_CLASSES) return null;
  return Array.from({ length: last + 1 }, (_, id) => known.get(id) ?? `class ${id}`);
}
