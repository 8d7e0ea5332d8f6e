// Says what the work is doing, and shows its result when it is there.
(() => {
  const waiting = document.getElementById("job");
  if (!waiting) return;
  const note = document.getElementById("note");
  async function look() {
    try {
      const answer = await fetch(waiting.dataset.state);
      const { note: said, over } = await answer.json();
      if (over) {
        location.reload();
        return;
      }
      const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
      if (note.textContent !== sentence) note.textContent = sentence;
    } catch {
      note.textContent = "Probity does not answer. Is it still running?";
    }
    setTimeout(look, 500);
  }
  look();
})();
