// For browsers that are too old for the client, and for a first load that breaks off half-way: says so in place. A classic
// script in words that every browser knows; the modules take its notice away when they run.
(function () {
  function say() {
    var notice = document.getElementById("late");
    if (notice) notice.hidden = false;
  }
  if (!("noModule" in document.createElement("script")) || !("replaceAll" in String.prototype)) say();
  // A module that does not arrive, or one that it imports, is an error of its script element.
  document.querySelector("script[type=module]")?.addEventListener("error", say);
  setTimeout(say, 20000);
})();
