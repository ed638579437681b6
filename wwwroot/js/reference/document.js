// The server's OpenAPI document as the reference page reads it: references followed, operations by their tag.

/**
 * @typedef {{name: string, where: string, required: boolean, description: string, kind: string, example?: string|number}} Parameter
 * @typedef {{type: string, example: unknown}} Body
 * @typedef {{status: string, description: string, headers: string[], body: Body|null}} Answer
 */

/**
 * @typedef {object} Operation
 * @property {string} id
 * @property {string} method in capitals
 * @property {string} path with its {parameters}
 * @property {string} summary
 * @property {string} description
 * @property {string} who may call it
 * @property {boolean} takesKey whether a token or key can be sent
 * @property {boolean} needsKey whether one has to be sent whatever the server's options are
 * @property {Parameter[]} parameters
 * @property {Body|null} body
 * @property {Answer[]} answers
 */

/** @typedef {{name: string, description: string, operations: Operation[]}} Group */
/** @typedef {{name: string, direction: 'to server'|'to client', summary: string, hub?: string, example: unknown}} MessageEntry */
/** @typedef {Record<string, any>} Json */

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];

/** What a reference leads to; anything else is itself. @param {Json} root @param {Json} node @returns {Json} */
export function follow(root, node) {
  if (typeof node?.$ref !== 'string') return node;
  let found = root;
  for (const part of node.$ref.split('/').slice(1)) found = found?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (found === undefined) throw new Error(`nothing at ${node.$ref}`);
  return follow(root, found);
}

/** In the order of the document's tags. @param {Json} root @returns {Group[]} */
export function readGroups(root) {
  /** @type {Map<string, Group>} */
  const groups = new Map(root.tags.map((/** @type {Json} */ { name, description = '' }) => [name, { name, description, operations: [] }]));
  for (const [path, item] of Object.entries(root.paths)) {
    for (const method of METHODS) {
      if (item[method]) groups.get(item[method].tags[0])?.operations.push(readOperation(root, path, method, item));
    }
  }
  return [...groups.values()].filter(({ operations }) => operations.length > 0);
}

/** @param {Json} root @returns {MessageEntry[]} */
export function readMessages(root) {
  return root['x-messages'] ?? [];
}

/** @param {Json} root @param {string} path @param {string} method @param {Json} item @returns {Operation} */
function readOperation(root, path, method, item) {
  const operation = item[method];
  const security = operation.security ?? root.security ?? [];
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    description: operation.description ?? '',
    who: operation['x-who'] ?? '',
    takesKey: security.some((/** @type {Json} */ one) => Object.keys(one).length > 0),
    needsKey: security.length > 0 && security.every((/** @type {Json} */ one) => Object.keys(one).length > 0),
    parameters: [...item.parameters ?? [], ...operation.parameters ?? []].map((one) => readParameter(root, follow(root, one))),
    body: operation.requestBody ? readBody(follow(root, operation.requestBody).content) : null,
    answers: Object.entries(operation.responses).map(([status, answer]) => readAnswer(status, follow(root, answer))),
  };
}

/** @param {Json} root @param {Json} parameter @returns {Parameter} */
function readParameter(root, { name, in: where, required = false, description = '', schema, example }) {
  return { name, where, required, description, kind: kindOf(follow(root, schema)), example };
}

/** A schema in a few words: "integer, 0 to 10", "annotated or source". @param {Json} schema */
export function kindOf({ type, enum: values, minimum, maximum, default: usual }) {
  const kind = values ? values.join(', ') : [type].flat().filter((one) => one !== 'null').join(' or ');
  const range = minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : '';
  return `${kind}${range}${usual === undefined ? '' : `; ${usual} where it is left out`}`;
}

/** @param {string} status @param {Json} answer @returns {Answer} */
function readAnswer(status, { description, headers = {}, content }) {
  return { status, description, headers: Object.keys(headers), body: content ? readBody(content) : null };
}

/** @param {Json} content @returns {Body|null} */
function readBody(content) {
  const [first] = Object.entries(content ?? {});
  return first ? { type: first[0], example: first[1].example } : null;
}
