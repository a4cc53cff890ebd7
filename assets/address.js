/* A postcode that somebody pasted into the address bar is taken out of the address at once: before Dash reads it, so that no callback and
   no link has it, and it cannot be copied or bookmarked with the page. The browser's own history may have it by then. */
(() => {
  const WHOLE = /^[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}$/;
  const INSIDE = /(^|[^A-Z\d])[A-Z]{1,2}\s*\d[A-Z\d]?[\s.,_/-]+\d[ABD-HJLNP-UW-Z]{2}(?![A-Z\d])/;
  const plain = (text) => {
    try { return decodeURIComponent(text.replace(/\+/g, ' ')).normalize('NFKC').toUpperCase(); } catch { return text.toUpperCase(); }
  };
  const holds = (text) => WHOLE.test(plain(text).replace(/[^A-Z\d]/g, '')) || INSIDE.test(plain(text));

  function clean() {
    // A project's address has letters of chance, which may look like a postcode.
    const path = location.pathname.split('/').map((part, n, all) => (all[n - 1] === 'project' || !holds(part) ? part : '-')).join('/');
    const query = location.search.slice(1).split('&').filter((part) => part && !part.split('=').some(holds)).join('&');
    const hash = location.hash.length < 30 && holds(location.hash.slice(1)) ? '' : location.hash;
    const now = path + (query && `?${query}`) + hash;
    if (path !== location.pathname || hash !== location.hash || query.length < location.search.slice(1).replace(/^&+|&+$/g, '').length) {
      history.replaceState(history.state, '', now);
    }
  }
  clean();
  addEventListener('hashchange', clean);
})();
