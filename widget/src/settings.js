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

/** The panel's script: what the page says, else `panel.js` beside `widget.js`, and
 * `panel.HASH.js` beside `widget.HASH.js` or `HASH.js`. */
export const panelUrl = read("panel") ?? source.replace(/(widget\.)?([^/]*)$/, "panel.$2");

/**
 * @typedef {object} Options
 * @property {string[]} platforms  names from the page, in its order; not checked
 * @property {string} theme  auto, light or dark
 * @property {string} lang  a language tag
 * @property {string | null} poweredBy  a referral code or site key; null leaves the line out
 * @property {{shares: number, likes: number} | null} counts  null until the service has told
 * @property {string | null} service  without a slash at its end
 * @property {boolean} floating
 * @property {string} position  bottom-right, bottom-left or inline
 */

/**
 * @param {Element} element
 * @returns {Options}
 */
export const readOptions = (element) => {
  const position = element.getAttribute("position") || "inline";
  const poweredBy = read("powered-by", element) || site;
  return {
    platforms: (
      read("platforms", element) ||
      "x,linkedin,reddit,hackernews,mastodon,bluesky,facebook,email"
    ).split(/[\s,]+/),
    theme: read("theme", element) || "auto",
    lang: read("lang", element) || element.closest("[lang]")?.lang || navigator.language,
    poweredBy: poweredBy && poweredBy != "off" ? poweredBy : null,
    counts: null,
    service: service || null,
    position,
 floating: position != "inline",
  };
};
