// The box swaps light and dark by style alone; this remembers the choice on this device.
(() => {
  const box = document.getElementById("scheme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const key = "probity-scheme";
  const read = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the choice then holds for this page only
    }
  };
  const apply = () => {
    const chosen = read();
    if (chosen) box.checked = (chosen === "dark") !== dark.matches;
  };
  apply();
  dark.addEventListener("change", apply);
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(key, box.checked !== dark.matches ? "dark" : "light");
    } catch {
      // as above
    }
  });
})();
