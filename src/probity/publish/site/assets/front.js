// Filters the list of claims in place. The choice is kept in the address, so it can be sent on.
(() => {
  const form = document.querySelector(".filters");
  const selects = { verdict: "by-verdict", claimant: "by-claimant", question: "by-question" };
  for (const [name, id] of Object.entries(selects)) selects[name] = document.getElementById(id);
  const sections = [...document.querySelectorAll(".asked-of")];

  const show = () => {
    let shown = 0;
    for (const section of sections) {
      const asked = !selects.question.value || selects.question.value === section.id;
      let here = 0;
      for (const item of section.querySelectorAll("li")) {
        const fits = asked && ["verdict", "claimant"].every(
          (name) => !selects[name].value || selects[name].value === item.dataset[name],
        );
        item.hidden = !fits;
        here += fits;
      }
      section.hidden = here === 0;
      shown += here;
    }
    form.querySelector(".found").textContent = `${shown} ${shown === 1 ? "claim" : "claims"} shown`;
  };

  const read = () => {
    const chosen = new URLSearchParams(location.hash.slice(1));
    for (const [name, select] of Object.entries(selects)) {
      if (chosen.has(name)) select.value = chosen.get(name);
      if (select.selectedIndex < 0) select.value = "";
    }
    show();
  };

  form.addEventListener("change", () => {
    const chosen = new URLSearchParams();
    for (const [name, select] of Object.entries(selects)) {
      if (select.value) chosen.set(name, select.value);
    }
    history.replaceState(null, "", `#${chosen}`);
    show();
  });
  addEventListener("hashchange", read);
  read();
})();
