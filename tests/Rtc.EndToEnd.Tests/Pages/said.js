// What the page told its user, also when it is gone by now: texts of the state and of the toasts, each once.
(() => {
  const said = (window.said = []);
  const take = (element) => {
    const text = element?.textContent ?? '';
    if (text && !said.includes(text)) said.push(text);
  };
  new MutationObserver(() => {
    take(document.querySelector('#state-text'));
    for (const toast of document.querySelectorAll('.toasts > *')) take(toast);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
