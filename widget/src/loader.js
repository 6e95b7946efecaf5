/** Brings the panel's script when the button is first pressed. */

import { findPanel, script } from "./settings.js";

const PATIENCE_MS = 4000;

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
    panel.src = findPanel();
    document.head.append(panel);
  });
