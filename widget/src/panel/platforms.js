/**
 * The platforms a page can be shared on, and the address each of them takes a share at. The names
 * are those that the service counts by.
 */

/** Its own name (without one, the words have it), and its address (without one, it has none and
 * the link is copied).
 * @typedef {{ label?: string, intent?: string }} Platform */

/** @type {Record<string, Platform>} */
export const PLATFORMS = {
  x: { label: "X", intent: "https://x.com/intent/post?text={title}&url={url}" },
  linkedin: {
    label: "LinkedIn",
    intent: "https://www.linkedin.com/sharing/share-offsite/?url={url}",
  },
  reddit: { label: "Reddit", intent: "https://www.reddit.com/submit?url={url}&title={title}" },
  hackernews: {
    label: "Hacker News",
    intent: "https://news.ycombinator.com/submitlink?u={url}&t={title}",
  },
  mastodon: { label: "Mastodon", intent: "https://{server}/share?text={both}" },
  bluesky: { label: "Bluesky", intent: "https://bsky.app/intent/compose?text={both}" },
  facebook: { label: "Facebook", intent: "https://www.facebook.com/sharer/sharer.php?u={url}" },
  email: { intent: "mailto:?subject={title}&body={both}" },
  whatsapp: { label: "WhatsApp", intent: "https://wa.me/?text={both}" },
  telegram: { label: "Telegram", intent: "https://t.me/share/url?url={url}&text={title}" },
  discord: { label: "Discord" },
  slack: { label: "Slack" },
};

const LONGEST_TITLE = 200;

/**
 * Return where a share goes.
 *
 * @param {string} intent  a platform's address
 * @param {string} title
 * @param {string} url
 * @param {string} [server]  a host name
 */
export function aim(intent, title, url, server = "") {
  const short = title.slice(0, LONGEST_TITLE);
  // A mail's lines end like this (RFC 6068), and everybody else takes it too.
  const both = short ? `${short}\r\n${url}` : url;
  /** @type {Record<string, string>} */
  const values = { title: short, url, both, server };
  return intent.replace(/{(\w+)}/g, (_, name) => encode(values[name]));
}

/**
 * A character cut in two, by us or by the page, would make the encoding throw.
 *
 * @param {string} text
 */
const encode = (text) => encodeURIComponent(text.toWellFormed?.() ?? text);

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
