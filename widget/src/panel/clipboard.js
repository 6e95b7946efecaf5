/** Copies a text by the ways a page may have, and says whether one of them worked. */

/**
 * Copy what the field holds. The field is selected where the browser refuses, so that a person
 * can copy it by hand.
 *
 * @param {HTMLInputElement} field
 * @returns {Promise<boolean>}
 */
export async function copyField(field) {
  try {
    // Missing on plain http, refused in a frame without permission.
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
