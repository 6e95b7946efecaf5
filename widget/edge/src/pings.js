// What a ping may say, as strictly as the service (backend/web/pings.py) and in its words. What is
// passed on is the visitor's own text, so the service judges the very same bytes again.

import { Problem } from "./problems.js";

export const BODY_BYTES = 8 * 1024;
const EVENTS_A_BODY = 20;
const URL_CHARACTERS = 2000;
const HINT = "See the documentation of /collect for the format.";

/** @typedef {{ s: string, t: string, i: string, u: string, n?: string | null }} Ping */
/** @typedef {(value: unknown, at: string) => void} Check Throws when the value cannot be. */

/** A number as it was written: 1.0 is no whole number to the service. */
class Fraction {}

/**
 * @param {string} wanted
 * @param {{ pattern?: RegExp, shown?: string, limit?: number }} rule
 * @returns {Check}
 */
function text(wanted, { pattern, shown = "", limit = Infinity }) {
  return (value, at) => {
    if (typeof value !== "string") throw mismatch(wanted, value, at);
    if (!value.isWellFormed()) throw malformed("Input data was truncated.");
    if (value.length > limit && [...value].length > limit) {
      throw malformed(`Expected \`str\` of length <= ${limit}${at}.`);
    }
    if (pattern && !pattern.test(value)) {
      throw malformed(`Expected \`str\` matching regex '${shown}'${at}.`);
    }
  };
}

/**
 * @param {number} limit
 * @returns {Check}
 */
function whole(limit) {
  return (value, at) => {
    if (typeof value !== "number") throw mismatch("int | null", value, at);
    if (value > limit) throw malformed(`Expected \`int\` <= ${limit}${at}.`);
    if (value < 0) throw malformed(`Expected \`int\` >= 0${at}.`);
  };
}

/** @type {Check} */
function kind(value, at) {
  if (typeof value !== "string") throw mismatch("str", value, at);
  if (!Object.hasOwn(FOREIGN, value)) throw malformed(`Invalid enum value '${value}'${at}.`);
}

const ID = { pattern: /^[0-9A-Za-z_-]{11}$/, shown: "^[0-9A-Za-z_-]{11}\\\\Z" };
const URL_TEXT = {
  // The service's \s, which is not JavaScript's.
  pattern:
    /^https?:\/\/[^\0-\x20\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/,
  shown: "^https?://[^\\\\s\\\\x00-\\\\x1f\\\\x7f]+\\\\Z",
  limit: URL_CHARACTERS,
};

/** The optional letters that a type must not carry. @type {Record<string, string>} */
const FOREIGN = {
  view: "ndp",
  engage: "rvn",
  share: "rvdp",
  like: "rvndp",
  copy: "rvndp",
  powered: "rvndp",
  conversion: "rvndp",
};

/** @type {Record<string, Check>} */
const REQUIRED = {
  s: text("str", { pattern: /^[0-9A-Za-z]{8,32}$/, shown: "^[0-9A-Za-z]{8,32}\\\\Z" }),
  t: kind,
  i: text("str", ID),
  u: text("str", URL_TEXT),
};

/** @type {Record<string, Check>} */
const OPTIONAL = {
  r: text("str | null", { limit: URL_CHARACTERS }),
  v: text("str | null", ID),
  n: text("str | null", { limit: 16 }),
  d: whole(86_400),
  p: whole(100),
};

const PLATFORMS = new Set(
  ("x twitter linkedin facebook reddit hackernews email copy_link discord slack mastodon " +
    "bluesky whatsapp telegram native").split(" "),
);

/**
 * Return the pings of a body. Throws a Problem that says which value is wrong.
 * @param {string} body
 * @returns {Ping[]}
 */
export function decode(body) {
  const parsed = parse(body);
  const isList = body.startsWith("[");
  const found = isList ? /** @type {unknown[]} */ (parsed) : [parsed];
  for (const [number, value] of found.entries()) {
    if (number < EVENTS_A_BODY) checkShape(value, isList ? `$[${number}]` : "$");
  }
  if (found.length === 0) throw malformed("Expected `array` of length >= 1.");
  if (found.length > EVENTS_A_BODY) throw malformed(`Expected \`array\` of length <= ${EVENTS_A_BODY}.`);
  const pings = /** @type {Ping[]} */ (found);
  pings.forEach(checkSense);
  return pings;
}

/**
 * @param {string} body
 * @returns {unknown}
 */
function parse(body) {
  try {
    return JSON.parse(body, keepFractions);
  } catch (error) {
    const isCut = /unexpected end|unterminated/i.test(String(error)) || body === "";
    throw malformed(isCut ? "Input data was truncated." : "JSON is malformed.");
  }
}

/**
 * @this {unknown}
 * @param {string} _key
 * @param {unknown} value
 * @param {{ source?: string }} [context] what newer engines tell of the text
 */
function keepFractions(_key, value, context) {
  if (typeof value !== "number") return value;
  const isWhole = context?.source ? /^-?\d+$/.test(context.source) : Number.isInteger(value);
  return isWhole ? value : new Fraction();
}

/**
 * @param {unknown} value
 * @param {string} path
 */
function checkShape(value, path) {
  const at = path === "$" ? "" : ` - at \`${path}\``;
  if (typeOf(value) !== "object") throw mismatch("object", value, at);
  const ping = /** @type {Record<string, unknown>} */ (value);
  for (const [letter, found] of Object.entries(ping)) {
    const isOptional = Object.hasOwn(OPTIONAL, letter);
    if (!isOptional && !Object.hasOwn(REQUIRED, letter)) {
      throw malformed(`Object contains unknown field \`${letter}\`${at}.`);
    }
    if (isOptional && found === null) continue;
    (OPTIONAL[letter] ?? REQUIRED[letter])?.(found, ` - at \`${path}.${letter}\``);
  }
  const missing = Object.keys(REQUIRED).find((letter) => !Object.hasOwn(ping, letter));
  if (missing) throw malformed(`Object missing required field \`${missing}\`${at}.`);
}

/** @param {Ping & Record<string, unknown>} ping */
function checkSense(ping) {
  for (const letter of FOREIGN[ping.t] ?? "") {
    if ((ping[letter] ?? null) !== null) {
      throw invalid(`'${letter}' does not belong to '${ping.t}'.`, letter);
    }
  }
  if (!fits(ping.u)) throw invalid("'u' is no address, or too long without its share.", "u");
  if (ping.t === "share" && !PLATFORMS.has(ping.n ?? "")) {
    throw invalid(`${ping.n ? `'${ping.n}'` : "None"} is not a platform.`, "n");
  }
}

/**
 * Tell whether the service can store an address: leaving its share out writes the query anew, and
 * what is not ASCII becomes longer by that.
 * @param {string} url
 */
function fits(url) {
  if (!url.includes("#") && !url.includes("via=")) return true;
  const [address = "", query = ""] = (url.split("#", 1)[0] ?? "").split(/\?(.*)/s, 2);
  const host = address.split("/", 3)[2] ?? "";
  if (host.includes("[") !== host.includes("]")) return false;
  const pairs = [...new URLSearchParams(query)].filter(([name]) => name !== "via");
  const written = pairs.map((pair) => pair.map(quote).join("=")).join("&");
  return [...address].length + (written ? 1 : 0) + written.length <= URL_CHARACTERS;
}

/** @param {string} value */
const quote = (value) =>
  encodeURIComponent(value)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, "%21");

/** @param {unknown} value */
function typeOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Fraction) return "float";
  const names = { boolean: "bool", number: "int", object: "object", string: "str" };
  return names[/** @type {keyof typeof names} */ (typeof value)];
}

/**
 * @param {string} wanted
 * @param {unknown} value
 * @param {string} at
 */
const mismatch = (wanted, value, at) =>
  malformed(`Expected \`${wanted}\`, got \`${typeOf(value)}\`${at}.`);

/** @param {string} reason */
export const malformed = (reason) => invalid(`The body is not what /collect takes: ${reason}`);

/**
 * @param {string} title
 * @param {string} [field]
 */
const invalid = (title, field) =>
  new Problem(400, "invalid", title, { detail: HINT, ...(field ? { field } : {}) });
