/** The pill: its nodes and the word on it. No markup is parsed, no style is inline. */

const SVG = "http://www.w3.org/2000/svg";
const ICON = "M8 10V2M5 5l3-3 3 3M3.5 8v5.5h9V8";

/**
 * @param {string} part
 * @param {Element} node
 */
const name = (part, node) => {
  node.setAttribute("part", part);
  return node;
};

/**
 * Draw a pill without a word.
 * @returns {{ button: HTMLButtonElement, label: Element, count: Element }}
 */
export const draw = () => {
  const button = /** @type {HTMLButtonElement} */ (
    name("button", document.createElement("button"))
  );
  const icon = name("icon", document.createElementNS(SVG, "svg"));
  const path = document.createElementNS(SVG, "path");
  const label = name("label", document.createElement("span"));
  const count = name("count", document.createElement("b"));
  button.setAttribute("aria-haspopup", "dialog");
  icon.setAttribute("viewBox", "0 0 16 16");
  path.setAttribute("d", ICON);
  icon.append(path);
  button.append(icon, label, count);
  return { button, label, count };
};

/**
 * Write "Share" on a pill; the build takes the word of each language from the panel's words.
 * @param {ReturnType<typeof draw>} pill
 * @param {string} lang  a language tag
 */
export const label = ({ button, label }, lang) => {
  const language = lang.slice(0, 2).toLowerCase();
  button.lang = __LABELS__[language] ? language : "en";
  label.append(__LABELS__[button.lang]);
};
