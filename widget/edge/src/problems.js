// Answers of the collection endpoint, word for word the service's.

const OPEN = { "access-control-allow-origin": "*" };

/**
 * @typedef {{ type: "about:blank", title: string, status: number, code: string, detail?: string,
 *   field?: string }} Details Problem details as in RFC 9457.
 */

/** Something that a request is refused for. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} title
   * @param {{ detail?: string, field?: string, headers?: Record<string, string> }} [more]
   */
  constructor(status, code, title, { headers = {}, ...more } = {}) {
    super(title);
    /** @type {Details} */
    this.details = { type: "about:blank", title, status, code, ...more };
    this.headers = headers;
  }
}

/** @param {Problem} problem */
export function refuse({ details, headers }) {
  return new Response(JSON.stringify(details), {
    status: details.status,
    headers: {
      ...OPEN,
      "content-type": "application/problem+json",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/** The visitor's events are taken. */
export const accept = () => new Response(null, { status: 202, headers: OPEN });

/** What a preflight asks for. */
export const allow = () =>
  new Response(null, {
    status: 204,
    headers: {
      ...OPEN,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    },
  });

/** @param {string} title */
export const unavailable = (title) =>
  new Problem(503, "unavailable", title, {
    detail: "Try again later.",
    headers: { "retry-after": "5" },
  });
