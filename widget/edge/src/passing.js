// What the edge cannot answer itself, asked of the service: links that count, counts, and files of
// earlier widgets.

import { unavailable } from "./problems.js";

const COUNTS = /^\/widget\/counts\/[0-9A-Za-z]+\.json$/;
const PATIENCE_MS = 10_000;

/**
 * @param {Request} request
 * @param {{ SERVICE_URL: string }} env
 * @param {ExecutionContext} ctx
 */
export async function passOn(request, env, ctx) {
  const url = new URL(request.url);
  const service = new URL(env.SERVICE_URL);
  if (url.pathname.startsWith("/r/") && url.host !== service.host) {
    // The cookie that remembers whose link it was has to be the service's own.
    const location = new URL(`${url.pathname}${url.search}`, service).href;
    return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
  }
  if (!COUNTS.test(url.pathname)) return ask(request, url, service);
  return (await caches.default.match(keyOf(url))) ?? askCounts(request, url, service, ctx);
}

/** Queries make no difference. @param {URL} url */
const keyOf = (url) => new Request(url.origin + url.pathname);

/**
 * Counts may be kept for as long as the service says, which is a minute.
 * @param {Request} request
 * @param {URL} url
 * @param {URL} service
 * @param {ExecutionContext} ctx
 */
async function askCounts(request, url, service, ctx) {
  const answer = await ask(request, url, service);
  if (answer.status === 200 && request.method === "GET") {
    ctx.waitUntil(caches.default.put(keyOf(url), answer.clone()));
  }
  return answer;
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {URL} service
 */
async function ask(request, url, service) {
  const target = new URL(service);
  target.pathname = url.pathname;
  target.search = url.search;
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-for", request.headers.get("cf-connecting-ip") ?? "");
  try {
    return await fetch(target, {
      method: request.method,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    console.warn(`The service did not answer: ${error}`);
    throw unavailable("The service cannot be reached.");
  }
}
