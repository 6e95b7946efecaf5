/** The pill: its nodes and the word on it. No markup is parsed, no style is inline. */

/** @type {Record<string, string>} "Share" by language; the build takes it from the panel's words. */
const LABELS = __LABELS__;

const SVG = "http://www.w3.org/2000/svg";
const ICON = "M8 10V2M5 5l3-3 3 3M3.5 8v5.5h9V8";

/**
 * @param {string} name
 * @param {string} part
 * @param {string} [namespace]
 */
const make = (name, part, namespace = "http://www.w3.org/1999/xhtml") => {
  const node = document.createElementNS(namespace, name);
  node.setAttribute("part", part);
  return node;
};

/**
 * Draw the pill into a root, with the word of a language.
 * @param {ShadowRoot} root
 * @param {string} lang  a language tag
 * @returns {{ button: HTMLButtonElement, label: Element, count: Element, links: HTMLSlotElement }}
 *   `links` shows the element's own content unless it is hidden
 */
export const draw = (root, lang) => {
  const button = /** @type {HTMLButtonElement} */ (make("button", "button"));
  const icon = make("svg", "icon", SVG);
  const path = make("path", "", SVG);
  const label = make("span", "label");
  const count = make("b", "count");
  const links = /** @type {HTMLSlotElement} */ (make("slot", ""));
  const language = lang.slice(0, 2).toLowerCase();
  button.lang = LABELS[language] ? language : "en";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  icon.setAttribute("viewBox", "0 0 16 16");
  path.setAttribute("d", ICON);
  label.append(LABELS[button.lang]);
  links.hidden = true;
  icon.append(path);
  button.append(icon, label, count);
  root.append(button, links);
  return { button, label, count, links };
};
