/**
 * Our own glyphs, lines on a grid of 24: letters where people know a place by its letter, plain
 * symbols elsewhere. None copies a trademark.
 */
export const GLYPHS = {
  x: "M5.5 5 18.5 19M18.5 5 5.5 19",
  linkedin: "M6.5 10.5V18M6.5 6v.5M11 18v-7.5M11 14c0-4.5 7-4.5 7 0v4",
  reddit: "M5.5 18v-8M5.5 13.5c.6-2.4 2.2-3.6 4.5-3.4M19 5l-5 14",
  hackernews: "M6 5.5l6 7.5 6-7.5M12 13v6",
  mastodon: "M4.5 17.5v-7c0-4.5 7.5-4.5 7.5 0v3.5M12 10.5c0-4.5 7.5-4.5 7.5 0v7",
  bluesky: "M7.5 18a4 4 0 0 1-.6-7.9 5.5 5.5 0 0 1 10.6.6A3.7 3.7 0 0 1 17 18Z",
  facebook: "M16 5h-1.5C12.2 5 11 6.3 11 8.5V19M7.5 11.5h7",
  email: "M5 6h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 18H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 6ZM4 7.5l8 6 8-6",
  whatsapp: "M4.5 19.5l1-3.7a7.5 7.5 0 1 1 2.8 2.7ZM9 10.5h6M9 13.5h4",
  telegram: "M20 5 3.5 11.5l5.5 2 2 5.5L20 5 9 13.5",
  discord: "M5 15v-3a7 7 0 0 1 14 0v3M5 14h2.5v5H6a1 1 0 0 1-1-1ZM19 14h-2.5v5H18a1 1 0 0 0 1-1Z",
  slack: "M9.5 5 8 19M16 5l-1.5 14M5 9.5h14.5M4.5 14.5H19",
  native: "M12 14.5V4M8 7.5 12 3.5l4 4M7 11H5.5v9h13v-9H17",
  link: "M10 14a4 4 0 0 0 6 .3l2.5-2.5a4 4 0 0 0-5.7-5.7L11.5 7.4M14 10a4 4 0 0 0-6-.3l-2.5 2.5a4 4 0 0 0 5.7 5.7l1.3-1.3",
  qr: "M4.5 4.5h5v5h-5ZM14.5 4.5h5v5h-5ZM4.5 14.5h5v5h-5ZM14.5 14.5v1M19.5 14.5v1M17 17v.5M14.5 19.5h1M19.5 18.5v1",
  heart: "M12 19.5C5 15 3.5 12 3.5 9.3A4.3 4.3 0 0 1 12 8a4.3 4.3 0 0 1 8.5 1.3C20.5 12 19 15 12 19.5Z",
  done: "M5 12.5l4.5 4.5L19 7",
  close: "M7 7l10 10M17 7 7 17",
  back: "M14.5 6l-6 6 6 6",
};
