// Lets files be dropped on their field, names them, and refuses at once what is too large.
(() => {
  const form = document.querySelector("form.upload");
  const sending = form.querySelector(".sending");
  const size = (bytes) =>
    bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  for (const drop of form.querySelectorAll("[data-drop]")) {
    const input = drop.querySelector("input");
    const chosen = drop.querySelector(".chosen");
    const told = () => {
      const [file] = input.files;
      drop.classList.toggle("filled", Boolean(file));
      chosen.textContent = file ? `${file.name}, ${size(file.size)}` : "";
    };
    input.addEventListener("change", told);
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", (event) => {
      if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
    });
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        told();
      }
    });
    told();
  }

  form.addEventListener("submit", (event) => {
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const most = Number(form.dataset.most);
    const total = inputs.flatMap((one) => [...one.files]).reduce((sum, one) => sum + one.size, 0);
    if (total > most) {
      event.preventDefault();
      sending.textContent = `Too large: ${size(total)}, and at most ${size(most)} are taken.`;
    } else {
      sending.textContent = "Handing the file over …";
    }
  });
})();
