// What the service refused lately. The edge knows no sites: the first ping for one that does not
// exist is accepted here and refused there, and those of the next minute are refused here as well.

import { Problem } from "./problems.js";

const REMEMBERED = 10_000;
const REMEMBERED_MS = 60_000;

/** @typedef {import("./problems.js").Details} Details */

/** @type {Map<string, { until: number, details: Details }>} */
const refusals = new Map();

/**
 * Return what the service looks at to let a ping in: key, origin of the request and of the page.
 * @param {{ s: string, u: string }} ping
 * @param {string} origin
 */
export const gateOf = (ping, origin) => `${ping.s} ${origin} ${ping.u.split(/[/?#]/, 3).join("/")}`;

/**
 * Remember why the service refused a visit, when it is clear what for.
 * @param {string[]} gates
 * @param {Details} details
 */
export function remember(gates, details) {
  const [gate] = gates;
  if (gates.length !== 1 || gate === undefined || ![403, 404].includes(details.status)) return;
  refusals.delete(gate);
  refusals.set(gate, { until: Date.now() + REMEMBERED_MS, details });
  const [oldest] = refusals.keys();
  if (refusals.size > REMEMBERED && oldest !== undefined) refusals.delete(oldest);
}

/**
 * Throw the Problem that the service would refuse one of the gates with, as far as is known.
 * @param {string[]} gates
 */
export function check(gates) {
  for (const gate of gates) {
    const known = refusals.get(gate);
    if (known && known.until > Date.now()) {
      const { status, code, title, detail } = known.details;
      throw new Problem(status, code, title, detail === undefined ? {} : { detail });
    }
  }
}
