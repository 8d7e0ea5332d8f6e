// Waits until the pages of the evidence are there, then shows the one that was asked for.
(() => {
  const bar = document.getElementById("progress");
  const note = document.getElementById("note");
  const state = new URL("../site-state.json", document.currentScript.src);

  async function look() {
    try {
      const { ready, failed, done, total } = await (await fetch(state)).json();
      if (ready || failed) {
        location.reload();
        return;
      }
      if (total) {
        bar.max = total;
        bar.value = done;
        note.textContent = `${done} of ${total} steps done.`;
      }
    } catch {
      note.textContent = "Probity does not answer. Is it still running?";
    }
    setTimeout(look, 500);
  }
  if (bar) look();
})();
