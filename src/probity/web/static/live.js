// The live twin is made of modules, which a page of forms and tables has no need of.
import(new URL("live-main.js", document.currentScript.src));
