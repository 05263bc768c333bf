// SPDX-License-Identifier: Apache-2.0
// Asks the browser for a passkey, because no form can, and hands what it answers to the page's own form.
// Without this file, or in a browser that has no passkeys, the page says so and takes codes.
(function () {
  "use strict";
  var forms = document.querySelectorAll("form[data-passkey]");
  if (!window.PublicKeyCredential || !window.fetch || !window.URLSearchParams) return;

  function bytes(text) {
    var plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return window.btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function named(credential) { return Object.assign({}, credential, { id: bytes(credential.id) }); }

  function create(asked) {
    asked.challenge = bytes(asked.challenge);
    asked.user.id = bytes(asked.user.id);
    asked.excludeCredentials = (asked.excludeCredentials || []).map(named);
    return navigator.credentials.create({ publicKey: asked });
  }
  function get(asked) {
    asked.challenge = bytes(asked.challenge);
    asked.allowCredentials = (asked.allowCredentials || []).map(named);
    return navigator.credentials.get({ publicKey: asked });
  }
  function written(made) {
    var answer = { clientDataJSON: text(made.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature"].forEach(function (name) {
      if (made.response[name]) answer[name] = text(made.response[name]);
    });
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: answer });
  }

  function prepare(form) {
    var fault = form.querySelector("[data-fault]"), busy = false;
    var act = form.dataset.passkey === "create" ? create : get;
    form.hidden = false;
    document.querySelectorAll("[data-without]").forEach(function (note) { note.hidden = true; });

    function wait(on) { busy = on; form.setAttribute("aria-busy", String(on)); }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (busy) return;
      wait(true);
      fault.hidden = true;
      window.fetch(form.dataset.options, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ _csrf: form.elements._csrf.value }),
        credentials: "same-origin",
        redirect: "error"
      }).then(function (answer) {
        return answer.json().then(function (said) {
          // A fresh proof is asked for elsewhere first.
          if (answer.status === 409 && said.to) return window.location.assign(said.to);
          if (!answer.ok) throw new Error("refused");
          return act(said.publicKey).then(function (made) {
            form.elements.credential.value = written(made);
            HTMLFormElement.prototype.submit.call(form);
          });
        });
      }).catch(function () { wait(false); fault.hidden = false; });
    });
  }
  forms.forEach(prepare);
})();
