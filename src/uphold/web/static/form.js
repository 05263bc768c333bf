// SPDX-License-Identifier: Apache-2.0
// Makes the form survive a bad connection. Without this file everything works, only less comfortably.
// Never ticks a consent box, never stores one, and keeps the draft no longer than the tab.
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch || !window.URLSearchParams) return;
  var key = "uphold:" + form.action.split("?")[0];
  var live = form.querySelector("[data-live]");
  var busy = false;

  // The fields a person fills in: no hidden ones, no trap, no box.
  function fields() {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && field.name[0] !== "_" && field.tagName !== "BUTTON" &&
        ["hidden", "checkbox", "radio", "password", "fieldset"].indexOf(field.type) < 0;
    });
  }
  // Storage may be forbidden (private windows, frames): then there is simply no draft.
  function stored(act) {
    try { return act(window.sessionStorage); } catch (forbidden) { return null; }
  }
  function save() {
    var draft = {};
    fields().forEach(function (field) { if (field.value) draft[field.name] = field.value; });
    stored(function (store) { store.setItem(key, JSON.stringify(draft)); });
  }
  function forget() { stored(function (store) { store.removeItem(key); }); }
  function restore() {
    var draft = stored(function (store) { return JSON.parse(store.getItem(key)); }) || {};
    fields().forEach(function (field) {
      var kept = draft[field.name];
      if (typeof kept === "string" && !field.value) field.value = kept;
    });
  }

  // Leave it to the browser: the server answers with a whole page, values kept.
  function plain() { forget(); HTMLFormElement.prototype.submit.call(form); }

  function notSent() {
    var text = document.getElementById("not-sent").content.cloneNode(true);
    live.replaceChildren(text);
    live.scrollIntoView({ block: "nearest" });
    live.querySelector("button").focus();
  }
  function wait(on) {
    busy = on;
    form.setAttribute("aria-busy", String(on));
  }

  if (form.dataset.draft === "restore") restore(); else save();
  form.addEventListener("input", save);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (busy) return;
    wait(true);
    save();
    live.replaceChildren();
    window.fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      redirect: "error",
      referrerPolicy: "same-origin"
    }).then(function (answer) {
      if (answer.status !== 201) return plain();
      return answer.json().then(function (receipt) {
        forget();
        window.location.assign(receipt.next || receipt.receipt_url);
      });
    }).catch(function () { wait(false); notSent(); });
  });
})();
