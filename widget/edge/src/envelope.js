// The request that takes the visits of many visitors to the service, signed; see backend/web/edge.py.

import { remember } from "./refusals.js";

/** @typedef {import("./outbox.js").Visit} Visit */
/** @typedef {import("./problems.js").Details} Details */
/** @typedef {{ SERVICE_URL: string, FOURSITE_EDGE_SECRET: string }} Service */

const VISITS = 200;
/** Half of what the service takes, in characters that may have three bytes in UTF-8. */
const CHARACTERS = 160 * 1024;
const PATIENCE_MS = 8_000;
const LATER = new Set([429, 500, 503]);

/**
 * Return as many of the first visits as one envelope holds, at least one.
 * @template {{ text: string }} T
 * @param {readonly T[]} visits
 */
export function choose(visits) {
  let characters = 0;
  let count = 0;
  for (const { text } of visits) {
    characters += text.length;
    if (count > 0 && (count >= VISITS || characters > CHARACTERS)) break;
    count += 1;
  }
  return visits.slice(0, count);
}

/**
 * Send visits, and return those that are to be sent again: the service had no room for them. Throws
 * when it took none.
 * @param {Service} service
 * @param {Visit[]} visits
 */
export async function deliver(service, visits) {
  const body = `{"sent_at":${Date.now()},"visits":[${visits.map(({ text }) => text).join()}]}`;
  const answer = await fetch(new URL("/collect/edge", service.SERVICE_URL), {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "foursite-signature": await sign(service.FOURSITE_EDGE_SECRET, body),
    },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`the service answered ${answer.status}`);
  }
  const { results } = /** @type {{ results: Details[] }} */ (await answer.json());
  return visits.filter((visit, number) => {
    const result = results[number];
    if (result) remember(visit.gates, result);
    return result === undefined || LATER.has(result.status);
  });
}

/**
 * @param {string} secret
 * @param {string} body
 */
async function sign(secret, body) {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body)));
  return `sha256=${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
