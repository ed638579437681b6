/**
 * Solves one connected group of an assignment densely, by the shortest augmenting paths of Jonker and Volgenant
 * (Computing 38, 1987). A pair that was not given costs zero, which is what leaving a row alone costs, so such a pair in
 * the answer means "alone".
 */

/** @typedef {{row: number, column: number, cost: number}} Edge */

/** @param {readonly Edge[]} edges costs less the limit, so below zero @returns {[number, number][]} rows and their columns */
export function solveGroup(edges) {
  const rows = [...new Set(edges.map(({ row }) => row))];
  const real = [...new Set(edges.map(({ column }) => column))];
  const columns = real.length + rows.length;
  const cost = new Float64Array(rows.length * columns);
  const rowOf = new Map(rows.map((row, at) => [row, at]));
  const columnOf = new Map(real.map((column, at) => [column, at]));
  for (const edge of edges) {
    cost[/** @type {number} */ (rowOf.get(edge.row)) * columns + /** @type {number} */ (columnOf.get(edge.column))] = edge.cost;
  }
  const solver = new DenseSolver(cost, rows.length, columns);
  for (let row = 0; row < rows.length; row++) solver.augment(row);
  /** @type {[number, number][]} */
  const pairs = [];
  real.forEach((column, at) => {
    const row = solver.rowAt[at];
    if (row >= 0 && cost[row * columns + at] < 0) pairs.push([rows[row], column]);
  });
  return pairs;
}

class DenseSolver {
  #cost; #columns; #rowPrice; #columnPrice; #distance; #cameFrom; #done;

  /** @param {Float64Array} cost @param {number} rows @param {number} columns */
  constructor(cost, rows, columns) {
    this.#cost = cost;
    this.#columns = columns;
    this.#rowPrice = new Float64Array(rows);
    this.#columnPrice = new Float64Array(columns);
    this.#distance = new Float64Array(columns);
    this.#cameFrom = new Int32Array(columns);
    this.#done = new Uint8Array(columns);
    /** For each column its row, or -1. */
    this.rowAt = new Int32Array(columns).fill(-1);
  }

  /** Finds the cheapest alternating path from a free row to a free column, and flips it. @param {number} start */
  augment(start) {
    this.#distance.fill(Infinity);
    this.#done.fill(0);
    this.#cameFrom.fill(-1);
    let row = start;
    let reached = -1;
    let length = 0;
    for (;;) {
      const nearest = this.#nearest(row, reached, length);
      length = this.#distance[nearest];
      reached = nearest;
      this.#done[nearest] = 1;
      if (this.rowAt[nearest] < 0) break;
      row = this.rowAt[nearest];
    }
    this.#adjust(start, length);
    while (reached >= 0) {
      const before = this.#cameFrom[reached];
      this.rowAt[reached] = before < 0 ? start : this.rowAt[before];
      reached = before;
    }
  }

  /** @param {number} row @param {number} reached @param {number} length */
  #nearest(row, reached, length) {
    let shortest = Infinity;
    let nearest = -1;
    for (let column = 0; column < this.#columns; column++) {
      if (this.#done[column]) continue;
      const through = length + this.#cost[row * this.#columns + column] - this.#rowPrice[row] - this.#columnPrice[column];
      if (through < this.#distance[column]) {
        this.#distance[column] = through;
        this.#cameFrom[column] = reached;
      }
      if (this.#distance[column] < shortest) {
        shortest = this.#distance[column];
        nearest = column;
      }
    }
    return nearest;
  }

  /** @param {number} start @param {number} length */
  #adjust(start, length) {
    this.#rowPrice[start] += length;
    for (let column = 0; column < this.#columns; column++) {
      if (!this.#done[column] || this.#distance[column] >= length) continue;
      this.#columnPrice[column] += this.#distance[column] - length;
      this.#rowPrice[this.rowAt[column]] += length - this.#distance[column];
    }
  }
}
