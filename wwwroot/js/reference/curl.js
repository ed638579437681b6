// An operation as a command line.

/** @typedef {import('./document.js').Operation} Operation */

const BINARY = /^(image\/|application\/octet-stream)/;

/** A word that a POSIX shell takes as it is. @param {string} word */
export function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The address with examples in it: those of the path, and of the query where there is one.
 * @param {Operation} operation
 * @param {string} origin
 */
export function addressOf({ path, parameters }, origin) {
  const exampleOf = (/** @type {string} */ name) => parameters.find((one) => one.name === name)?.example ?? name;
  const filled = path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(exampleOf(name))));
  const query = parameters.filter(({ where, example }) => where === 'query' && example !== undefined)
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
  return `${origin}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/**
 * @param {Operation} operation @param {string} origin of the server
 * @param {boolean} keys whether the server asks for tokens
 * @returns {string[]} the lines of one command
 */
export function curlLines(operation, origin, keys) {
  const { method, body, parameters, answers } = operation;
  const parts = [];
  if (method !== 'GET' && !(method === 'POST' && body)) parts.push(`-X ${method}`);
  if (operation.needsKey) parts.push(`-H ${quote('Authorization: Bearer KEY')}`);
  else if (keys && operation.takesKey) parts.push(`-H ${quote('Authorization: Bearer TOKEN')}`);
  for (const { name, where, example } of parameters) {
    if (where === 'header') parts.push(`-H ${quote(`${name}: ${example ?? ''}`)}`);
  }
  if (body) {
    parts.push(`-H ${quote(`Content-Type: ${body.type}`)}`);
    parts.push(body.type === 'application/json' ? `-d ${quote(JSON.stringify(body.example))}` : `--data-binary @${fileOf(body.type)}`);
  }
  const answer = answers.find(({ status }) => status.startsWith('2'));
  if (answer?.body && BINARY.test(answer.body.type)) parts.push(`-o ${operation.path.split('/').at(-1)}`);
  else if (!answer?.body || answer.headers.length > 0) parts.push('-i');
  const [first, ...rest] = [`curl ${quote(addressOf(operation, origin))}`, ...parts];
  return rest.length === 0 ? [first] : [`${first} \\`, ...rest.map((part, i) => `  ${part}${i < rest.length - 1 ? ' \\' : ''}`)];
}

/** @param {string} type */
function fileOf(type) {
  return type === 'application/sdp' ? 'offer.sdp' : type.includes('sdpfrag') ? 'candidates.sdpfrag' : 'file.bin';
}
