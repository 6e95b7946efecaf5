// `POST /collect` at the edge: checks what can be checked without a database, answers at once, and
// passes the visit on later.

import { choose, deliver } from "./envelope.js";
import { Outbox } from "./outbox.js";
import { BODY_BYTES, decode, malformed } from "./pings.js";
import { accept, allow, Problem, unavailable } from "./problems.js";
import { check, gateOf } from "./refusals.js";

/** @typedef {import("./outbox.js").Visit} Visit */
/**
 * @typedef {import("./envelope.js").Service & { COLLECT_QUEUE?: Queue<Visit> }} Env
 */

const USER_AGENT_CHARACTERS = 2048;
const ORIGIN = /^https?:\/\/[^/?#\s]{1,280}$/;
// The commonest of the service's list, in its spelling, so that what is left out here would be left
// out there; the service knows the others.
const ROBOTS =
  /Googlebot\/|bingbot|Slurp|DuckDuckBot|Baiduspider|Bytespider|Applebot|AhrefsBot|SemrushBot|GPTBot|ClaudeBot|HeadlessChrome|facebookexternalhit|LinkedInBot|python-requests/;

const outbox = new Outbox();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Answer a visitor. Throws a Problem.
 * @param {Request} request
 * @param {Env} env
 * @param {ExecutionContext} ctx
 */
export async function collect(request, env, ctx) {
  if (request.method === "OPTIONS") return allow();
  if (request.method !== "POST") throw methodNotAllowed();
  if (!env.SERVICE_URL || !env.FOURSITE_EDGE_SECRET) {
    throw unavailable("The edge lacks SERVICE_URL or FOURSITE_EDGE_SECRET.");
  }
  const body = await readBody(request);
  const pings = decode(body);
  const origin = request.headers.get("origin") ?? "";
  if (!ORIGIN.test(origin)) throw foreign();
  const gates = [...new Set(pings.map((ping) => gateOf(ping, origin)))];
  check(gates);
  if (!isLeftOut(request.headers)) {
    await keep({ text: describe(request, origin, body), gates, tries: 0 }, env, ctx);
  }
  return accept();
}

/**
 * Take visits from the queue to the service: those that it had no room for stay in the queue.
 * @param {MessageBatch<Visit>} batch
 * @param {Env} env
 */
export async function consume(batch, env) {
  const left = batch.messages.map((message) => ({ message, text: message.body.text }));
  while (left.length) {
    const chosen = left.splice(0, choose(left).length).map(({ message }) => message);
    /** @type {Set<Visit>} */
    let later;
    try {
      later = new Set(await deliver(env, chosen.map(({ body }) => body)));
    } catch (error) {
      console.warn(`${chosen.length} visits stay in the queue: ${error}`);
      later = new Set(chosen.map(({ body }) => body));
    }
    for (const message of chosen) {
      if (later.has(message.body)) message.retry({ delaySeconds: delayOf(message.attempts) });
      else message.ack();
    }
  }
}

/** Seconds: 1, 2, 4 … up to a quarter of an hour. @param {number} attempts */
const delayOf = (attempts) => Math.min(2 ** (attempts - 1), 900);

/**
 * Keep a visit until the service has it: in the queue if there is one, else in memory.
 * @param {Visit} visit
 * @param {Env} env
 * @param {ExecutionContext} ctx
 */
async function keep(visit, env, ctx) {
  if (env.COLLECT_QUEUE) {
    try {
      await env.COLLECT_QUEUE.send(visit, { contentType: "json" });
      return;
    } catch (error) {
      console.warn(`The queue took no visit: ${error}`);
    }
  }
  const isKept = outbox.add(visit);
  if (outbox.needsCarrier) {
    ctx.waitUntil(outbox.carry((visits) => deliver(env, visits), choose));
  }
  if (!isKept) throw unavailable("The edge takes no more events for now.");
}

/**
 * Return the visit as the service reads it. The body is JSON, and goes on as it came.
 * @param {Request} request
 * @param {string} origin
 * @param {string} body
 */
function describe(request, origin, body) {
  const head = JSON.stringify({
    address: request.headers.get("cf-connecting-ip") ?? "",
    user_agent: (request.headers.get("user-agent") ?? "").slice(0, USER_AGENT_CHARACTERS),
    origin,
    at: Date.now(),
    country: /^[A-Z]{2}$/.test(String(request.cf?.country)) ? request.cf?.country : null,
  });
  return `${head.slice(0, -1)},"pings":${body}}`;
}

/**
 * Robots, and people who asked not to be counted: they get the answer that everybody gets.
 * @param {Headers} headers
 */
function isLeftOut(headers) {
  const userAgent = headers.get("user-agent") ?? "";
  const wantsNoTracking = headers.get("dnt") === "1" || headers.get("sec-gpc") === "1";
  return wantsNoTracking || userAgent === "" || ROBOTS.test(userAgent);
}

/** @param {Request} request */
async function readBody(request) {
  const bytes = new Uint8Array(BODY_BYTES);
  let length = 0;
  for await (const piece of request.body ?? []) {
    if (length + piece.length > BODY_BYTES) throw tooLong();
    bytes.set(piece, length);
    length += piece.length;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch {
    throw malformed("it is not UTF-8.");
  }
}

const tooLong = () =>
  new Problem(413, "refused", "Request Entity Too Large.", { detail: "Send less." });

const methodNotAllowed = () =>
  new Problem(405, "refused", "Method Not Allowed.", {
    detail: "Use a method that Allow names.",
    headers: { allow: "POST, OPTIONS" },
  });

const foreign = () =>
  new Problem(403, "forbidden", "The site does not allow pings from this origin.", {
    detail: "Add the origin to the site, or correct data-site.",
  });
