/** Brings the panel's script when the button is first pressed. */

import { panelUrl, script } from "./settings.js";

const PATIENCE_MS = 4000;

/** Where the panel finds the words of other languages. */
export const panelFolder = panelUrl.replace(/[^/]*$/, "");

/** Return a promise that fails when the script does not arrive; the next call tries again. */
export const loadPanel = () =>
  new Promise((done, fail) => {
    const panel = document.createElement("script");
    panel.onload = done;
    panel.onerror = fail;
    setTimeout(fail, PATIENCE_MS);
    if (script) {
      panel.nonce = script.nonce;
      panel.crossOrigin = script.crossOrigin;
    }
    panel.src = panelUrl;
    document.head.append(panel);
  });
