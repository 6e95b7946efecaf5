/**
 * Encodes a text as a QR code: byte mode, versions 1 to 20 (ISO/IEC 18004).
 *
 * Level M corrects 15 % and is used up to version 10. A longer text gets level L, because denser
 * modules cost a phone's camera more than the weaker correction does.
 */

import { drawSymbol } from "./symbol.js";

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
  return drawSymbol(plan.version, plan.bits, codewords);
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
