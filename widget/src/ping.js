/** The ping alone, for pages that want no button: `data-site` and `data-service` on the script. */

import { start } from "./core.js";

start(document.currentScript.dataset);
