/**
 * Draws the symbol of a QR code: its patterns, its codewords, and of eight masks the one that a
 * reader likes best.
 */

/** @type {((x: number, y: number) => boolean | number)[]} A module is flipped where it is falsy. */
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (((x / 3) | 0) + (y >> 1)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/**
 * Return the modules, rows of 0 and 1 without quiet zone.
 *
 * @param {number} version
 * @param {number} level  two bits, as the format information has them
 * @param {Uint8Array} codewords  in the order of the symbol
 * @returns {number[][]}
 */
export function drawSymbol(version, level, codewords) {
  const fixed = drawFixed(version);
  /** @type {number[][]} */
  let best = [];
  let least = Infinity;
  for (let mask = 0; mask < 8; mask++) {
    const rows = fill(fixed, codewords, MASKS[mask]);
    drawFormat(rows, (level << 3) | mask);
    const penalty = weigh(rows);
    if (penalty < least) {
      least = penalty;
      best = rows;
    }
  }
  return best;
}

/**
 * Draw what every symbol of a version has; -1 is a module still free for codewords.
 *
 * @param {number} version
 */
function drawFixed(version) {
  const size = version * 4 + 17;
  /** @type {number[][]} */
  const rows = [];
  for (let y = 0; y < size; y++) {
    rows[y] = [];
    for (let x = 0; x < size; x++) rows[y][x] = x === 6 || y === 6 ? 1 - ((x + y) & 1) : -1;
  }
  drawAlignment(rows, version);
  // A finder's white ring is the second, its separator the fourth.
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) drawRings(rows, x, y, 4, 2);
  drawFormat(rows, 0);
  if (version > 6) drawVersion(rows, version);
  return rows;
}

/**
 * @param {number[][]} rows
 * @param {number} middleX
 * @param {number} middleY
 * @param {number} radius  of the outermost ring
 * @param {number} white  radius of the white ring
 */
function drawRings(rows, middleX, middleY, radius, white) {
  for (let y = middleY - radius; y <= middleY + radius; y++) {
    for (let x = middleX - radius; x <= middleX + radius; x++) {
      const ring = Math.max(Math.abs(x - middleX), Math.abs(y - middleY));
      if (rows[y]?.[x] !== undefined) rows[y][x] = ring === white || ring === 4 ? 0 : 1;
    }
  }
}

/**
 * @param {number[][]} rows
 * @param {number} version
 */
function drawAlignment(rows, version) {
  if (version < 2) return;
  const gaps = ((version / 7) | 0) + 1;
  const last = rows.length - 7;
  const step = Math.ceil((last - 6) / gaps / 2) * 2;
  // Counted from the far end: what the even steps leave over lies in the first gap.
  const places = [6];
  for (let i = gaps - 1; i >= 0; i--) places[gaps - i] = last - i * step;
  for (const y of places) {
    for (const x of places) {
      const isAtFinder = x === 6 ? y === 6 || y === last : x === last && y === 6;
      if (!isAtFinder) drawRings(rows, x, y, 2, 1);
    }
  }
}

/**
 * Return the value followed by its BCH remainder.
 *
 * @param {number} value
 * @param {number} polynomial
 * @param {number} degree
 */
function protect(value, polynomial, degree) {
  let remainder = value << degree;
  for (let bit = 31 - Math.clz32(remainder); bit >= degree; bit--) {
    if ((remainder >> bit) & 1) remainder ^= polynomial << (bit - degree);
  }
  return (value << degree) | remainder;
}

/**
 * Draw level and mask, twice, and the module that is always dark.
 *
 * @param {number[][]} rows
 * @param {number} format  five bits
 */
function drawFormat(rows, format) {
  const bits = protect(format, 0x537, 10) ^ 0x5412;
  const size = rows.length;
  for (let i = 0; i < 15; i++) {
    const bit = (bits >> i) & 1;
    // Around the first finder both arms step over the timing line.
    if (i < 8) rows[i < 6 ? i : i + 1][8] = rows[8][size - 1 - i] = bit;
    else rows[8][i < 9 ? 7 : 14 - i] = rows[size - 15 + i][8] = bit;
  }
  rows[size - 8][8] = 1;
}

/**
 * @param {number[][]} rows
 * @param {number} version
 */
function drawVersion(rows, version) {
  const bits = protect(version, 0x1f25, 12);
  for (let i = 0; i < 18; i++) {
    const far = rows.length - 11 + (i % 3);
    const near = (i / 3) | 0;
    rows[far][near] = rows[near][far] = (bits >> i) & 1;
  }
}

/**
 * Return the rows with codewords in the free modules: two columns at a time from the right,
 * upward and downward in turn.
 *
 * @param {number[][]} fixed
 * @param {Uint8Array} codewords
 * @param {(x: number, y: number) => boolean | number} mask
 */
function fill(fixed, codewords, mask) {
  const size = fixed.length;
  const rows = [];
  for (let y = 0; y < size; y++) rows[y] = fixed[y].slice();
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5; // the timing column belongs to no pair
    for (let step = 0; step < size * 2; step++) {
      const x = right - (step & 1);
      const y = (right + 1) & 2 ? step >> 1 : size - 1 - (step >> 1);
      if (rows[y][x] >= 0) continue;
      const bit = (codewords[at >> 3] >> (7 - (at & 7))) & 1; // past the end: remainder bits, 0
      rows[y][x] = bit ^ (mask(x, y) ? 0 : 1);
      at++;
    }
  }
  return rows;
}

/**
 * Return the penalty of a symbol: the four rules of the standard, in its order.
 *
 * @param {number[][]} rows
 */
function weigh(rows) {
  const size = rows.length;
  let penalty = 0;
  let dark = 0;
  for (let y = 0; y < size; y++) {
    let row = "";
    let column = "";
    for (let x = 0; x < size; x++) {
      row += rows[y][x];
      column += rows[x][y];
      dark += rows[y][x];
      const four = y && x ? rows[y][x] + rows[y - 1][x] + rows[y][x - 1] + rows[y - 1][x - 1] : 1;
      if (four % 4 === 0) penalty += 3;
    }
    penalty += weighLine(row) + weighLine(column);
  }
  return penalty + 10 * ((Math.abs(dark * 20 - size * size * 10) / (size * size)) | 0);
}

/**
 * Runs of five and more, and what looks like a finder beside its quiet zone.
 *
 * @param {string} line
 */
function weighLine(line) {
  let penalty = 0;
  for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
  for (const _ of line.matchAll(/(?=10111010000|00001011101)/g)) penalty += 40;
  return penalty;
}
