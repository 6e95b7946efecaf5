// Visits that wait for the service in this isolate's memory, and what carries them there.
//
// A worker may only work on behalf of a request, up to 30 seconds after its answer. So the request
// that finds nobody carrying becomes the carrier: it waits for company, sends what has gathered,
// tries again when the service is away, and hands what is left to a later request.

export const WAITING_VISITS = 5_000;
export const WAITING_BYTES = 8 * 1024 * 1024;
const GATHER_MS = 500;
const CARRY_MS = 18_000;
/** After that a carrier is gone: the platform has ended it. */
const GONE_MS = 29_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** How often the service may refuse one visit for now: a full queue, a limit. */
const TRIES = 8;

/**
 * @typedef {{ text: string, gates: string[], tries: number }} Visit What a visitor sent, ready for
 *   the service; its gates say for which sites it was, see refusals.js.
 * @typedef {(visits: Visit[]) => Promise<Visit[]>} Deliver Sends visits; returns those to send
 *   again. Throws when the service did not take them.
 */

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Outbox {
  /** @type {Visit[]} */
  #waiting = [];
  #characters = 0;
  #carriedUntil = 0;

  /**
   * Keep a visit; return false when there is no room.
   * @param {Visit} visit
   */
  add(visit) {
    const isFull =
      this.#waiting.length >= WAITING_VISITS ||
      this.#characters + visit.text.length > WAITING_BYTES / 2;
    if (!isFull) this.#keep([visit]);
    return !isFull;
  }

  /** Whether the request that asks should carry. */
  get needsCarrier() {
    return Date.now() >= this.#carriedUntil;
  }

  /**
   * Carry until nothing waits, or the time of a request is up. Never throws.
   * @param {Deliver} deliver
   * @param {(visits: readonly Visit[]) => Visit[]} choose takes as many as one delivery holds
   */
  async carry(deliver, choose) {
    const began = Date.now();
    this.#carriedUntil = began + GONE_MS;
    await sleep(GATHER_MS);
    let pause = FIRST_PAUSE_MS;
    while (this.#waiting.length && Date.now() < began + CARRY_MS) {
      const visits = this.#take(choose);
      const rest = await this.#deliver(deliver, visits);
      this.#keep(rest);
      if (rest.length === 0) {
        pause = FIRST_PAUSE_MS;
        continue;
      }
      await sleep(pause * (0.5 + Math.random() / 2));
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
    this.#carriedUntil = 0;
  }

  /**
   * @param {Deliver} deliver
   * @param {Visit[]} visits
   */
  async #deliver(deliver, visits) {
    try {
      const again = await deliver(visits);
      return again.map((visit) => ({ ...visit, tries: visit.tries + 1 })).filter(isWorthIt);
    } catch (error) {
      console.warn(`${visits.length} visits wait: ${error}`);
      return visits;
    }
  }

  /** @param {Visit[]} visits */
  #keep(visits) {
    this.#waiting = visits.length === 1 ? this.#waiting : [...visits, ...this.#waiting];
    if (visits.length === 1) this.#waiting.push(...visits);
    for (const visit of visits) this.#characters += visit.text.length;
  }

  /** @param {(visits: readonly Visit[]) => Visit[]} choose */
  #take(choose) {
    const visits = choose(this.#waiting);
    this.#waiting.splice(0, visits.length);
    for (const visit of visits) this.#characters -= visit.text.length;
    return visits;
  }
}

/** @param {Visit} visit */
const isWorthIt = (visit) => visit.tries < TRIES;
