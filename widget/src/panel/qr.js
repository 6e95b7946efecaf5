/**
 * Encodes a text as a QR code: byte mode, versions 1 to 20 (ISO/IEC 18004).
 *
 * Level M corrects 15 % and is used up to version 10. A longer text gets level L, because denser
 * modules cost a phone's camera more than the weaker correction does.
 */

/** Error correction by version, from 1 on: codewords of a block, and blocks (tables 7 and 9). */
const LEVELS = [
  {
    bits: 0, // M
    codewords: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26],
    blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5],
  },
  {
    bits: 1, // L
    codewords: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28],
    blocks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8],
  },
];

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
 * @typedef {object} Plan
 * @property {number} version  1 to 20
 * @property {number} bits  the level as the format information names it
 * @property {number} ecc  error correction codewords of each block
 * @property {number} blocks
 * @property {number} total  all codewords of the symbol
 * @property {number} room  codewords for data
 */

/**
 * Return the modules, rows of 0 and 1 without quiet zone, or null when the text is too long:
 * 858 bytes of UTF-8 are the most.
 *
 * @param {string} text
 * @returns {number[][] | null}
 */
export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  const plan = findPlan(bytes.length);
  if (!plan) return null;
  const codewords = interleave(pack(bytes, plan), plan);
  const fixed = drawFixed(plan.version);
  /** @type {number[][]} */
  let best = [];
  let least = Infinity;
  for (let mask = 0; mask < 8; mask++) {
    const rows = fill(fixed, codewords, MASKS[mask]);
    drawFormat(rows, (plan.bits << 3) | mask);
    const penalty = weigh(rows);
    if (penalty < least) {
      least = penalty;
      best = rows;
    }
  }
  return best;
}

/**
 * @param {number} length  bytes of the text
 * @returns {Plan | null}
 */
function findPlan(length) {
  for (const { bits, codewords, blocks } of LEVELS) {
    for (let version = 1; version <= blocks.length; version++) {
      const total = countModules(version) >> 3;
      const ecc = codewords[version - 1];
      const room = total - ecc * blocks[version - 1];
      if (length + headBytes(version) <= room) {
        return { version, bits, ecc, blocks: blocks[version - 1], total, room };
      }
    }
  }
  return null;
}

/**
 * Mode (4 bits), length (8 or 16) and terminator (4), which fill whole bytes together.
 *
 * @param {number} version
 */
const headBytes = (version) => (version < 10 ? 2 : 3);

/**
 * Count the modules that are left for codewords, remainder bits included.
 *
 * @param {number} version
 */
function countModules(version) {
  const modules = (16 * version + 128) * version + 64;
  if (version < 2) return modules;
  const across = ((version / 7) | 0) + 2;
  return modules - ((25 * across - 10) * across - 55) - (version < 7 ? 0 : 36);
}

/**
 * Return the data codewords: head, text, terminator, padding.
 *
 * @param {Uint8Array} bytes
 * @param {Plan} plan
 */
function pack(bytes, { version, room }) {
  const packed = new Uint8Array(room);
  const head = headBytes(version);
  // Everything after the mode sits half a byte late, so each byte is written in two halves.
  packed[0] = 0x40;
  const put = (/** @type {number} */ at, /** @type {number} */ byte) => {
    packed[at] |= byte >> 4;
    packed[at + 1] = (byte & 15) << 4;
  };
  if (head > 2) put(0, bytes.length >> 8);
  put(head - 2, bytes.length & 255);
  for (let i = 0; i < bytes.length; i++) put(head - 1 + i, bytes[i]);
  for (let i = bytes.length + head, pad = 0xec; i < room; i++, pad ^= 0xfd) packed[i] = pad;
  return packed;
}

/**
 * Return all codewords in the order of the symbol: first bytes of every block, second bytes, …
 *
 * @param {Uint8Array} packed
 * @param {Plan} plan
 */
function interleave(packed, { ecc, blocks, total }) {
  const short = ((total / blocks) | 0) - ecc;
  const longer = total % blocks;
  const generator = makeGenerator(ecc);
  const out = new Uint8Array(total);
  for (let block = 0, start = 0; block < blocks; block++) {
    const length = short + (block < blocks - longer ? 0 : 1);
    const part = packed.subarray(start, (start += length));
    const remainder = divide(part, generator);
    for (let i = 0; i < length; i++) {
      // The longer blocks are the last ones, so the shorter ones leave no gap in the last round.
      out[i * blocks + block - (i < short ? 0 : blocks - longer)] = part[i];
    }
    for (let i = 0; i < ecc; i++) out[packed.length + i * blocks + block] = remainder[i];
  }
  return out;
}

/**
 * Multiply in GF(2⁸) modulo x⁸ + x⁴ + x³ + x² + 1.
 *
 * @param {number} a
 * @param {number} b
 */
function multiply(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  }
  return product;
}

/**
 * Return the generator polynomial of Reed–Solomon, highest power first, its leading 1 left out.
 *
 * @param {number} degree
 */
function makeGenerator(degree) {
  const factors = new Uint8Array(degree);
  factors[degree - 1] = 1;
  for (let i = 0, root = 1; i < degree; i++, root = multiply(root, 2)) {
    for (let j = 0; j < degree; j++) {
      factors[j] = multiply(factors[j], root) ^ (j + 1 < degree ? factors[j + 1] : 0);
    }
  }
  return factors;
}

/**
 * Return the remainder, which is the block's error correction.
 *
 * @param {Uint8Array} part
 * @param {Uint8Array} generator
 */
function divide(part, generator) {
  const remainder = new Uint8Array(generator.length);
  for (const byte of part) {
    const factor = byte ^ remainder[0];
    remainder.copyWithin(0, 1);
    remainder[generator.length - 1] = 0;
    for (let i = 0; i < generator.length; i++) remainder[i] ^= multiply(generator[i], factor);
  }
  return remainder;
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
