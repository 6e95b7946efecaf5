// Adds the lines of a running build as they come. Without it the page shows them when it is loaded.
(() => {
  const log = document.getElementById("Build-log");
  const state = document.getElementById("Build-state");
  const url = log && log.dataset.lines;
  if (!url || !window.EventSource) return;
  const stream = new EventSource(url);
  stream.addEventListener("line", (event) => {
    log.append(`${JSON.parse(event.data).text}\n`);
  });
  stream.addEventListener("end", (event) => {
    stream.close();
    state.textContent = JSON.parse(event.data).state.replace("_", " ");
    location.reload();
  });
})();
