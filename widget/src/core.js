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

/** A share's id in a page's query. A host's own `via` of another shape is none of ours. */
const ARRIVAL = /([?&])via=([\w-]{11})(&|$)/;

const post = fetch;

/** @type {Config | undefined} */
let config;
/** The page in view, without `via` and fragment.
 * @type {string} */
let address;
/** When the view came into sight: null while it has not, 0 once its end was sent.
 * @type {number | null} */
let seenAt;
/** @type {number} */
let deepestPx;
let referrer = document.referrer.slice(0, 2000);

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
  if (document.prerendering) document.addEventListener("prerenderingchange", act);
  else act();
};

/** Say whether events may be sent: it was started, on a page of the web, and nobody objects. */
export const isOpen = () =>

  location.host &&
  navigator.doNotTrack != 1 &&
  !navigator.globalPrivacyControl;

/** Return 64 random bits as 11 characters that an address holds unchanged. */
export const makeId = () =>
  btoa(String.fromCharCode.apply(null, crypto.getRandomValues(new Uint8Array(8))))
    .replace(/\W/g, "_")
    .slice(0, 11);

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
    s: config.site,
    t: type,
    i: makeId(),
    // As much as the service takes.
    u: address.slice(0, 2000),
    ...more,
  });
  // A body of text is a simple request: no preflight. A fetch names the page's origin even where
  // the host sends no referrer, a beacon does not; but Firefox before 133 drops it at unload.
  if ("keepalive" in Request.prototype)
    post(config.service + "/collect", {
      __proto__: null,
      method: "POST",
      body,
      keepalive: true,
    }).catch(() => {});
  else navigator.sendBeacon(config.service + "/collect", body);
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
  if (document.hidden) leave();
  else seenAt ??= performance.now();
};

const findAddress = () =>
  location.origin + location.pathname + dropArrival(location.search);

const viewIfMoved = guard(() => {
  if (address == findAddress()) return;
  leave();
  address = findAddress();
  deepestPx = 0;
  seenAt = null;
  look();
  const arrival = ARRIVAL.exec(location.search)?.[2];
  send("view", { r: referrer, v: arrival });
  referrer = "";
  // What people copy from the address bar is the page's own address again.
  if (arrival) history.replaceState(history.state, "", address + location.hash);
});

/** Begin to send, for the site and service of `page`.
 * @param {Config} page */
export const start = (page) => {
  config = page;
  whenShown(() => {
    viewIfMoved();
    // Without an address the page is a new view when the browser brings it back from its cache.
    addEventListener("pagehide", () => {
      leave();
      address = "";
    });
    addEventListener("pageshow", viewIfMoved);
    addEventListener("scroll", () => (deepestPx = Math.max(deepestPx, scrollY)));
    document.addEventListener("visibilitychange", look);
    // An app's history is watched from outside, never wrapped. Browsers before 2026 lack the event.
    if (window.navigation) navigation.addEventListener("currententrychange", viewIfMoved);
    else setInterval(viewIfMoved, 500);
  });
};
