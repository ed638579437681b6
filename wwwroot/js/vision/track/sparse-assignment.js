// Which row belongs to which column.
import { solveGroup } from './group-solver.js';

/** @typedef {import('./group-solver.js').Edge} Edge */

/**
 * Pairs rows with columns at the least total cost, where a pair may cost at most a limit and leaving both alone costs exactly
 * the limit. Only pairs under the limit are given, so the problem falls apart into small groups that share no row and no
 * column; each is solved exactly.
 * @param {number} rows @param {number} columns @param {readonly Edge[]} edges @param {number} limit
 * @returns {{columnOf: Int32Array, rowOf: Int32Array}} -1 for none
 */
export function assign(rows, columns, edges, limit) {
  const columnOf = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(columns).fill(-1);
  const match = (/** @type {number} */ row, /** @type {number} */ column) => {
    columnOf[row] = column;
    rowOf[column] = row;
  };
  for (const group of groups(rows, columns, edges)) {
    if (group.length === 1) {
      match(group[0].row, group[0].column);
      continue;
    }
    const under = group.map(({ row, column, cost }) => ({ row, column, cost: cost - limit }));
    for (const [row, column] of solveGroup(under)) match(row, column);
  }
  return { columnOf, rowOf };
}

/** @param {number} rows @param {number} columns @param {readonly Edge[]} edges @returns {Iterable<Edge[]>} */
function groups(rows, columns, edges) {
  const parent = Int32Array.from({ length: rows + columns }, (_, node) => node);
  const root = (/** @type {number} */ node) => {
    while (parent[node] !== node) {
      parent[node] = parent[parent[node]];
      node = parent[node];
    }
    return node;
  };
  for (const { row, column } of edges) parent[root(row)] = root(rows + column);
  /** @type {Map<number, Edge[]>} */
  const byRoot = new Map();
  for (const edge of edges) {
    const at = root(edge.row);
    const group = byRoot.get(at);
    if (group) group.push(edge);
    else byRoot.set(at, [edge]);
  }
  return byRoot.values();
}
