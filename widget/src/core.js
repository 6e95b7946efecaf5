/**
 * The ping: what a page tells the service about a visit, and nothing else.
 *
 * One request when a page comes up, one when it goes out of sight. Answers are neither read nor
 * awaited. No cookie, no storage, no global. From visitors who say Do-Not-Track or Global Privacy
 * Control nothing is sent. Keys on the wire have one letter: s site, t type, i id, u page,
 * r referrer, v arrived through, n platform, d seconds, p percent.
 *
 * The host may be hostile or merely old: prototypes with extra members, replaced built-ins, a
 * `fetch` that puts the host's secrets on every request. So dictionaries have no prototype,
 * nothing iterates, `fetch` is the one of the start, and no error leaves a listener.
 *
 * @typedef {{ site?: string, service?: string }} Config  the site's key, the service's address;
 *   both are there
 * @typedef {Record<string, string | number | undefined>} Fields
 */

let referrer = document.referrer.slice(0, 2000);
/** The page in view, without `via` and fragment.
 * @type {string} */
let address;
/** A share's id in a page's query. A host's own `via` of another shape is none of ours. */
const ARRIVAL = /([?&])via=([\w-]{11})(&|$)/;
/** When the view came into sight: null while it has not, 0 once its end was sent.
 * @type {number | null} */
let seenAt;
/** @type {Config | undefined} */
let config;
/** @type {number} */
let deepestPx;
const post = fetch;

/** Return `act` as a listener that never throws.
 * @param {(event?: any) => void} act */
export const guard = (act) => (event) => {
  try {
    act(event);
  } catch {}
};

/** Call `act` now, or when a page that was made ahead is shown.
 * @param {() => void} act */
export const whenShown = (act) => {
  if (document.prerendering) addEventListener("prerenderingchange", act, true);
  else act();
};

/** Say whether events may be sent: it was started, on a page of the web, and nobody objects. */
export const isOpen = () =>
  navigator.doNotTrack != 1 && config && !navigator.globalPrivacyControl && location.host;

/** Return at least 56 random bits as 11 letters and digits. */
export const makeId = () =>
  crypto.getRandomValues(new BigUint64Array(1))[0].toString(36).padStart(11, 0).slice(-11);

/** Return a query without the share that somebody arrived through; the rest stays byte for byte.
 * @param {string} search */
export const dropArrival = (search) =>
  search.replace(ARRIVAL, (_, before, id, after) => after && before);

/** Send one event; `more` adds fields or replaces them.
 * @param {string} type
 * @param {Fields} [more] */
export const send = (type, more) => {
  if (!isOpen()) return;
  const body = JSON.stringify({
    __proto__: null,
    t: type,
    i: makeId(),
    // As much as the service takes.
    u: address.slice(0, 2000),
    s: config.site,
    ...more,
  });
  // A body of text is a simple request: no preflight. A fetch names the page's origin even where
  // the host sends no referrer, a beacon does not; but Firefox before 133 drops it at unload.
  if (!("keepalive" in Request.prototype)) navigator.sendBeacon(config.service + "/collect", body);
  else
    post(config.service + "/collect", {
      __proto__: null,
      body,
      method: "POST",
      keepalive: true,
    }).catch(() => {});
};

/** Send how the view went, the first time it goes out of sight and never again. */
const leave = guard(() => {
  if (!seenAt) return;
  send("engage", {
    d: Math.min(86400, (performance.now() - seenAt) / 1000) | 0,
    p:
      Math.min(
        100,
        ((deepestPx + innerHeight) / document.documentElement.scrollHeight) * 100,
      ) | 0,
  });
  seenAt = 0;
});

const look = () => {
  if (!document.hidden) seenAt ??= performance.now();
  else leave();
};

const viewIfMoved = guard(() => {
  const here = location.origin + location.pathname + dropArrival(location.search);
  if (address == here) return;
  leave();
  deepestPx = 0;
  seenAt = null;
  address = here;
  look();
  const arrival = ARRIVAL.exec(location.search)?.[2];
  // The page's first id takes a browser long, too: it is made before the request's own task.
  const view = { v: arrival, i: makeId(), u: here.slice(0, 2000), r: referrer };
  referrer = "";
  // What people copy from the address bar is the page's own address again.
  if (arrival) history.replaceState(history.state, "", here + location.hash);
  // In a task of its own: a page's first request keeps a browser as long as all the rest.
  setTimeout(guard(() => send("view", view)));
});

/** Begin the first view, and hear of whatever ends one or begins another. */
const listen = () => {
  // An app's history is watched from outside, never wrapped. Browsers before 2026 lack the event.
  if (window.navigation) navigation.addEventListener("currententrychange", viewIfMoved);
  else setInterval(viewIfMoved, 500);
  addEventListener("visibilitychange", look);
  // Without an address the page is a new view when the browser brings it back from its cache.
  addEventListener("pagehide", () => {
    leave();
    address = "";
  });
  addEventListener("scroll", () => (deepestPx = Math.max(deepestPx, scrollY)));
  addEventListener("pageshow", viewIfMoved);
  viewIfMoved();
};

/** Begin to send, for the site and service of `page`, if it names both.
 * @param {Config} page */
export const start = (page) => {
  if (page.site && page.service) {
    config = page;
    // In a task of its own: the script itself has run in this one.
    whenShown(() => setTimeout(listen));
  }
};
