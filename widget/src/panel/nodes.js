/** Makes elements without ever parsing HTML, so that no page's policy has anything to forbid. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Return a new element.
 *
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/**
 * Return a glyph, hidden from screen readers: words stand beside it.
 *
 * @param {string} path
 */
export const draw = (path) => makeShape(path, { viewBox: "0 0 24 24", "aria-hidden": "true" });

/**
 * Return a picture of one path.
 *
 * @param {string} path
 * @param {Record<string, string>} attributes
 * @returns {SVGElement}
 */
export function makeShape(path, attributes) {
  const shape = furnish(document.createElementNS(SVG, "path"), { d: path }, []);
  return furnish(document.createElementNS(SVG, "svg"), attributes, [shape]);
}

/**
 * @param {any} node
 * @param {Record<string, string> | undefined} attributes
 * @param {(Node | string)[]} children
 */
function furnish(node, attributes, children) {
  // `Object.keys` sees own keys only: a page may have added others to every object.
  for (const name of Object.keys(attributes ?? {})) {
    node.setAttribute(name, attributes?.[name]);
  }
  node.append(...children);
  return node;
}
