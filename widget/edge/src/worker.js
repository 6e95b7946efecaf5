// The widget's part of the service at Cloudflare's edge. Files of the widget never come here: the
// platform answers them from the assets folder.

import { collect, consume } from "./collect.js";
import { passOn } from "./passing.js";
import { Problem, refuse } from "./problems.js";

const PASSED_ON = /^\/(s|r|widget)\//;

/** @type {ExportedHandler<import("./collect.js").Env, import("./outbox.js").Visit>} */
const worker = {
  async fetch(request, env, ctx) {
    try {
      const { pathname } = new URL(request.url);
      if (pathname === "/collect") return await collect(request, env, ctx);
      const isRead = request.method === "GET" || request.method === "HEAD";
      if (isRead && PASSED_ON.test(pathname)) return await passOn(request, env, ctx);
      throw nothingHere();
    } catch (error) {
      if (error instanceof Problem) return refuse(error);
      throw error;
    }
  },

  async queue(batch, env) {
    await consume(batch, env);
  },
};

const nothingHere = () =>
  new Problem(404, "not_found", "There is nothing at this address.", {
    detail: "Check the address.",
  });

export default worker;
