/**
 * What the page asks for: attributes of the element, else of the script, else the defaults.
 *
 * Addresses that code is loaded from or events are sent to are read from the script alone: markup
 * that a visitor managed to leave on the page must not choose them.
 */

/**
 * The script this came from. Any element with the name `currentScript` takes that place in the
 * document, and its `src` would choose what we load: hence the look at the tag. A module has no
 * current script, so the one with a site key stands in.
 * @type {HTMLScriptElement | null}
 */
export const script =
  document.currentScript?.tagName == "SCRIPT"
    ? /** @type {HTMLScriptElement} */ (document.currentScript)
    : document.querySelector("script[data-site]");

const source = script?.src || "";

/**
 * Return an attribute; on the script it may have `data-` before its name.
 * @param {string} name
 * @param {Element | null} [element]
 * @returns {string | null | undefined}
 */
export const read = (name, element) =>
  element?.getAttribute(name) ??
  script?.getAttribute("data-" + name) ??
  script?.getAttribute(name);

/** The site's key, if there is one. */
export const site = read("site");

/** Where the service is: what the page says, else the origin of a service's own copy of this,
 * for a page that has a site there. */
export const service = (
  read("service") ??
  (site && /^(https?:..[^/]+).*\/widget(\/\w+)?\.js\b/.exec(source)?.[1])
)?.replace(/\/$/, "");

/** Return the panel's script: what the page says, else `panel.js` beside `widget.js`, and
 * `panel.HASH.js` beside `widget.HASH.js` or `HASH.js`. */
export const findPanel = () =>
  read("panel") ?? source.replace(/(widget\.)?([^/]*)$/, "panel.$2");

/**
 * @typedef {object} Options  what the page leaves open is empty
 * @property {string | null} platforms  what the page says, not taken apart
 * @property {string | null} theme  auto, light or dark
 * @property {string} lang  a language tag
 * @property {string | null} poweredBy  a referral code or site key, or `off`
 * @property {{shares: number, likes: number}} [counts]  once the service has told
 * @property {string} [service]  without a slash at its end
 * @property {boolean} floating
 */

/**
 * @param {Element} element
 * @returns {Options}
 */
export const readOptions = (element) => ({
  platforms: read("platforms", element),
  theme: read("theme", element),
  lang: read("lang", element) || element.closest("[lang]")?.lang || navigator.language,
  poweredBy: read("powered-by", element) || site,
  service,
  floating: /^b/.test(element.getAttribute("position")),
});
