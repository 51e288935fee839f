/** After an upgrade the files that an open page still knows are gone: the page is loaded anew. */

const KEY = "missed-file";

/** Loads the page anew for each missing file once: a file that is missing again is told by the page itself. */
export function watchUpgrade(reload = () => location.reload()): void {
  window.addEventListener("vite:preloadError", ({ payload }) => {
    if (sessionStorage.getItem(KEY) === payload.message) return;
    sessionStorage.setItem(KEY, payload.message);
    reload();
  });
}
