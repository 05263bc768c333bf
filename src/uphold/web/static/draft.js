// SPDX-License-Identifier: Apache-2.0
// Keeps what is found beside the text up to date while one types. Without this file the button does it.
(function () {
  "use strict";
  var form = document.getElementById("draft");
  if (!form || !window.fetch || !window.DOMParser || !window.URLSearchParams) return;
  var text = form.querySelector("textarea");
  var begun = text.value, timer = 0, asked = 0, leaving = false;

  function show(number, html) {
    var found = new DOMParser().parseFromString(html, "text/html").getElementById("found");
    // An answer that was overtaken by a later one says nothing any more.
    if (found && number === asked) document.getElementById("found").replaceChildren.apply(
      document.getElementById("found"), Array.prototype.slice.call(found.childNodes));
  }
  function check() {
    var number = asked += 1, fields = new URLSearchParams(new FormData(form));
    fields.set("act", "check");
    window.fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } })
      .then(function (answer) { return answer.ok || answer.status === 422 ? answer.text() : ""; })
      .then(function (html) { show(number, html); })
      .catch(function () {});
  }
  text.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, 700);
  });
  form.addEventListener("submit", function () { leaving = true; });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && text.value !== begun) event.preventDefault();
  });
})();
