/**
 * The platforms a page can be shared on, and the address each of them takes a share at. The names
 * are those that the service counts by.
 */

/**
 * @typedef {object} Platform
 * @property {string} [label]  its own name; without one the words have it
 * @property {(title: string, url: string, server: string) => string} [intent]  address of a share;
 *     without one the link is copied
 */

/** @type {Record<string, Platform>} */
export const PLATFORMS = {
  x: { label: "X", intent: (text, url) => join("https://x.com/intent/post", { text, url }) },
  linkedin: {
    label: "LinkedIn",
    intent: (_, url) => join("https://www.linkedin.com/sharing/share-offsite/", { url }),
  },
  reddit: {
    label: "Reddit",
    intent: (title, url) => join("https://www.reddit.com/submit", { url, title }),
  },
  hackernews: {
    label: "Hacker News",
    intent: (t, u) => join("https://news.ycombinator.com/submitlink", { u, t }),
  },
  mastodon: {
    label: "Mastodon",
    intent: (title, url, server) => join(`https://${server}/share`, { text: both(title, url) }),
  },
  bluesky: {
    label: "Bluesky",
    intent: (title, url) => join("https://bsky.app/intent/compose", { text: both(title, url) }),
  },
  facebook: {
    label: "Facebook",
    intent: (_, u) => join("https://www.facebook.com/sharer/sharer.php", { u }),
  },
  email: { intent: (subject, url) => join("mailto:", { subject, body: both(subject, url) }) },
  whatsapp: {
    label: "WhatsApp",
    intent: (title, url) => join("https://wa.me/", { text: both(title, url) }),
  },
  telegram: {
    label: "Telegram",
    intent: (text, url) => join("https://t.me/share/url", { url, text }),
  },
  discord: { label: "Discord" },
  slack: { label: "Slack" },
};

/**
 * @param {string} title
 * @param {string} url
 */
const both = (title, url) => (title ? `${title}\n${url}` : url);

/**
 * Return an address with its query. `URLSearchParams` bears broken surrogates, where
 * `encodeURIComponent` throws; its plus signs stay plus signs in mail programs, so they go.
 *
 * @param {string} address
 * @param {Record<string, string>} query
 */
function join(address, query) {
  return `${address}?${`${new URLSearchParams(query)}`.replace(/\+/g, "%20")}`;
}

/**
 * Return the host name in what somebody typed as their server (`https://a.example/@me`,
 * `@me@a.example`), or the empty text when there is none that the web could reach.
 *
 * @param {string} typed
 */
export function readServer(typed) {
  const rest = typed.trim().replace(/^https?:\/\//i, "").replace(/[/?#\\].*/s, "");
  try {
    const { hostname, port } = new URL(`https://${rest.slice(rest.lastIndexOf("@") + 1)}`);
    const isName = /^(?=.{4,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/;
    return !port && isName.test(hostname) ? hostname : "";
  } catch {
    return "";
  }
}
