/** The view with the QR code, for the phone beside the screen. */

import { make, makeShape } from "./nodes.js";
import { encode } from "./qr.js";

const QUIET = 4; // modules of white around a symbol, as the standard asks

/**
 * @param {import("./panel.js").Panel} panel
 * @param {string} url
 * @returns {import("./panel.js").View}
 */
export function makeCode(panel, url) {
  const { words } = panel;
  const picture = make("div", { class: "code", part: "qr" }, drawCode(encode(url) ?? [], words.qr));
  const address = make("p", { class: "small", dir: "ltr" }, url);
  const node = make("div", {}, picture, make("p", {}, words.scan), address);
  return { title: words.qr, node, first: panel.backButton };
}

/**
 * @param {number[][]} rows
 * @param {string} label
 */
function drawCode(rows, label) {
  let path = "";
  for (let y = 0; y < rows.length; y++) {
    for (const { 0: run, index } of rows[y].join("").matchAll(/1+/g)) {
      path += `M${index},${y}h${run.length}v1h-${run.length}z`;
    }
  }
  const side = rows.length + QUIET * 2;
  const viewBox = `${-QUIET} ${-QUIET} ${side} ${side}`;
  return makeShape(path, { viewBox, role: "img", "aria-label": label });
}
