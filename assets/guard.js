// Written into the HTML of every page (heatmap/site.py), so that it works when nothing else has come. A network may answer a script
// with a page of its own; the browser refuses such a script by its checksum. Then this says so, tries again, and loads the page again.
//
// data-page on the document: late (nothing drawn yet), broken (a script or style did not come), ready (it can be had now, but the reader
// has begun to do something that a new load would undo), old (the server has a newer release)
window.heat = window.heat || {};
(() => {
  const LATE = 8_000;
  const PAUSE = 10_000;
  const root = document.documentElement;
  const missing = new Map(); // addresses of scripts and styles that did not come, each with its checksum where it has one
  let touched = false; // whether the reader has begun to do something that a new load would undo
  let timer = 0;

  const isDrawn = () => Boolean(document.getElementById('page')?.firstChild);
  const show = () => document.querySelectorAll('[data-when-page]').forEach((each) => { each.hidden = each.dataset.whenPage !== root.dataset.page; });
  const say = (state) => {
    if (state) root.dataset.page = state;
    else delete root.dataset.page;
    show();
  };
  heat.pageIsOld = () => say('old');
  heat.isMissing = (address) => missing.has(address);

  // Past the browser's own cache, where a wrong answer may be kept. Gives whether all is as we sent it.
  const fetchAgain = async () => {
    const found = await Promise.allSettled([...missing].map(async ([address, integrity]) => {
      const answer = await fetch(address, { cache: 'reload', ...(integrity && { integrity }), signal: AbortSignal.timeout?.(PAUSE) });
      if (!answer.ok || !answer.headers.has('Heatmap-Release')) throw new Error(address);
      await answer.arrayBuffer();
    }));
    return found.every(({ status }) => status === 'fulfilled');
  };
  const tryAgain = async () => {
    if (!missing.size) return;
    if (!await fetchAgain()) timer = setTimeout(tryAgain, PAUSE);
    else if (!touched || !isDrawn()) location.reload();
    else if (missing.size) say('ready');
  };
  const miss = (address, integrity) => {
    if (missing.has(address)) return;
    missing.set(address, integrity);
    if (root.dataset.page !== 'old') say('broken');
    clearTimeout(timer);
    timer = setTimeout(tryAgain, PAUSE);
  };

  addEventListener('error', ({ target, filename, error }) => {
    if (target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === 'stylesheet')) miss(target.src || target.href, target.integrity);
    // A script without a checksum, fetched later by another: a page in its place is no JavaScript.
    else if (error instanceof SyntaxError && filename?.startsWith(location.origin) && filename !== location.href) miss(filename, '');
  }, true);
  addEventListener('load', ({ target }) => { // another script asked for it again
    if (missing.delete(target.src) && !missing.size && root.dataset.page !== 'old') say('');
  }, true);
  ['keydown', 'pointerdown'].forEach((kind) => addEventListener(kind, () => { touched = true; }, true));

  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-load-again]');
    if (!button) return;
    button.textContent = 'Loading …';
    await fetchAgain();
    location.reload();
  });

  const look = setInterval(() => {
    if (!isDrawn()) return;
    clearInterval(look);
    clearTimeout(late);
    if (root.dataset.page === 'late') say('');
  }, 250);
  // Words that wait for the server have their own notice (lost.js).
  const late = setTimeout(() => { if (!root.dataset.page && !root.dataset.words) say('late'); }, LATE);
  document.addEventListener('DOMContentLoaded', show);
})();
